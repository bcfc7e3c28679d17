"""CHECKED to MATCHED: whose each row is. What is not certain becomes a doubt; nothing is guessed."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.adapters.progress import progress_tell
from xinheng.catalogue.domain import Catalogue, Item, ItemKind
from xinheng.intake.checking import rule
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.models import Submission, SubmissionState
from xinheng.intake.services._artefacts import LANDED, MATCHES, artefact, artefact_written, workplace
from xinheng.intake.services._carrying import Carried, decisions_carry
from xinheng.intake.services._corrections import corrections_match
from xinheng.intake.services._doubts import doubts_copy
from xinheng.intake.services._findings import findings_copy
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._returned import returned_copy
from xinheng.intake.services._rows import KEYS, rows_judged
from xinheng.intake.services._state import state_move
from xinheng.intake.services._targets import CORRECTION, targets_match
from xinheng.intake.services.originals import submission_key
from xinheng.kernel.dates import chinese_date
from xinheng.rules.errors import NoReportingClock
from xinheng.rules.selectors import reporting_deadline
from xinheng.subjects.domain import SubjectKind
from xinheng.subjects.selectors import subject_kinds
from xinheng.subjects.services import match_portions, register_hold

_ROWS_AT_ONCE: Final = 100_000


class MatchOutcome(StrEnum):
    """What the matching says of a row."""

    MATCHED = "MATCHED"
    DOUBTFUL = "DOUBTFUL"
    RETURNED = "RETURNED"
    REPEATED = "REPEATED"
    PERSON = "PERSON"


def step_match(submission: Submission, *, actor: str, at: datetime) -> None:
    """Match the rows that passed, keep the doubts; the submission is locked by the caller.

    A submission of which no row can go on is returned at once: there is nothing to submit.
    """
    catalogue = catalogue_of(submission)
    item = catalogue.item(submission.item_id)
    carried = Carried()
    register_hold()
    judged = rows_judged(submission, catalogue=catalogue).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    passed = judged.filter(~pl.col("refused") & ~pl.col("duplicate"))
    if item.kind is ItemKind.ACT:
        matching = corrections_match if item.id == CORRECTION else targets_match
        matches = matching(submission, rows=passed.collect(), catalogue=catalogue)
        findings_copy(submission, matches.findings)
        matched, keys = matches.rows, KEYS
    else:
        with workplace(submission.number) as place:
            portions = _grounded(_portions(passed, place=place), submission=submission, item=item, catalogue=catalogue)
            matched, doubtful = subjects_matched(portions)
        keys = ["row"]
        doubts_copy(submission, doubtful, landed=artefact(submission.number, LANDED), key=submission_key(submission=submission))
        findings_copy(submission, _doubt_findings(doubtful, catalogue=catalogue, submission=submission))
        carried = decisions_carry(submission, at=at)
    rows = judged.select("row", *KEYS, "refused", "duplicate", "is_person", "is_not_shown", "decision_date").collect()
    table = rows.join(matched.drop("is_not_shown", "decision_date", strict=False), on=keys, how="left", maintain_order="left")
    table = table.with_columns(
        outcome=pl.when(pl.col("is_person"))
        .then(pl.lit(MatchOutcome.PERSON.value))
        .when(pl.col("duplicate") & ~pl.col("refused"))
        .then(pl.lit(MatchOutcome.REPEATED.value))
        .otherwise(pl.col("outcome").fill_null(MatchOutcome.RETURNED.value))
    )
    returned = table.filter(pl.col("outcome") == MatchOutcome.RETURNED).select(KEYS)
    returned_copy(submission, judged=judged, keys=returned, at=at)
    kept = [name for name in _KEPT if name in table.columns]
    with artefact_written(submission.number, MATCHES) as out:
        table.select(kept).write_parquet(out)
    counts = dict(table.group_by("outcome").len().iter_rows())
    submission.counts = submission.counts | {
        "accepted": counts.get(MatchOutcome.MATCHED, 0),
        "returned": counts.get(MatchOutcome.RETURNED, 0),
        "doubtful": counts.get(MatchOutcome.DOUBTFUL, 0) - carried.count,
        "repeated": counts.get(MatchOutcome.REPEATED, 0),
        "person": counts.get(MatchOutcome.PERSON, 0),
        "not_shown": table.filter((pl.col("outcome") == MatchOutcome.MATCHED) & pl.col("is_not_shown")).height,
    }
    submission.counts |= mending_deadlines(submission, rows=_without(table, carried.decided), catalogue=catalogue)
    state_move(submission, to=SubmissionState.MATCHED, actor=actor, at=at, **_numbers(submission))
    if not submission.counts["accepted"] and not submission.counts["doubtful"] and not carried.decided:
        note = "没有一行可以提交，整批退回改正。"
        state_move(submission, to=SubmissionState.RETURNED, actor=actor, at=at, note=note)


_KEPT = (
    *KEYS, "outcome", "subject_id", "is_sole_trader", "how", "is_not_shown", "decision_date", "record_ids", "event_date",
    "ground", "field_name", "right_value",
)  # fmt: skip


def _without(rows: pl.DataFrame, places: Collection[tuple[str, int]]) -> pl.DataFrame:
    """Return the rows but for those at ``places`` (sheet, row): decided already, they do not stay behind."""
    if not places:
        return rows
    at = pl.DataFrame(list(places), schema={"_sheet": pl.String, "_row": pl.Int64}, orient="row")
    return rows.join(at, on=KEYS, how="anti")


def _numbers(submission: Submission) -> dict[str, Any]:
    return {name: value for name, value in submission.counts.items() if isinstance(value, int)}


def mending_deadlines(submission: Submission, *, rows: pl.DataFrame, catalogue: Catalogue) -> dict[str, str | int]:
    """Return by when the rows that stay behind must be reported again: ``mend_by`` (ISO day), ``mend_late`` (rows).

    ``mend_by_provisional`` is there where the day lies beyond the calendar of working days.
    """
    if submission.is_legacy:
        return {}
    behind = rows.filter(pl.col("outcome").is_in([MatchOutcome.RETURNED.value, MatchOutcome.DOUBTFUL.value]))
    sectors = frozenset(catalogue.organ(submission.organ_code).sectors)
    late, coming = 0, []
    for day, count in behind["decision_date"].drop_nulls().value_counts().iter_rows():
        try:
            last = reporting_deadline(submission.item_id, day, sectors=sectors, catalogue=catalogue)
        except (NoReportingClock, OverflowError):
            continue
        if last.date < submission.reported_date:
            late += count
        else:
            coming.append(last)
    told: dict[str, str | int] = {"mend_late": late}
    if coming:
        first = min(coming, key=lambda deadline: deadline.date)
        told["mend_by"] = first.date.isoformat()
        if first.provisional:
            told["mend_by_provisional"] = 1
    return told


def _portions(passed: pl.LazyFrame, *, place: Path) -> Iterator[pl.DataFrame]:
    """Give the rows that go on, a portion at a time: the texts of a million rows would be hundreds of megabytes.

    They go through a file in ``place``, so that landed rows and verdicts are joined once and not once a portion.
    """
    path = place / "passed.parquet"
    passed.sink_parquet(path, compression="lz4", row_group_size=_ROWS_AT_ONCE)
    done = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE) if file.metadata.num_rows else [file.read()]:
            portion = pl.from_arrow(batch)
            assert isinstance(portion, pl.DataFrame)
            progress_tell("match", done, file.metadata.num_rows)
            yield portion
            done += portion.height


def _grounded(
    portions: Iterable[pl.DataFrame], *, submission: Submission, item: Item, catalogue: Catalogue
) -> Iterator[pl.DataFrame]:
    """Give the rows whose item had a ground on their decision date; tell about the others and keep them out (P1, G4)."""
    for portion in portions:
        without = pl.col("decision_date").is_in(_days_without_ground(portion, item=item, catalogue=catalogue))
        findings_copy(submission, _ground_findings(portion.filter(without), item=item, submission=submission))
        yield portion.filter(~without.fill_null(value=False))


def subjects_matched(portions: Iterable[pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return whose each row is, and the doubtful rows with all that was reported to match them by.

    The first has ``row``, ``subject_id`` (null: doubtful), ``is_sole_trader``, ``how`` and ``outcome``, the second
    ``reason`` and ``candidates`` besides. Of a portion only that is kept.
    """
    asked: deque[pl.DataFrame] = deque()

    def queries() -> Iterator[pa.Table]:
        for portion in portions:
            asked.append(portion)
            yield _query(portion)

    verdicts, doubts = [], []
    for answer in match_portions(tables=queries()):
        judged = _joined(asked.popleft(), answer)
        verdicts.append(judged.select("row", "subject_id", "is_sole_trader", "how"))
        doubts.append(_compact(judged.filter(pl.col("subject_id").is_null())))
    is_doubtful = pl.col("subject_id").is_null()
    outcome = pl.when(is_doubtful).then(pl.lit(MatchOutcome.DOUBTFUL.value)).otherwise(pl.lit(MatchOutcome.MATCHED.value))
    return pl.concat(verdicts).with_columns(outcome=outcome), pl.concat(doubts)


