"""Where a record came from (来源): its reports with what was said of its row, read by those who may, and logged (P11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xinheng.accounts.domain import Actor
from xinheng.audit.services import event_record
from xinheng.intake.domain import RowExplanation
from xinheng.intake.models import Amendment, Submission
from xinheng.intake.selectors import chain_of, explanations_of_row, reports_of_record
from xinheng.records.models import RecordVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReport:
    """One report of a record's content: the version, its submission, what was said of the row and put right in it."""

    version: RecordVersion
    submission: Submission
    explanations: tuple[RowExplanation, ...]
    amendments: Sequence[Amendment]


def record_read(*, record_id: UUID, actor: Actor, now: datetime) -> tuple[RecordReport, ...]:
    """Return the reports of a record that the actor may see, newest first; who read them is logged before they are given.

    Raises:
        RecordNotFound: there is no such record, or not for this actor.
    """
    reports = reports_of_record(actor=actor, record_id=record_id)
    event_record(action="intake.record.read", actor=actor.login_name, target=("record", str(record_id)), at=now)
    return tuple(
        RecordReport(
            version=version,
            submission=submission,
            explanations=explanations_of_row(submission, sheet=version.sheet, row=version.row_no),
            amendments=list(
                Amendment.objects.filter(submission__in=chain_of(submission), sheet=version.sheet, row=version.row_no)
            ),
        )
        for version, submission in reversed(reports)
    )
