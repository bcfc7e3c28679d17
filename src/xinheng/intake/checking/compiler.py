"""Rules to SQL, once per catalogue hash and item (ADR 0006).

The SQL reads the tables ``landed``, ``context`` (one row) and ``doubts``; whoever runs it gives them.
One text serves a landed file and a single row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from xinheng.adapters.engine import Dialect, compile_sql, ibis
from xinheng.catalogue.domain import Catalogue, Item
from xinheng.intake.checking.columns import REPEATED, REPEATED_NUMBERS, Prepared
from xinheng.intake.checking.duplicates import repeated_numbers, repeated_rows
from xinheng.intake.checking.kept import sql_kept
from xinheng.intake.checking.model import BITS, Check
from xinheng.intake.checking.registry import checks_for, patterns_of, rule_set_version

if TYPE_CHECKING:
    import ibis.expr.types as ir

MASKS = "masks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The SQL of an item's checks.

    ``masks_of_rows`` gives ``_sheet, _row, _m0, _m1, …`` for every row; bit n of the masks is check n, 0 where nothing
    is broken (a filter in SQL would have the engine evaluate every rule once for the filter and once for the answer). ``repeated`` names tables
    and the SQL that fills them, in order, for V14; empty where the item has no document number. ``over_file`` gives ``_sheet, _row, value, detail`` per check.
    """

    item: Item
    checks: tuple[Check, ...]
    masks: int
    masks_of_rows: str
    repeated: tuple[tuple[str, str], ...]
    over_file: tuple[tuple[Check, str], ...]

    @property
    def mask_columns(self) -> tuple[str, ...]:
        """Return the names of the mask columns."""
        return tuple(f"_m{index}" for index in range(self.masks))


_kept: dict[tuple[str, str, str, Dialect], Compiled] = {}
_lock = Lock()


def compiled_for(*, item: Item, catalogue: Catalogue, field_key: str | None = None, dialect: Dialect = "duckdb") -> Compiled:
    """Return the compiled checks of ``item``, all of them or those that look at one field; kept per rule set.

    Raises:
        KeyError: ``field_key`` is no field of the item.
    """
    key = (rule_set_version(catalogue), item.id, field_key or "", dialect)
    with _lock:
        found = _kept.get(key)
        if found is None:
            found = _kept[key] = _compile(item=item, catalogue=catalogue, field_key=field_key, dialect=dialect)
    return found


def _compile(*, item: Item, catalogue: Catalogue, field_key: str | None, dialect: Dialect) -> Compiled:
    checks = checks_for(item)
    over_file = [] if field_key is not None else [check for check in checks if check.rule.over_file]
    masks = (len(checks) + BITS - 1) // BITS

    def compile_() -> dict[str, str]:
        chosen = [check for check in checks if field_key is None or _concerns(check, item=item, field_key=field_key)]
        prepared = Prepared(item=item, catalogue=catalogue, patterns=patterns_of(chosen))
        over = {_over_file_name(check): _over_file(check, prepared) for check in over_file}
        tables = {MASKS: _masks(chosen, masks, prepared)} | _repeated(over_file, prepared) | over
        return {name: compile_sql(table, dialect=dialect) for name, table in tables.items()}

    part = f"{dialect} {item.id} {field_key or ''}"
    texts = sql_kept(rule_set=rule_set_version(catalogue), part=part, compile_=compile_)
    return Compiled(
        item=item,
        checks=checks,
        masks=masks,
        masks_of_rows=texts[MASKS],
        repeated=tuple((name, texts[name]) for name in (REPEATED_NUMBERS, REPEATED) if name in texts),
        over_file=tuple((check, texts[_over_file_name(check)]) for check in over_file),
    )


def _masks(checks: Iterable[Check], masks: int, prepared: Prepared) -> ir.Table:
    chosen = list(checks)
    return prepared.table.select("_sheet", "_row", **{f"_m{index}": _mask(chosen, index, prepared) for index in range(masks)})


def _concerns(check: Check, *, item: Item, field_key: str) -> bool:
    """Return whether an edit of one field can change what a check says."""
    field = item.field(field_key)
    if check.rule.personal is not None or check.rule.of_persons:
        return True
    return check.field == field or (field.role is not None and field.role in check.reads)


def _over_file(check: Check, prepared: Prepared) -> ir.Table:
    over_file = getattr(check.module, "over_file", None)
    assert over_file is not None, f"{check.rule.id} says that it looks over the whole file and does not"
    table: ir.Table = over_file(prepared.row(check.field))
    return table


def _over_file_name(check: Check) -> str:
    return f"over_file {check.number}"


def _repeated(checks: Iterable[Check], prepared: Prepared) -> dict[str, ir.Table]:
    for check in checks:
        if check.rule.id == "V14":
            row = prepared.row(check.field)
            return {REPEATED_NUMBERS: repeated_numbers(row), REPEATED: repeated_rows(row)}
    return {}


def _mask(checks: Iterable[Check], index: int, prepared: Prepared) -> ir.IntegerValue:
    """Return the sum of the bits of the broken checks of one mask column.

    Nothing is said about a natural person's row but that it is one: its other cells were never landed.
    """
    of_organisations: list[ir.IntegerValue] = []
    of_persons: list[ir.IntegerValue] = []
    for check in checks:
        if check.mask != index or check.rule.over_file:
            continue
        broken = check.module.expression(prepared.row(check.field))
        bit = ibis.ifelse(broken, ibis.literal(check.bit, "int64"), ibis.literal(0, "int64"))
        (of_persons if check.rule.of_persons else of_organisations).append(bit)
    nothing = ibis.literal(0, "int64")
    about_organisation = _sum(of_organisations, nothing)
    about_person = _sum(of_persons, nothing)
    return ibis.ifelse(prepared.row(None).is_person, about_person, about_organisation)


def _sum(bits: list[ir.IntegerValue], nothing: ir.IntegerValue) -> ir.IntegerValue:
    """Return the sum as a balanced tree: a chain of a hundred additions nests too deep for SQL parsers."""
    if not bits:
        return nothing
    while len(bits) > 1:
        bits = [left + right for left, right in zip(bits[::2], bits[1::2], strict=False)] + (bits[-1:] if len(bits) % 2 else [])
    return bits[0]