def _query(portion: pl.DataFrame) -> pa.Table:
    return portion.select(
        "row", "uscc", "registration_no", "organisation_code", "decision_date", name=pl.col("subject_name")
    ).to_arrow()


def _joined(portion: pl.DataFrame, answer: pa.Table) -> pl.DataFrame:
    said = pl.from_arrow(answer.select(["row", "subject_id", "how", "reason", "candidates", "is_sole_trader"]))
    assert isinstance(said, pl.DataFrame)
    return portion.join(said, on="row", how="left", maintain_order="left").with_columns(
        pl.col("is_sole_trader").fill_null(value=False)
    )


def _compact(few: pl.DataFrame) -> pl.DataFrame:
    """Copy the texts of a few rows: a filtered column goes on holding those of all rows that it came from."""
    copied = pl.from_arrow(few.to_arrow(compat_level=pl.CompatLevel.oldest()))
    assert isinstance(copied, pl.DataFrame)
    return copied


def sole_traders(*, subject_ids: Collection[int]) -> frozenset[int]:
    """Return which of the subjects are sole traders (个体工商户, P2)."""
    kinds = subject_kinds(subject_ids=subject_ids)
    return frozenset(subject for subject, kind in kinds.items() if kind is SubjectKind.SOLE_TRADER)


