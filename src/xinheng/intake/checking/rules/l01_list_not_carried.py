"""An entry on a list that the catalogue does not carry, or that belongs into another table (P14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence, ItemKind, ListType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="L01",
    title="这个名单本平台不收",
    severity=FindingSeverity.REFUSE,
    message="“{label}”{problem}",
    expected="目录里依据充分、属于本表的名单",
    fix="选错的改正；不收的名单请从表中删去，仍按原渠道公布",
    ground="国办发〔2020〕49号：设列名单须有法律、法规或党中央、国务院政策文件依据",
    confidence=Confidence.SOURCED,
    marks=("list_type",),
    kinds=frozenset({ItemKind.LIST_ENTRY}),
)


def forms_where(row: Row, chosen: Callable[[ListType], bool]) -> list[str]:
    """Return every way in which the lists that ``chosen`` picks may be written."""
    ids = [kind.id for kind in row.catalogue.list_types if chosen(kind)]
    titles = [kind.title for kind in row.catalogue.list_types if kind.id in ids]
    return sorted({*ids, *titles, *row.prepared.forms(role="list_type", codes=ids)})


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the list is known and is not accepted, or is another item's."""
    refused = forms_where(row, lambda kind: not kind.accepted or kind.item_id != row.item.id)
    return row.cell.isin(refused) if refused else ibis.literal(value=False)


def words(cell: Cell) -> Mapping[str, str]:
    """Say why this list is not carried, as the catalogue does."""
    written = {cell.value}
    if cell.field is not None and cell.field.code_list is not None:
        value = cell.catalogue.code_list(cell.field.code_list).value_by_text(cell.value)
        written |= {value.code} if value is not None else set()
    for kind in cell.catalogue.list_types:
        if kind.id in written or kind.title in written:
            if kind.item_id != cell.item.id:
                return {"problem": f"是“{kind.title}”，不在这张表里报，在“{cell.catalogue.item(kind.item_id).title}”里报"}
            return {"problem": f"是“{kind.title}”，不收。{(kind.refused_because or '目录没有载入它的依据').rstrip('。')}"}
    return {"problem": "不是目录里的名单"}
