"""A whole file of findings as CSV, column by column: the same bytes as ``findings_export``, for a million of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO

import polars as pl

from xinheng.intake.domain import FindingSeverity
from xinheng.intake.workbooks.texts import CONFIDENCE_LABELS, HEADINGS, WHOLE_FILE

_RUNS_AS_FORMULA = r"^ *[=+\-@\t\r\n＝＋－＠|%]"
_NEGATIVE_NUMBER = r"^-,*[0-9][0-9,]*\.?[0-9,]*$|^-,*\.,*[0-9][0-9,]*$"
_BATCH = 100_000


def findings_csv_write(findings: Path, *, out: Path | IO[bytes]) -> None:
    """Write the Parquet file of a check's findings as CSV, in the order of the file.

    Args:
        findings: with the fields of ``Finding`` as columns (``checking.Checked.findings``).
        out: a path or an open binary stream; UTF-8 with a mark, as ``findings_export`` writes it.
    """
    table = pl.scan_parquet(findings).select(cell.alias(heading) for cell, heading in zip(_cells(), HEADINGS, strict=True))
    # Nothing is written for null; an empty text would be a pair of quotation marks.
    table.with_columns(pl.all().replace("", None)).sink_csv(
        out, include_bom=True, line_terminator="\r\n", quote_style="necessary", batch_size=_BATCH, maintain_order=True
    )


def _cells() -> tuple[pl.Expr, ...]:
    """Return ``texts.finding_cells`` as expressions."""
    place = pl.when(pl.col("row") == 0).then(pl.lit(WHOLE_FILE)).otherwise(pl.col("row").cast(pl.String))
    severities = {severity.value: severity.label for severity in FindingSeverity}
    return (
        _neutral("sheet"),
        place,
        _neutral("column"),
        _neutral("value"),
        _neutral("rule"),
        _labelled("severity", severities),
        _neutral("message"),
        _neutral("expected"),
        _neutral("fix"),
        _neutral("ground"),
        _labelled("confidence", CONFIDENCE_LABELS),
    )


def _labelled(name: str, labels: Mapping[str, str]) -> pl.Expr:
    return pl.col(name).replace(list(labels), list(labels.values()))


def _neutral(name: str) -> pl.Expr:
    """Return ``kernel.spreadsheet_safety.neutralise`` of a column."""
    text = pl.col(name)
    runs = text.str.contains(_RUNS_AS_FORMULA) & ~text.str.contains(_NEGATIVE_NUMBER)
    return pl.when(runs).then(pl.lit("'") + text).otherwise(text)
