"""Everything on display as rows of bulk files: read by COPY, told by whole columns, equal to ``record_plain`` row for row.

A million records one by one take minutes. The database decides what is shown and gives only the fields that may be; what a
text becomes (masks, names of codes, forms of dates) is asked of the same functions as everywhere, once for each text.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa
from django.db.models import Case, Expression, F, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf, TruncDate
from pyarrow import csv

from xinheng.adapters.database import copied_out
from xinheng.catalogue.domain import Field, FieldDisclosure, Item
from xinheng.kernel.dates import CHINA
from xinheng.publicity.expressions import term_parts
from xinheng.publicity.selectors.bulk_columns import BulkLaw, FieldColumn, bulk_rows
from xinheng.publicity.selectors.displays import displays, without_sole_traders
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.publicity.selectors.public import may_be_shown
from xinheng.records.models import CurrentRecord, ReportSource
from xinheng.subjects.domain import SubjectKind

_PORTION_BYTES = 32 * 2**20

_TYPES: dict[str, pa.DataType] = (
    dict.fromkeys(("seq", "version_no", "shown_id", "row_no", "late_workdays", "applying", "deciding"), pa.int64())
    | {"rule": pa.int64()}
    | dict.fromkeys(
        (
            "decision_date",
            "valid_from",
            "valid_to",
            "from_day",
            "display_end",
            "first_repair",
            "disputed_since",
            "disputed_until",
            "reported_date",
        ),
        pa.date32(),
    )
    | {"is_legacy": pa.bool_()}
)
_PLAIN = (
    "record_id",
    "seq",
    "version_no",
    "item_version",
    "organ_code",
    "organ_name",
    "document_no",
    "list_type",
    "decision_date",
    "valid_from",
    "valid_to",
    "disputed_since",
    "disputed_until",
    "legal_basis",
    "basis_confidence",
    "submission_id",
    "sheet",
    "row_no",
    "reported_date",
    "late_workdays",
    "is_legacy",
    "display_end",
)


def displays_in_bulk(*, on_date: date, write: Callable[[pl.DataFrame], None], law: DisplayLaw | None = None) -> dict[str, int]:
    """Give everything on display on ``on_date`` to ``write``, in portions, item by item, in no order that is promised.

    Portions have ``domain.BULK_COLUMNS``; each row is what ``domain.record_bulk`` makes of the record. Adverse records of sole
    traders are not among them (P2). ``write`` is called from another thread, one call after the other. What is read must not
    change meanwhile: call it in one transaction that sees one state.

    Returns:
        How many rows of each item, in the order written.
    """
    law = law or law_current()
    sources = {name: (file, rules) for name, file, rules in _sources()}
    counts: dict[str, int] = {}
    with ThreadPoolExecutor(1) as beside:
        for item in law.items.values():
            counts[item.id] = 0
            question = _question(item, on_date, law)
            waiting: list[Future[int]] = []
            for portion in _portions(question.records):
                if waiting:  # at most one portion is read while another is told
                    counts[item.id] += waiting.pop().result()
                waiting.append(beside.submit(_tell, portion, question, BulkLaw(law, item, sources), write))
            counts[item.id] += sum(one.result() for one in waiting)
    return counts


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of one item, and the names of the answer's columns."""

    records: QuerySet[CurrentRecord, Any]
    names: tuple[str, ...]
    fields: tuple[FieldColumn, ...]


def _sources() -> Iterator[tuple[str, str, str]]:
    return ReportSource.objects.values_list("submission_id", "file_sha256", "rule_set_version").iterator()


def _question(item: Item, on_date: date, law: DisplayLaw) -> _Question:
    records = without_sole_traders(records=displays(on_date=on_date, item_ids=[item.id], law=law), law=law)
    end = records.query.annotations["display_end"]
    assert isinstance(end, Expression)
    parts = term_parts(item_id=item.id, book=law.book, on_date=on_date, organs_of=law.organs_of, end=end)
    fields = [_column(number, field, item) for number, field in enumerate(item.fields)]
    shown = tuple(one for one in fields if one is not None)
    columns: dict[str, Any] = {
        "shown_id": Coalesce("subject__merged_into_id", "subject_id"),
        "shown_name": Coalesce("subject__merged_into__name", "subject__name"),
        "shown_code": Case(When(subject__merged_into=None, then=_code("subject__")), default=_code("subject__merged_into__")),
        "from_day": Coalesce("display_from", TruncDate("recorded_at", tzinfo=CHINA)),
        "rule": parts.rule,
        "deciding": parts.deciding,
        "applying": parts.applying,
        "first_repair": parts.first_repair,
    }
    for one in shown:
        columns |= _texts(one)
    # As they lie in the table, which is nearly the order of publication: to sort a million wide rows takes as long as the rest.
    asked = records.order_by().annotate(**columns).values_list(*_PLAIN, *columns)
    return _Question(asked, (*_PLAIN, *columns), shown)


def _code(of: str) -> Coalesce:
    """Return the code by which an organisation is named; ``Subject.shown_code`` says the same."""
    codes = [NullIf(F(f"{of}{name}"), Value("")) for name in ("uscc", "registration_no", "organisation_code")]
    return Coalesce(*codes, Value(""))


def _column(number: int, field: Field, item: Item) -> FieldColumn | None:
    anyones, sole = (may_be_shown(field, item, sole_trader=flag) for flag in (False, True))
    if not anyones:
        return None
    return FieldColumn(f"field{number}", field, free=field.disclosure is FieldDisclosure.FREE_TEXT, of_sole_traders=sole)


def _texts(one: FieldColumn) -> dict[str, Expression]:
    """Return the columns of one field: its text where it may be shown, and whether a free text is kept back."""
    text: Any = NullIf(KeyTextTransform(one.field.name, "fields"), Value(""), output_field=TextField())
    if not one.of_sole_traders:
        text = Case(When(~_SOLE_TRADERS, then=text))
    if not one.free:
        return {one.name: text}
    kept_back = Case(When(Q(free_text_confirmed=False), then=Case(When(_given(text), then=Value(value=True)))))
    return {one.name: Case(When(free_text_confirmed=True, then=text)), one.withheld: kept_back}


_SOLE_TRADERS = (
    Q(is_sole_trader=True)
    | Q(subject__kind=SubjectKind.SOLE_TRADER)
    | Q(subject__merged_into__isnull=False, subject__merged_into__kind=SubjectKind.SOLE_TRADER)
)


def _given(text: Any) -> Q:
    from django.db.models.lookups import IsNull

    return Q(IsNull(text, False))


def _portions(records: QuerySet[CurrentRecord, Any]) -> Iterator[bytes]:
    """Yield the answer as CSV, in portions of whole rows."""
    statement, values = records.query.sql_with_params()
    rows: list[bytes | memoryview] = []
    size = 0
    for row in copied_out(statement, values):
        rows.append(row)
        size += len(row)
        if size >= _PORTION_BYTES:
            yield b"".join(rows)
            rows, size = [], 0
    if rows:
        yield b"".join(rows)


def _tell(portion: bytes, question: _Question, law: BulkLaw, write: Callable[[pl.DataFrame], None]) -> int:
    frame = bulk_rows(_read(portion, question.names), fields=question.fields, law=law)
    write(frame)
    return frame.height


def _read(portion: bytes, names: Sequence[str]) -> pl.DataFrame:
    types = {name: _TYPES.get(name, pa.bool_() if name.startswith("withheld") else pa.string()) for name in names}
    table = csv.read_csv(
        pa.BufferReader(portion),
        read_options=csv.ReadOptions(column_names=list(names)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
