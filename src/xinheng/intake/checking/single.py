"""Check one row or one field with the SQL that checks whole files."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl
import pyarrow as pa

from xinheng.adapters.engine import duckdb_connection
from xinheng.catalogue.domain import Catalogue, Field, FieldType, Item, Required
from xinheng.intake.checking.batch import context_table
from xinheng.intake.checking.columns import CODE_ROLES, CONTEXT, LANDED
from xinheng.intake.checking.compiler import Compiled, compiled_for
from xinheng.intake.checking.model import Check, CheckContext
from xinheng.intake.checking.personal import entries
from xinheng.intake.checking.texts import label_of, shown_value, texts_for
from xinheng.intake.domain import Finding
from xinheng.intake.reading import DELETED
from xinheng.intake.reading.cleaning import cells_clean, codes_canonical, dates_plain, is_code, widths_narrow
from xinheng.intake.reading.personal import columns_mask
from xinheng.intake.reading.sheet import PERSON, person_words

ORGANISATION_ROLES = frozenset(CODE_ROLES) - {"tax_no"}
NARROW = frozenset({FieldType.DATE, FieldType.AMOUNT_WAN, FieldType.CODE})
NO_COLUMNS: Mapping[str, str] = {}
_local = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedRow:
    """One row as a landed table has it: cleaned and masked, with what was found in it."""

    cells: Mapping[str, str]
    personal_numbers: str
    is_person: bool


def check_row(
    *,
    values: Mapping[str, str],
    item_id: str,
    catalogue: Catalogue,
    context: CheckContext,
    columns: Mapping[str, str] = NO_COLUMNS,
    row: int = 1,
    sheet: str = "",
) -> tuple[Finding, ...]:
    """Return what is wrong with one row, in the order of the rules.

    Args:
        values: catalogue key to text as typed; keys that are missing count as empty, unknown keys are scanned for
            personal numbers only.
        item_id: the item of the row.
        catalogue: the law of the check.
        context: the day, the sender and what it declared; ``doubts`` are not looked at.
        columns: labels as the source writes them; by default the catalogue's titles.
        row: the row number that the findings repeat.
        sheet: the sheet that the findings repeat.

    The answer is the same as for this row in a file, save for what only a file can show (V03, V14, V14b).

    Raises:
        KeyError: the catalogue has no such item.
    """
    item = catalogue.item(item_id)
    compiled = compiled_for(item=item, catalogue=catalogue)
    landed = land_row(values=values, item=item, catalogue=catalogue, known_codes=context.known_codes)
    run = _Row(compiled=compiled, catalogue=catalogue, context=context, landed=landed, columns=columns)
    return tuple(run.findings(row=row, sheet=sheet))


def check_field(
    *,
    values: Mapping[str, str],
    field_key: str,
    item_id: str,
    catalogue: Catalogue,
    context: CheckContext,
    columns: Mapping[str, str] = NO_COLUMNS,
) -> tuple[Finding, ...]:
    """Return what is wrong with one field of a row that is being typed: only the rules that look at it are run.

    ``values`` is the whole row, because a rule may compare two fields. A rule that reads this field and marks another
    is told too, at that other field.

    Raises:
        KeyError: the catalogue has no such item, or the item no such field.
    """
    item = catalogue.item(item_id)
    compiled = compiled_for(item=item, catalogue=catalogue, field_key=field_key)
    landed = land_row(values=values, item=item, catalogue=catalogue, known_codes=context.known_codes)
    run = _Row(compiled=compiled, catalogue=catalogue, context=context, landed=landed, columns=columns)
    return tuple(
        finding for finding in run.findings(row=1, sheet="") if finding.field == field_key or finding.rule[:3] != "V13"
    )


def land_row(*, values: Mapping[str, str], item: Item, catalogue: Catalogue, known_codes: frozenset[str]) -> LandedRow:
    """Return one row as the reader lands it: cleaned, personal numbers found and masked, a person's row blanked.

    The functions are the reader's own, over a table of one row.
    """
    keys = [field.key for field in item.fields]
    unknown = [key for key in values if key not in set(keys)]
    frame = cells_clean(pl.DataFrame({key: [values.get(key, "")] for key in [*keys, *unknown]}), [*keys, *unknown])
    kept = [field for field in item.fields if not field.identity_document]
    codes = [field.key for field in kept if is_code(field)]
    frame = codes_canonical(frame, codes)
    frame = widths_narrow(frame, [field.key for field in kept if field.type in NARROW and field.key not in set(codes)])
    frame, _ = dates_plain(frame, [field.key for field in kept if field.type is FieldType.DATE], is_1904=False)
    if _is_person(frame.row(0, named=True), item, words=person_words(item=item, catalogue=catalogue)):
        category = item.field_by_role("subject_category")
        kept_cells = {category.key: PERSON} if category is not None else {}
        return LandedRow(cells=dict.fromkeys(keys, "") | kept_cells, personal_numbers="", is_person=True)
    scanned = {field.key: field.key for field in kept} | {key: key for key in unknown}
    masked = columns_mask(frame, scanned, exempt=known_codes, exempt_columns=frozenset(codes)).row(0, named=True)
    cells = {key: str(masked[key]) for key in keys}
    documents = {field.key: DELETED for field in item.fields if field.identity_document and cells[field.key]}
    return LandedRow(cells=cells | documents, personal_numbers=str(masked["_pii"]), is_person=False)


def _is_person(cells: Mapping[str, str], item: Item, *, words: frozenset[str]) -> bool:
    """Return whether the row says that it is about a person, or names a person's paper and no organisation's code."""
    category = item.field_by_role("subject_category")
    if category is not None and cells[category.key] in words:
        return True
    papers = [f.key for f in item.fields if f.identity_document and f.required is Required.PERSON]
    codes = [f.key for f in item.fields if f.role in ORGANISATION_ROLES]
    return bool(codes) and any(cells[key] for key in papers) and not any(cells[key] for key in codes)


class _Row:
    """One row against compiled checks."""

    def __init__(
        self,
        *,
        compiled: Compiled,
        catalogue: Catalogue,
        context: CheckContext,
        landed: LandedRow,
        columns: Mapping[str, str],
    ) -> None:
        self.compiled = compiled
        self.catalogue = catalogue
        self.context = context
        self.landed = landed
        self.columns = columns

    def findings(self, *, row: int, sheet: str) -> Iterator[Finding]:
        masks = self._masks()
        for check in self.compiled.checks:
            if masks[check.mask] & check.bit:
                yield from self._say(check, row=row, sheet=sheet)

    def _masks(self) -> tuple[int, ...]:
        """Return the mask columns of the row."""
        item = self.compiled.item
        connection = _connection()
        table = pa.table(
            {
                "_sheet": pa.array([""], pa.string()),
                "_row": pa.array([1], pa.int64()),
                **{field.key: pa.array([self.landed.cells[field.key]], pa.string()) for field in item.fields},
                "_pii": pa.array([self.landed.personal_numbers], pa.string()),
                "_spare": pa.array([""], pa.string()),
                "_person": pa.array([self.landed.is_person], pa.bool_()),
            }
        )
        connection.register(LANDED, table)
        connection.register(CONTEXT, context_table(item=item, catalogue=self.catalogue, context=self.context))
        try:
            columns = ", ".join(self.compiled.mask_columns)
            found: tuple[int, ...] | None = connection.execute(
                f"SELECT {columns} FROM ({self.compiled.masks_of_rows})"  # noqa: S608
            ).fetchone()
        finally:
            for name in (LANDED, CONTEXT):
                connection.unregister(name)
        assert found is not None
        return found

    def _say(self, check: Check, *, row: int, sheet: str) -> Iterator[Finding]:
        scope = check.rule.personal
        if scope is None:
            yield self._finding(check, field=check.field, kind="", row=row, sheet=sheet)
            return
        item = self.compiled.item
        by_key = {field.key: field for field in item.fields}
        found = entries(found=self.landed.personal_numbers, item=item, scope=scope)
        for key, kind in sorted(found, key=lambda entry: entry[0] if entry[0] in by_key else ""):
            yield self._finding(check, field=by_key.get(key), kind=kind, row=row, sheet=sheet, unknown=key)

    def _finding(self, check: Check, *, field: Field | None, kind: str, row: int, sheet: str, unknown: str = "") -> Finding:
        column = label_of(field=field, columns=self.columns) if field is not None else unknown
        value = self.landed.cells[field.key] if field is not None else ""
        texts = texts_for(
            check=check,
            value=value,
            detail=f"{unknown}:{kind}" if kind else "",
            label=column,
            item=self.compiled.item,
            catalogue=self.catalogue,
            context=self.context,
            kind=kind,
        )
        return Finding(
            sheet=sheet,
            row=row,
            column=column,
            field=field.key if field is not None else "",
            value=shown_value(field=check.field, value=value),
            rule=check.rule.id,
            severity=check.rule.severity,
            message=texts.message,
            expected=texts.expected,
            fix=texts.fix,
            ground=check.rule.ground,
            confidence=check.rule.confidence.value,
        )


def _connection() -> duckdb.DuckDBPyConnection:
    """Return this thread's connection; opening one costs more than checking a row."""
    connection: duckdb.DuckDBPyConnection | None = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = duckdb_connection(threads=1, memory_limit="256MB")
        # Planning a hundred rules well takes longer than running them badly over one row.
        connection.execute("PRAGMA disable_optimizer")
    return connection
