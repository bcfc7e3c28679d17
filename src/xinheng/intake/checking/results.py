"""What a check of a file gives back: findings, a verdict per row, counts per rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import Finding, FindingSeverity

FINDING_COLUMNS = (
    "sheet", "row", "column", "field", "value", "rule", "severity", "message", "expected", "fix", "ground", "confidence",
)  # fmt: skip
BATCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """How often a rule was broken: findings, and rows they are in."""

    rule: Rule
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Rows of a file by verdict. ``refused`` includes ``persons``; ``explain`` and ``duplicates`` are not refused."""

    rows: int
    accepted: int
    refused: int
    explain: int
    not_shown: int
    persons: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result of checking one landed file.

    ``findings`` is a Parquet file with the fields of ``Finding`` as columns (rows in the order of the file, findings
    about the whole file first, with row 0). ``verdicts`` has ``_sheet, _row, refused, explain, not_shown, person,
    duplicate`` for every row. ``counts`` are most frequent first.
    """

    item_id: str
    item_version: str
    rule_set_version: str
    findings: Path
    finding_count: int
    verdicts: pa.Table
    totals: Totals
    counts: tuple[RuleCount, ...]

    def iter_findings(self) -> Iterator[Finding]:
        """Yield every finding in the order of the file, without holding them all."""
        with pq.ParquetFile(self.findings) as file:
            for batch in file.iter_batches(batch_size=BATCH, columns=list(FINDING_COLUMNS)):
                for line in batch.to_pylist():
                    yield Finding(**{**line, "severity": FindingSeverity(line["severity"])})
