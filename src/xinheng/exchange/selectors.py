"""What a system may see of its own reports. Row-level security (P11) narrows these queries to its organ again."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from xinheng.accounts.domain import System
from xinheng.exchange.errors import DraftNotFound
from xinheng.exchange.models import ReportDraft, UploadedRecord
from xinheng.intake.models import SubmissionFinding

KEPT_DAYS: Final = 7
"""So long an open draft, and the answer to an ``Idempotency-Key``, are kept. Provisional: own design."""


def drafts_visible_to(*, system: System) -> QuerySet[ReportDraft]:
    """Return the reports that this system sent for its organ. The door for systems begins here (P11)."""
    return ReportDraft.objects.filter(client_id=system.client_id, organ_code=system.organ_code)


def draft_visible_to(*, system: System, draft_id: UUID, lock: bool = False) -> ReportDraft:
    """Return one report of this system with its submission, where it has one; ``lock`` it for a change.

    Raises:
        DraftNotFound: there is none of this number, or not of this system: nobody learns which.
    """
    found = drafts_visible_to(system=system).select_related("submission")
    if lock:
        found = found.select_for_update(of=("self",))
    draft = found.filter(pk=draft_id).first()
    if draft is None:
        raise DraftNotFound
    return draft


def findings_after(*, draft: ReportDraft, after: int, limit: int) -> list[SubmissionFinding]:
    """Return findings of a report in the order of their numbers, those behind ``after``; none before the check."""
    if draft.submission_id is None:
        return []
    found = SubmissionFinding.objects.filter(submission_id=draft.submission_id, pk__gt=after)
    return list(found.order_by("pk")[:limit])


def sent_and_not_withdrawn(*, record_id: Any) -> QuerySet[UploadedRecord]:
    """Return the newest line of a record in the city's uploads where it says that the record was sent: the city still has it.

    ``record_id`` may be a reference into an outer query.
    """
    later = UploadedRecord.objects.filter(record_id=OuterRef("record_id"), pk__gt=OuterRef("pk"))
    return UploadedRecord.objects.filter(~Exists(later), record_id=record_id, kind=UploadedRecord.Kind.SENT)


def drafts_lapsed(*, before: datetime) -> QuerySet[ReportDraft]:
    """Return what systems began to send before a moment and did not hand over."""
    return ReportDraft.objects.filter(state=ReportDraft.State.OPEN, made_at__lt=before)
