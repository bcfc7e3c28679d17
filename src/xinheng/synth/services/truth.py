"""What the platform must make of every row (已知答案)."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from xinheng.catalogue.domain import Catalogue, Organ
from xinheng.rules.domain import DisplayFacts
from xinheng.rules.selectors import display_term, late_workdays
from xinheng.synth.domain.dirt import Outcome

_FACTS = ("_decided", "_kinds", "_on_the_spot", "_organ", "list_type", "valid_to", "statutory_until")
TRUTH_COLUMNS = (
    "file",
    "sheet",
    "row",
    "item_id",
    "organ_code",
    "wave",
    "dirt",
    "outcome",
    "subject",
    "shown",
    "late_workdays",
)


def with_truth(
    *, frame: pl.DataFrame, item_id: str, organs: Sequence[Organ], on_date: date, catalogue: Catalogue
) -> pl.DataFrame:
    """Return ``frame`` with ``_shown`` (on ``on_date``, marks aside) and ``_late`` (working days past the deadline).

    Rows of the same facts share one answer of the rules, so that millions of rows need a few thousand evaluations.
    """
    missing = [name for name in _FACTS if name not in frame.columns]
    frame = frame.with_columns(_on_the_spot=pl.col("_dirt") == "on_the_spot").with_columns(
        **{name: pl.lit("") for name in missing if name != "_on_the_spot"}
    )
    # Dirt in a date makes no new facts: only accepted rows are shown, and their dates are clean.
    wanted = frame.filter(pl.col("_outcome") == Outcome.ACCEPTED.value).select(_FACTS).unique(maintain_order=True)
    shown = [
        display_term(_facts(row, item_id=item_id, organs=organs), on_date, catalogue=catalogue).is_shown_on(on_date)
        for row in wanted.iter_rows(named=True)
    ]
    answers = wanted.with_columns(_shown=pl.Series(shown, dtype=pl.Boolean))
    late = {day: late_workdays(item_id, day, on_date, catalogue=catalogue) for day in frame["_decided"].unique().to_list()}
    is_accepted = pl.col("_outcome") == Outcome.ACCEPTED.value
    return (
        frame.join(answers, on=_FACTS, how="left", maintain_order="left")
        .with_columns(
            _shown=pl.col("_shown").fill_null(value=False) & is_accepted,
            _late=pl.when(~pl.col("_legacy") & is_accepted)
            .then(pl.col("_decided").replace_strict(late, return_dtype=pl.Int64))
            .otherwise(0),
        )
        .drop(missing, strict=False)
    )


def truth_rows(
    *, frame: pl.DataFrame, file: str, sheet: str, first_row: int, item_id: str, organ_code: str, wave: int
) -> pl.DataFrame:
    """Return the expected fate of every row of one written file."""
    placed = frame.with_row_index("row", offset=first_row)
    taken = pl.col("_outcome") == Outcome.ACCEPTED.value
    known = pl.col("_outcome").is_in([Outcome.ACCEPTED.value, Outcome.DUPLICATE.value])
    return placed.select(
        file=pl.lit(file),
        sheet=pl.lit(sheet),
        row=pl.col("row").cast(pl.Int64),
        item_id=pl.lit(item_id),
        organ_code=pl.lit(organ_code),
        wave=pl.lit(wave, dtype=pl.Int64),
        dirt="_dirt",
        outcome="_outcome",
        subject=pl.when(known).then("_subject").otherwise(pl.lit("")),
        shown=pl.col("_shown") & taken,
        late_workdays=pl.when(taken).then("_late").otherwise(0),
    )


def _facts(row: dict[str, object], *, item_id: str, organs: Sequence[Organ]) -> DisplayFacts:
    decided = row["_decided"]
    assert isinstance(decided, date)
    number = row["_organ"]
    assert isinstance(number, int)
    return DisplayFacts(
        item_id=item_id,
        decision_date=decided,
        valid_to=_day(row["valid_to"]),
        list_type=str(row["list_type"]) or None,
        statutory_until=_day(row["statutory_until"]),
        penalty_kinds=frozenset(kind for kind in str(row["_kinds"]).split(";") if kind),
        on_the_spot=bool(row["_on_the_spot"]),
        sectors=frozenset(organs[number].sectors),
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
