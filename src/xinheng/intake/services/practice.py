"""Check a file for practice (练习): the real reading and the real rules, and nothing of it stays anywhere."""

from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import PurePath

from xinheng.intake.checking import RuleCount, Totals
from xinheng.intake.domain import Finding
from xinheng.intake.errors import FileTooLarge
from xinheng.intake.services._artefacts import workplace
from xinheng.intake.services.file_check import file_check
from xinheng.kernel.shown import shown

PRACTICE_BYTES = 2_000_000
"""A practice file is checked while its sender waits."""

_PLACE = "practice"
_FINDINGS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeResult:
    """What would be said of a practice file; ``findings`` are the first two thousand, ``counts`` count all."""

    item_id: str
    totals: Totals
    findings: tuple[Finding, ...]
    counts: tuple[RuleCount, ...]


def practice_check(
    *, content: bytes, file_name: str, item_id: str, organ_code: str, on_date: date, on_the_spot: bool = False
) -> PracticeResult:
    """Return what the pipeline says of a file, without submission, record or event; the register is not asked.

    Args:
        content: the file; it is written to a private folder that is removed before this returns (P16).
        file_name: what its sender calls it.
        item_id: the item that is practised.
        organ_code: the organ that practises.
        on_date: the day on which it would be reported.
        on_the_spot: the declaration that all rows are on-the-spot penalties.

    Raises:
        FileRefused: the file cannot be read as a submission, or is too large for practice; a subclass says why.
        KeyError: the catalogue has no such item.
    """
    if len(content) > PRACTICE_BYTES:
        raise FileTooLarge(
            file=shown(file_name), size=f"{len(content):,} 字节", kind="练习文件", limit=f"{PRACTICE_BYTES:,} 字节"
        )
    with workplace(_PLACE) as place:
        path = place / f"practice{PurePath(file_name).suffix[:8]}"
        path.write_bytes(content)
        found = file_check(
            path=path,
            folder=place,
            on_date=on_date,
            item_id=item_id,
            organ_code=organ_code,
            use_register=False,
            on_the_spot=on_the_spot,
        )
        return PracticeResult(
            item_id=found.item.id,
            totals=found.checked.totals,
            findings=tuple(islice(found.checked.iter_findings(), _FINDINGS)),
            counts=found.checked.counts,
        )
