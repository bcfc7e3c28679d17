"""What a system may see of its own reports. Row-level security (P11) narrows these queries to its organ again."""

from uuid import UUID

from django.db.models import QuerySet

from xinheng.accounts.domain import System
from xinheng.exchange.errors import DraftNotFound
from xinheng.exchange.models import ReportDraft
from xinheng.intake.models import SubmissionFinding


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