def _days_without_ground(passed: pl.DataFrame, *, item: Item, catalogue: Catalogue) -> list[date]:
    """Return the decision dates on which the item had no ground in force (P1, G4): such a record is not admitted."""
    days = passed["decision_date"].drop_nulls().unique().to_list()
    return [day for day in days if not catalogue.basis_on(item.basis, on_date=day)]


def _ground_findings(groundless: pl.DataFrame, *, item: Item, submission: Submission) -> Iterator[Finding]:
    field = item.field_by_role("decision_date")
    key = "" if field is None else field.key
    column = submission.landing.get("columns", {}).get(key, "")
    for sheet, row, day in groundless.select(*KEYS, "decision_date").iter_rows():
        yield ground_finding(sheet=sheet, row=row, column=column, key=key, day=day, item=item)


def ground_finding(*, sheet: str, row: int, column: str, key: str, day: date, item: Item) -> Finding:
    """Return what is said of a row on whose decision date the item had no ground in force (P1, G4)."""
    return Finding(
        sheet=sheet,
        row=row,
        column=column,
        field=key,
        value=day.isoformat(),
        rule="G4",
        severity=FindingSeverity.REFUSE,
        message=f"“{item.title}”在{chinese_date(day)}还没有归集的依据，这一行不能入库",
        expected="决定日期在依据的施行期内",
        fix="核对决定日期；日期没有写错的，这一行不用报送",
        ground="没有依据的信息不归集（准入规则G4）",
        confidence=item.confidence,
    )


def _doubt_findings(doubtful: pl.DataFrame, *, catalogue: Catalogue, submission: Submission) -> Iterator[Finding]:
    field = catalogue.item(submission.item_id).field_by_role("subject_name")
    key = "" if field is None else field.key
    column = submission.landing.get("columns", {}).get(key, "")
    for sheet, row, name, reason in doubtful.select(*KEYS, "subject_name", "reason").iter_rows():
        yield doubt_finding(sheet=sheet, row=row, column=column, key=key, name=name, reason=reason)


def doubt_finding(*, sheet: str, row: int, column: str, key: str, name: str, reason: str) -> Finding:
    """Return what is said of a row of which the register does not say for certain whose it is (V03)."""
    told = rule("V03")
    return Finding(
        sheet=sheet,
        row=row,
        column=column,
        field=key,
        value=name,
        rule=told.id,
        severity=told.severity,
        message=reason,
        expected=told.expected,
        fix=told.fix,
        ground=told.ground,
        confidence=told.confidence,
    )
