"""The organ's name is not the one that the catalogue has for its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="Q05",
    title="机关名称与代码对不上",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”与目录里这个代码的机关名称不同",
    expected="目录里登记的机关名称",
    fix="核对名称和代码；机关已改名的，请告诉信用办更新目录",
    ground="目录机关名录",
    confidence=Confidence.PROVISIONAL,
    marks=("organ_name",),
    reads=("organ_code",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the catalogue knows the code and none of its organ's names is the one written."""
    organs = row.catalogue.organs
    if not organs:
        return ibis.literal(value=False)
    pairs = [organ.code + name for organ in organs for name in (organ.name, organ.short_name, *organ.aliases)]
    code = row.text("organ_code")
    return (row.cell != "") & code.isin([organ.code for organ in organs]) & ~(code + row.cell).isin(pairs)
