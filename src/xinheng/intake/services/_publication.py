"""Rows into records: drafts of reported rows, marks of acts. Always in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl
import pyarrow as pa

from xinheng.adapters.clock import CHINA
from xinheng.adapters.memory import memory_return
from xinheng.adapters.progress import progress_tell
from xinheng.catalogue.domain import Catalogue, Item
from xinheng.intake.domain import Finding
from xinheng.intake.models import RowOutcome, Submission
from xinheng.intake.services._corrections import corrected_draft, withdrawal_finding
from xinheng.intake.services._rows import KEYS
from xinheng.intake.services._targets import marks_grouped
from xinheng.intake.services.converting import DraftContext, draft_tables
from xinheng.records.domain import DATED_MARKS, Event, PublishResult, ReportBatch
from xinheng.records.selectors import records_current
from xinheng.records.services import marks_add, publication_lock, versions_publish
from xinheng.rules.selectors import clock_deadline, late_workdays

_ROWS_AT_ONCE = 200_000
"""Drafts given to ``records`` in one go: bounds what the server sorts; all goes stay in one transaction and one lock."""

_TAKE_DOWN = "withdrawal"
"""The catalogue's clock for taking down what was revoked."""

_ACTS: Mapping[str, Event] = {
    "revocation": Event.REVOKED,
    "repair_result": Event.REPAIRED,
    "list_removal": Event.DELISTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did: counts, numbers taken (inclusive), one line per row with its record, and what came back."""

    new: int
    corrected: int
    duplicate: int
    late: int
    first_seq: int | None
    last_seq: int | None
    rows: pl.DataFrame
    returned: tuple[Finding, ...] = ()


def drafts_publish(
    submission: Submission,
    *,
    catalogue: Catalogue,
    rows: pl.DataFrame,
    batches: Callable[[], Iterable[pl.DataFrame]],
    at: datetime,
    actor: str,
) -> Published:
    """Publish ``rows`` (``_sheet``, ``_row``, ``subject_id``, ``is_sole_trader``, ``is_not_shown``, ``decision_date``).

    Each record names the grounds that were in force on its decision date (P1). ``batches`` gives the landed table anew
    each time it is called.
    """
    item = catalogue.item(submission.item_id)
    late = _late(submission, catalogue=catalogue, days=rows["decision_date"].drop_nulls().unique().to_list())
    context = DraftContext(
        catalogue=catalogue,
        item=item,
        organ_code=submission.organ_code,
        organ_name=submission.organ_name,
        display_from=None if submission.is_legacy else at.astimezone(CHINA).date(),
        is_on_the_spot=submission.is_on_the_spot,
        is_desensitised=submission.is_desensitised,
        late_workdays=late,
    )
    results = []
    told = _Told(rows.height)
    for ground, of_ground in _by_ground(rows, item=item, catalogue=catalogue):
        batch = _report_batch(submission, item=item, actor=actor, ground=ground)
        wanted = of_ground.select(*KEYS, "subject_id", "is_sole_trader", "is_not_shown")
        tables = draft_tables(batches=batches(), rows=wanted, context=context)
        for portion in _in_portions(told.through(tables)):
            results.append(versions_publish(batch=batch, drafts=portion, now=at))
            memory_return()
    return Published(
        new=sum(result.new for result in results),
        corrected=sum(result.corrected for result in results),
        duplicate=sum(result.duplicate for result in results),
        late=rows.filter(pl.col("decision_date").is_in([day for day, count in late.items() if count])).height,
        first_seq=min((r.first_seq for r in results if r.first_seq is not None), default=None),
        last_seq=max((r.last_seq for r in results if r.last_seq is not None), default=None),
        rows=_outcome_rows(results, rows=rows, late=late),
    )


class _Told:
    """Says how many of the rows went into the records; each ground's tables go through it."""

    def __init__(self, total: int) -> None:
        self._done, self._total = 0, total

    def through(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        for table in tables:
            progress_tell("publish", self._done, self._total)
            yield table
            self._done += table.num_rows


def _by_ground(rows: pl.DataFrame, *, item: Item, catalogue: Catalogue) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows by the grounds in force on their decision dates: mostly one group, at most a few."""
    days: dict[str, list[date]] = {}
    for day in rows["decision_date"].drop_nulls().unique().sort().to_list():
        ground = catalogue.basis_text(catalogue.basis_on(item.basis, on_date=day))
        days.setdefault(ground, []).append(day)
    is_one = len(days) == 1 and not rows["decision_date"].null_count()
    for ground, of_ground in days.items():
        yield ground, rows if is_one else rows.filter(pl.col("decision_date").is_in(of_ground))


def _in_portions(tables: Iterable[pa.Table]) -> Iterator[Iterator[pa.Table]]:
    """Yield streams of tables, each of so many rows; one must be read to its end before the next is asked for."""
    source = iter(tables)
    for first in source:
        yield _portion(first, source)


def _portion(first: pa.Table, following: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    rows = first.num_rows
    while rows < _ROWS_AT_ONCE and (table := next(following, None)) is not None:
        rows += table.num_rows
        yield table


def _late(submission: Submission, *, catalogue: Catalogue, days: list[date]) -> dict[date, int]:
    """Return the working days late per decision date; what an old site had published is never late."""
    if submission.is_legacy:
        return {}
    sectors = frozenset(catalogue.organ(submission.organ_code).sectors)
    return {
        day: late_workdays(submission.item_id, day, submission.reported_date, sectors=sectors, catalogue=catalogue)
        for day in days
    }


def _report_batch(submission: Submission, *, item: Item, actor: str, ground: str) -> ReportBatch:
    return ReportBatch(
        item_id=item.id,
        item_kind=item.kind.value,
        item_version=submission.item_version,
        catalogue_hash=submission.catalogue_hash,
        legal_basis=ground,
        basis_confidence=item.confidence.value,
        submission_id=submission.number,
        file_sha256=submission.file_sha256,
        rule_set_version=submission.rule_set_version,
        reported_date=submission.reported_date,
        actor=actor,
        columns={
            item.field(key).name: letter
            for key, letter in submission.landing.get("column_letters", {}).items()
            if key in {field.key for field in item.fields}
        },
        is_legacy=submission.is_legacy,
    )


def _outcome_rows(results: list[PublishResult], *, rows: pl.DataFrame, late: Mapping[date, int]) -> pl.DataFrame:
    if not results:
        return rows.head(0)
    table = pl.from_arrow(pa.concat_tables([result.outcomes for result in results]))
    assert isinstance(table, pl.DataFrame)
    outcomes = table.rename({"sheet": "_sheet", "row_no": "_row"})
    lateness = (
        pl.col("decision_date").replace_strict(list(late), list(late.values()), default=0, return_dtype=pl.Int64)
        if late
        else pl.lit(0)
    )
    return (
        rows.drop("outcome", "record_id", strict=False)
        .join(outcomes, on=KEYS, how="inner", maintain_order="left")
        .with_columns(late_workdays=lateness)
    )


def acts_publish(submission: Submission, *, item: Item, rows: pl.DataFrame, catalogue: Catalogue, at: datetime) -> Published:
    """Mark the records that the rows of an act mean; a row whose records all had the mark before is a duplicate."""
    event = _ACTS[item.id]
    publication_lock()
    marked_before = _marked_before(event, rows)
    numbers: list[int] = []
    for (day, ground), records in marks_grouped(rows):
        result = marks_add(
            record_ids=[UUID(record) for record in records],
            event=event,
            event_date=day,
            ground=f"{ground or item.title}（批次{submission.number}）",
            actor=submission.reviewer,
            now=at,
        )
        numbers += [seq for seq in (result.first_seq, result.last_seq) if seq is not None]
    outcomes: list[str] = []
    for records in rows["record_ids"].to_list():
        outcomes.append(RowOutcome.DUPLICATE.value if marked_before.issuperset(records) else RowOutcome.NEW.value)
        marked_before.update(records)
    return Published(
        new=outcomes.count(RowOutcome.NEW.value),
        corrected=0,
        duplicate=outcomes.count(RowOutcome.DUPLICATE.value),
        late=_late_acts(submission, event=event, rows=rows, catalogue=catalogue),
        first_seq=min(numbers, default=None),
        last_seq=max(numbers, default=None),
        rows=rows.with_columns(outcome=pl.Series(outcomes, dtype=pl.String), record_id=pl.col("record_ids").list.first()),
    )


def _late_acts(submission: Submission, *, event: Event, rows: pl.DataFrame, catalogue: Catalogue) -> int:
    """Return how many revocations came after the days that the law gives for taking a revoked decision down.

    Source: 行政处罚法 art 48 (three days) and art 85 (they are working days); the clock is catalogue data.
    """
    if event is not Event.REVOKED:
        return 0
    days = rows["event_date"].drop_nulls().unique().to_list()
    deadlines = {day: clock_deadline(_TAKE_DOWN, day, catalogue=catalogue).date for day in days}
    return sum(day is not None and deadlines[day] < submission.reported_date for day in rows["event_date"].to_list())


def corrections_publish(submission: Submission, *, rows: pl.DataFrame, catalogue: Catalogue, at: datetime) -> Published:
    """Report every corrected record again; several corrections of one record are one new version.

    A record that was withdrawn since it was matched stays withdrawn: its corrections come back.
    """
    publication_lock()
    rows, withdrawn = _still_there(rows)
    by_record: dict[str, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        for record in row["record_ids"]:
            by_record.setdefault(record, []).append(row)
    outcomes: dict[tuple[str, int], dict[str, Any]] = {}
    results: list[PublishResult] = []
    for record, corrections in by_record.items():
        first = corrections[0]
        batch, table = corrected_draft(
            submission,
            record_id=UUID(record),
            values={row["field_name"]: row["right_value"] for row in corrections},
            catalogue=catalogue,
            place=(first["_sheet"], first["_row"]),
        )
        result = versions_publish(batch=batch, drafts=table, now=at)
        results.append(result)
        (told,) = result.outcomes.to_pylist()
        for row in corrections:
            outcomes[row["_sheet"], row["_row"]] = {"outcome": told["outcome"], "record_id": record, "seq": told["seq"]}
    lines = [outcomes[key] for key in rows.select(KEYS).iter_rows()]
    schema = {"outcome": pl.String, "record_id": pl.String, "seq": pl.Int64}
    told_rows = rows.drop("outcome").hstack(pl.DataFrame(lines, schema=schema))
    counted = [line["outcome"] for line in lines]
    return Published(
        new=0,
        corrected=counted.count(RowOutcome.CORRECTED.value),
        duplicate=counted.count(RowOutcome.DUPLICATE.value),
        late=0,
        first_seq=min((r.first_seq for r in results if r.first_seq is not None), default=None),
        last_seq=max((r.last_seq for r in results if r.last_seq is not None), default=None),
        rows=pl.concat([told_rows, withdrawn.with_columns(outcome=pl.lit(RowOutcome.RETURNED.value))], how="diagonal"),
        returned=tuple(withdrawal_finding(row) for row in withdrawn.iter_rows(named=True)),
    )


def _still_there(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with those of their records that are not withdrawn, and the rows that have none left."""
    records = rows["record_ids"].explode().drop_nulls().to_list()
    gone = records_current().filter(record_id__in=records, withdrawn=True).values_list("record_id", flat=True)
    away = pl.lit(pl.Series([[str(record) for record in gone]], dtype=pl.List(pl.String)))
    left = rows.with_columns(record_ids=pl.col("record_ids").list.set_difference(away))
    is_left = pl.col("record_ids").list.len() > 0
    return left.filter(is_left), left.filter(~is_left)


def _marked_before(event: Event, rows: pl.DataFrame) -> set[str]:
    records = rows["record_ids"].explode().drop_nulls().to_list()
    had = records_current().filter(record_id__in=records, **{f"{DATED_MARKS[event]}__isnull": False})
    return {str(record) for record in had.values_list("record_id", flat=True)}
