"""What a later step must know of the reading, kept with the submission as JSON."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from xinheng.intake.domain import FileKind, Landed, LandedSheet
from xinheng.intake.models import Submission
from xinheng.intake.services._artefacts import LANDED, artefact

_LEFT_OUT = {"source", "parquet", "findings"}


def landing_facts(landed: Landed) -> dict[str, Any]:
    """Return the reading as JSON values, without paths and without findings (they have their own table)."""
    facts = {name: value for name, value in asdict(landed).items() if name not in _LEFT_OUT}
    facts["columns"] = dict(landed.columns)
    facts["column_letters"] = dict(landed.column_letters)
    return facts


def landed_of(submission: Submission, *, source: Path | None = None) -> Landed:
    """Return the reading again; ``source`` is a plain copy of the original where the file itself is needed."""
    facts = dict(submission.landing)
    sheets = tuple(
        LandedSheet(**(sheet | {"labels": tuple(sheet["labels"]), "keys": tuple(sheet["keys"])}))
        for sheet in facts.pop("sheets")
    )
    for name in ("unknown_columns", "dropped_columns"):
        facts[name] = tuple(facts[name])
    facts["kind"] = FileKind(facts["kind"])
    parquet = artefact(submission.number, LANDED)
    return Landed(source=source or parquet, parquet=parquet, sheets=sheets, **facts)
