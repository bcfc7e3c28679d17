"""CERTIFIED to PUBLISHED: the certified rows become records, in one transaction with the submission's last state."""

from datetime import datetime
from uuid import UUID

import polars as pl

from xinheng.catalogue.domain import ItemKind
from xinheng.intake.models import Doubt, DoubtState, RowOutcome, Submission, SubmissionState
from xinheng.intake.services._artefacts import LANDED, MATCHES, artefact
from xinheng.intake.services._findings import findings_copy
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._publication import Published, acts_publish, corrections_publish, drafts_publish
from xinheng.intake.services._row_outcomes import row_outcomes_copy
from xinheng.intake.services._rows import KEYS
from xinheng.intake.services._state import state_move
from xinheng.intake.services._targets import CORRECTION
from xinheng.intake.services.converting import landed_batches
from xinheng.intake.services.step_match import MatchOutcome, sole_traders


def step_publish(submission: Submission, *, actor: str, at: datetime) -> None:
    """Publish; the submission is locked by the caller. Effective in every door when the transaction commits."""
    catalogue = catalogue_of(submission)
    matches = pl.read_parquet(artefact(submission.number, MATCHES))
    item = catalogue.item(submission.item_id)
    if item.kind is ItemKind.ACT:
        accepted, rest = _parted(matches)
        if item.id == CORRECTION:
            published = corrections_publish(submission, rows=accepted, catalogue=catalogue, at=at)
        else:
            published = acts_publish(submission, item=item, rows=accepted, catalogue=catalogue, at=at)
    else:
        matches = with_decided_doubts(submission, matches)
        accepted, rest = _parted(matches)
        del matches  # a copy of what follows
        landed = artefact(submission.number, LANDED)
        published = drafts_publish(
            submission,
            catalogue=catalogue,
            rows=accepted,
            batches=lambda: landed_batches(landed=landed),
            at=at,
            actor=submission.reviewer,
        )
        _doubts_linked(submission, published)
    findings_copy(submission, published.returned)
    row_outcomes_copy(submission, published.rows)
    row_outcomes_copy(submission, rest)
    submission.counts = submission.counts | {
        "new": published.new,
        "corrected": published.corrected,
        "duplicate": published.duplicate + submission.counts.get("repeated", 0),
        "late": published.late,
        "returned": submission.counts.get("returned", 0) + len(published.returned),
        "doubtful": rest.filter(pl.col("outcome") == RowOutcome.DOUBTFUL).height,
    }
    submission.first_seq, submission.last_seq, submission.published_at = published.first_seq, published.last_seq, at
    state_move(
        submission,
        to=SubmissionState.PUBLISHED,
        actor=actor,
        at=at,
        new=published.new,
        corrected=published.corrected,
        duplicate=published.duplicate,
        first_seq=published.first_seq,
        last_seq=published.last_seq,
    )


def _parted(matches: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that become records, and all others with their outcome."""
    is_matched = pl.col("outcome") == MatchOutcome.MATCHED
    told = pl.col("outcome").replace_strict(_REST, return_dtype=pl.String)
    return matches.filter(is_matched), matches.filter(~is_matched).with_columns(outcome=told)


_REST = {
    MatchOutcome.DOUBTFUL.value: RowOutcome.DOUBTFUL.value,
    MatchOutcome.RETURNED.value: RowOutcome.RETURNED.value,
    MatchOutcome.REPEATED.value: RowOutcome.DUPLICATE.value,
    MatchOutcome.PERSON.value: RowOutcome.PERSON.value,
}


def with_decided_doubts(submission: Submission, matches: pl.DataFrame) -> pl.DataFrame:
    """Take in what was decided on doubts before the reviewer certified."""
    decided = Doubt.objects.filter(submission=submission).exclude(state=DoubtState.OPEN)
    if not decided:
        return matches
    sole = sole_traders(subject_ids=[doubt.subject_id for doubt in decided if doubt.subject_id is not None])
    values = [(d.sheet, d.row, d.subject_id, d.state, d.subject_id in sole) for d in decided]
    schema = {"_sheet": pl.String, "_row": pl.Int64, "chosen": pl.Int64, "state": pl.String, "sole": pl.Boolean}
    table = pl.DataFrame(values, schema=schema, orient="row")
    is_decided = pl.col("state") == DoubtState.DECIDED.value
    return (
        matches.join(table, on=KEYS, how="left", maintain_order="left")
        .with_columns(
            outcome=pl.when(is_decided)
            .then(pl.lit(MatchOutcome.MATCHED.value))
            .when(pl.col("state").is_not_null())
            .then(pl.lit(MatchOutcome.RETURNED.value))
            .otherwise(pl.col("outcome")),
            subject_id=pl.when(is_decided).then(pl.col("chosen")).otherwise(pl.col("subject_id")),
            is_sole_trader=pl.when(is_decided).then(pl.col("sole")).otherwise(pl.col("is_sole_trader")),
            how=pl.when(is_decided).then(pl.lit("DECIDED")).otherwise(pl.col("how")),
        )
        .drop("chosen", "state", "sole")
    )


def _doubts_linked(submission: Submission, published: Published) -> None:
    """Note on every decided doubt which record it became."""
    for doubt in Doubt.objects.filter(submission=submission, state=DoubtState.DECIDED):
        row = published.rows.filter((pl.col("_sheet") == doubt.sheet) & (pl.col("_row") == doubt.row))
        if row.height:
            doubt.record_id = UUID(row["record_id"][0])
            doubt.save(update_fields=["record_id"])
