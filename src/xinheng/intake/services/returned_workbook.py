"""The marked workbook (标记表): the sender's own table with the problems marked and explained."""

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from xinheng.intake.domain import FindingSeverity, Limits
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import Submission, SubmissionFinding
from xinheng.intake.reading import land
from xinheng.intake.selectors import amended_cells, submission_get
from xinheng.intake.services._artefacts import LANDED
from xinheng.intake.services._findings import findings_of
from xinheng.intake.services._landing import landed_of
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._state import event_add
from xinheng.intake.services.originals import original_opened
from xinheng.intake.workbooks import ExportFormat, MarkedWorkbook, findings_export, marked_workbook_write
from xinheng.subjects.selectors import irregular_codes

_TOLD = (FindingSeverity.REFUSE.value, FindingSeverity.EXPLAIN.value)


def returned_workbook_write(
    *, number: str, out_dir: Path, actor: str = "", now: datetime | None = None
) -> MarkedWorkbook | None:
    """Write the marked workbook of a submission and say what is in it; ``None`` where no row has anything to mend.

    Made from the original, so not after the original was destroyed. Where ``actor`` asks for it later, at ``now``, that is
    noted in the time-line first (P11).

    Raises:
        SubmissionNotFound: no such submission.
        OriginalDestroyed: the retention is over.
    """
    try:
        submission = Submission.objects.get(number=number)
    except Submission.DoesNotExist:
        raise SubmissionNotFound(number=number) from None
    if not SubmissionFinding.objects.filter(submission=submission, severity__in=_TOLD).exists():
        return None
    if actor and now is not None:
        with transaction.atomic():
            event_add(submission, action="marked_workbook_made", actor=actor, at=now)
    out_dir.mkdir(parents=True, exist_ok=True)
    out = out_dir / f"{Path(submission.file_name).stem}-标记表-{number}.xlsx"
    with original_opened(submission=submission) as source:
        landed = landed_of(submission, source=source)
        parquet = Path(tempfile.mkdtemp(dir=source.parent)) / LANDED
        try:
            # A second name for the landed table: another process may finish the submission and remove the first.
            parquet.hardlink_to(landed.parquet)
            landed = replace(landed, parquet=parquet)
        except FileNotFoundError:
            # The landed table went when the submission was finished; for a moment it is made again, as it was.
            landed = land(
                source,
                out=parquet,
                catalogue=catalogue_of(submission),
                item_id=submission.item_id,
                known_codes=irregular_codes(),
                limits=Limits(),
            )
        return marked_workbook_write(
            landed=landed,
            findings=findings_of(submission),
            out=out,
            scratch=source.parent,
            amended=amended_cells(submission),
        )


def findings_file_write(*, number: str, out_dir: Path) -> Path:
    """Write every finding of a submission as CSV and return where (masked values, as in the marked workbook).

    Raises:
        SubmissionNotFound: no such submission.
    """
    submission = submission_get(number=number)
    out = out_dir / f"{Path(submission.file_name).stem}-问题清单-{number}.csv"
    findings_export(findings_of(submission), form=ExportFormat.CSV, out=out)
    return out
