"""What a reviewer looks at before certifying (审核): rows drawn by lot, rows by verdict, what differs from the last batch.

Reads only. The batch is locked while it waits for review, so that everybody who looks sees the same.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, Final

import polars as pl

from xinheng.adapters.clock import CHINA
from xinheng.catalogue.domain import Item, ItemKind
from xinheng.intake.models import Submission, SubmissionState
from xinheng.intake.services._artefacts import LANDED, MATCHES, artefact
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._rows import KEYS
from xinheng.intake.services.converting import act_columns, date_of, document_no_key_of
from xinheng.intake.services.step_match import MatchOutcome
from xinheng.intake.services.step_publish import with_decided_doubts
from xinheng.records.selectors import documents_standing, subjects_never_reported

SAMPLE_ROWS: Final = 20
"""So many rows are drawn; of fewer all are shown. Provisional: own design."""

COMPARED_ROWS: Final = 100_000
"""Up to so many rows the page asks the records about every organisation and number: a second at most."""

_LISTED: Final = 20
_ROLES: Final = ("subject_name", "document_no", "organ_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One row of the file as a reviewer sees it in a list; ``note`` says what is special about it."""

    sheet: str
    row: int
    name: str
    document_no: str
    decision_date: date | None
    is_not_shown: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCounts:
    """How often a rule was broken in this batch and in the one before."""

    rule: str
    count: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBatch:
    """The organ's last published batch of the same item, and how its findings compare."""

    number: str
    day: date
    rows: int
    rules: tuple[RuleCounts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer looks at. Counts are rows of the file; ``None`` where nothing was compared (an act, or too many rows).

    ``seed`` is what the lot was drawn from: stored facts, of which the time of submitting is nobody's to choose, so that
    anybody can draw it again and no clerk knew it beforehand. ``new_subjects`` counts organisations of which this organ
    never reported this item, ``again`` numbers that stand in the records already, ``ended`` those whose record was revoked,
    taken off its list or withdrawn.
    """

    shown: int
    not_shown: int
    decided: int
    doubtful: int
    returned: int
    repeated: int
    person: int
    seed: str
    sample: tuple[ReviewRow, ...]
    before: LastBatch | None
    new_subjects: int | None = None
    new_rows: tuple[ReviewRow, ...] = ()
    again: int | None = None
    ended: int | None = None
    ended_rows: tuple[ReviewRow, ...] = ()


def review_of(*, submission: Submission) -> Review | None:
    """Return what is looked at before certifying; ``None`` unless the submission waits for review."""
    if submission.state != SubmissionState.SUBMITTED:
        return None
    item = catalogue_of(submission).item(submission.item_id)
    matches = pl.read_parquet(artefact(submission.number, MATCHES))
    if item.kind is not ItemKind.ACT:
        matches = with_decided_doubts(submission, matches)
    counts = dict(matches.group_by("outcome").len().iter_rows())
    accepted = matches.filter(pl.col("outcome") == MatchOutcome.MATCHED)
    seed = _seed(submission)
    places = pl.Series(drawn_places(accepted.height, seed=seed), dtype=pl.UInt32)
    drawn = accepted.select(pl.all().gather(places))
    hidden = accepted.filter(pl.col("is_not_shown")).height if "is_not_shown" in accepted.columns else 0
    of_register: dict[str, Any] = {}
    if item.kind is not ItemKind.ACT and accepted.height <= COMPARED_ROWS:
        of_register = _compared(submission, item=item, accepted=accepted)
    return Review(
        shown=accepted.height - hidden,
        not_shown=hidden,
        decided=accepted.filter(pl.col("how") == "DECIDED").height if "how" in accepted.columns else 0,
        doubtful=counts.get(MatchOutcome.DOUBTFUL.value, 0),
        returned=counts.get(MatchOutcome.RETURNED.value, 0),
        repeated=counts.get(MatchOutcome.REPEATED.value, 0),
        person=counts.get(MatchOutcome.PERSON.value, 0),
        seed=seed,
        sample=_rows(_cells(submission, item=item, of=drawn)),
        before=_last_batch(submission),
        **of_register,
    )


def _seed(submission: Submission) -> str:
    assert submission.submitted_at is not None, "it waits for review"
    return f"{submission.number}:{submission.file_sha256}:{submission.submitted_at.astimezone(UTC).isoformat()}"


def drawn_places(count: int, *, seed: str, size: int = SAMPLE_ROWS) -> list[int]:
    """Return ``size`` different places below ``count``, in order, all of them where there are no more. Same seed, same places.

    Place ``k`` is the SHA-256 of ``seed:k`` modulo ``count``; one that is there already is passed over.

    >>> drawn_places(3, seed="x")
    [0, 1, 2]
    """
    if count <= size:
        return list(range(count))
    chosen: set[int] = set()
    number = 0
    while len(chosen) < size:
        chosen.add(int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest()) % count)
        number += 1
    return sorted(chosen)


def _cells(submission: Submission, *, item: Item, of: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of some rows in the order of the file, with whose they are and whether they are shown."""
    cells = act_columns(item=item, roles=(*_ROLES, "decision_date"))
    kept = [name for name in ("subject_id", "is_not_shown", "how") if name in of.columns]
    return (
        pl.scan_parquet(artefact(submission.number, LANDED))
        .filter(pl.col("_row").is_in(of["_row"].unique().implode()))
        .select(*KEYS, *(cells[role].alias(role) for role in _ROLES), decision_date=date_of(cells["decision_date"]))
        .join(of.lazy().select(*KEYS, *kept), on=KEYS, how="inner", maintain_order="left")
        .collect()
    )


def _rows(cells: pl.DataFrame, notes: Mapping[tuple[str, int], str] | None = None) -> tuple[ReviewRow, ...]:
    return tuple(
        ReviewRow(
            sheet=row["_sheet"],
            row=row["_row"],
            name=row["subject_name"] or "",
            document_no=row["document_no"] or "",
            decision_date=row["decision_date"],
            is_not_shown=bool(row.get("is_not_shown")),
            note=(notes or {}).get((row["_sheet"], row["_row"])) or ("主体由人确认" if row.get("how") == "DECIDED" else ""),
        )
        for row in cells.iter_rows(named=True)
    )


def _compared(submission: Submission, *, item: Item, accepted: pl.DataFrame) -> dict[str, Any]:
    """Return what the records know of the rows: organisations that are new to this organ, numbers that stand there already."""
    cells = _cells(submission, item=item, of=accepted).with_columns(
        organ=pl.when(pl.col("organ_code") == "").then(pl.lit(submission.organ_code)).otherwise(pl.col("organ_code")),
        number_key=document_no_key_of(pl.col("document_no").fill_null("")),
    )
    new = _new(cells, item=item)
    standing = documents_standing(item_id=item.id, document_no_keys=cells["number_key"].unique().to_list())
    places: dict[tuple[str, int], str] = {}
    again = 0
    for sheet, row, key, organ in cells.select(*KEYS, "number_key", "organ").iter_rows():
        found = standing.get((key, organ))
        if found is None:
            continue
        again += not found
        if found:
            places[sheet, row] = found
    at = pl.DataFrame(list(places), schema={"_sheet": pl.String, "_row": pl.Int64}, orient="row")
    ended = cells.join(at, on=KEYS, how="semi", maintain_order="left")
    first_of_new = cells.filter(pl.col("subject_id").is_in(sorted(new))).unique("subject_id", keep="first", maintain_order=True)
    return {
        "new_subjects": len(new),
        "new_rows": _rows(first_of_new.head(_LISTED)),
        "again": again,
        "ended": len(places),
        "ended_rows": _rows(ended.head(_LISTED), places),
    }


def _new(cells: pl.DataFrame, *, item: Item) -> Collection[int]:
    return subjects_never_reported(
        subject_ids=cells["subject_id"].drop_nulls().unique().to_list(),
        item_id=item.id,
        organ_codes=cells["organ"].unique().to_list(),
    )


def _last_batch(submission: Submission) -> LastBatch | None:
    """Return the organ's last published batch of this item with the rules that either broke, most frequent here first."""
    published = Submission.objects.filter(
        organ_code=submission.organ_code, item_id=submission.item_id, state=SubmissionState.PUBLISHED
    )
    before = published.exclude(published_at=None).order_by("-published_at", "-id").first()
    if before is None or before.published_at is None:
        return None
    here, there = (found.counts.get("rules", {}) for found in (submission, before))
    rules = (RuleCounts(rule=rule, count=here.get(rule, 0), before=there.get(rule, 0)) for rule in {*here, *there})
    return LastBatch(
        number=before.number,
        day=before.published_at.astimezone(CHINA).date(),
        rows=before.counts.get("rows", 0),
        rules=tuple(sorted(rules, key=lambda counted: (-counted.count, -counted.before, counted.rule))),
    )
