"""Reading submissions for those who work with them. Row-level security (P11, ``0005_walls``) narrows these queries again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from xinheng.accounts.domain import Actor, Role
from xinheng.intake.domain import WORKBOOK_KEPT_DAYS, AmendedCell, FindingSeverity, RowExplanation
from xinheng.intake.errors import DoubtNotFound, DraftNotFound, SubmissionNotFound, WaiverNotFound
from xinheng.intake.models import (
    UNFINISHED,
    Amendment,
    Doubt,
    DoubtDecision,
    DoubtState,
    Explanation,
    PublishedSubmission,
    RecordDraft,
    Submission,
    SubmissionEvent,
    SubmissionFinding,
    SubmissionOriginal,
    SubmissionRow,
    SubmissionState,
    Waiver,
    WorkbookOrder,
)
from xinheng.records.domain import REPORT_EVENTS
from xinheng.records.errors import RecordNotFound
from xinheng.records.models import RecordVersion
from xinheng.records.selectors import record_history
from xinheng.subjects.selectors import similar_subjects

WITH_CLERK: Final = (SubmissionState.MATCHED, SubmissionState.RETURNED)
"""States in which the clerk has it: checked or returned, not submitted."""

DOUBTED: Final = "V03"
"""The rule by which a row is doubtful (主体存疑)."""

CLERKS_ACTS: Final = ("received", "submitted", "amended", "explained", "rechecked")
"""Actions of the clerk's side in the time-line: who did one of them reviews nothing of it."""


def submissions_recent(*, organ_code: str | None = None, limit: int = 50) -> QuerySet[Submission]:
    """Return submissions, newest first."""
    found = Submission.objects.all()
    if organ_code is not None:
        found = found.filter(organ_code=organ_code)
    return found.order_by("-received_at", "-id")[:limit]


def submissions_visible_to(*, actor: Actor) -> QuerySet[Submission]:
    """Return the submissions that a person may see. Every page and door of those who sign in begins here (P11).

    Those of the organs where this person reports or reviews; all of them for the credit office.
    """
    if actor.is_of_credit_office:
        return Submission.objects.all()
    return Submission.objects.filter(organ_code__in=actor.organs(Role.CLERK, Role.REVIEWER))


def events_visible_to(*, actor: Actor) -> QuerySet[SubmissionEvent]:
    """Return what happened to the submissions that a person may see, newest first, each with its submission."""
    visible = submissions_visible_to(actor=actor)
    return SubmissionEvent.objects.filter(submission__in=visible).select_related("submission").order_by("-id")


def submission_visible_to(*, actor: Actor, number: str) -> Submission:
    """Return one submission that the person may see.

    Raises:
        SubmissionNotFound: there is none of this number, or not for this person: nobody learns which.
    """
    found = submissions_visible_to(actor=actor).filter(number=number).first()
    if found is None:
        raise SubmissionNotFound(number=number)
    return found


def submission_get(*, number: str) -> Submission:
    """Return one submission.

    Raises:
        SubmissionNotFound: no submission has this number.
    """
    try:
        return Submission.objects.get(number=number)
    except Submission.DoesNotExist:
        raise SubmissionNotFound(number=number) from None


def timeline_of(*, number: str) -> QuerySet[SubmissionEvent]:
    """Return what happened to a submission, oldest first."""
    return SubmissionEvent.objects.filter(submission=submission_get(number=number)).order_by("id")


def findings_of_submission(*, number: str) -> QuerySet[SubmissionFinding]:
    """Return the findings of a submission in the order of the file."""
    return SubmissionFinding.objects.filter(submission=submission_get(number=number)).order_by("sheet", "row", "id")


def rows_of_submission(*, number: str) -> QuerySet[SubmissionRow]:
    """Return what became of every row; of a row decided later the newest line counts."""
    rows = SubmissionRow.objects.filter(submission=submission_get(number=number))
    return rows.order_by("sheet", "row", "-id").distinct("sheet", "row")


def doubts_open(*, number: str | None = None) -> QuerySet[Doubt]:
    """Return the doubts that wait for a decision, oldest first."""
    doubts = Doubt.objects.filter(state=DoubtState.OPEN).select_related("submission")
    if number is not None:
        doubts = doubts.filter(submission=submission_get(number=number))
    return doubts.order_by("submission_id", "sheet", "row")


def sources_last_reported() -> dict[str, date]:
    """Return, by code of the reporting organ, the day of its newest report that was published. One query.

    A report with nothing in it counts: who reports that there is nothing new is up to date. Public: no file is named.
    """
    return dict(submissions_published().values_list("organ_code").annotate(last=Max("reported_date")).order_by())


def submissions_published() -> QuerySet[PublishedSubmission]:
    """Return what everybody may know of the submissions whose rows became records, in no order."""
    return PublishedSubmission.objects.all()


def doubt_candidates(*, doubt: Doubt) -> list[dict[str, Any]]:
    """Return the candidates of a doubt: ``subject_id``, ``name``, ``uscc``, ``why``. None is chosen beforehand.

    Where the matching listed none (it looks for similar names in the first rows of a file only, and the register may
    have grown since), similar names are looked up now.
    """
    if doubt.candidates:
        return list(doubt.candidates)
    return [asdict(candidate) for candidate in similar_subjects(name=doubt.name)]


def rule_titles() -> dict[str, str]:
    """Return what every check is about, by its id; those that only turn rows about natural persons away are left out."""
    from xinheng.intake.checking.registry import rules_all  # loads the expressions of all checks

    return {rule.id: rule.title for rule in rules_all() if not rule.of_persons}


def doubts_visible_to(*, actor: Actor) -> QuerySet[Doubt]:
    """Return the doubts of the submissions that a person may see, in no order (P11).

    Annotated with ``last_action``, the newest decision's (None: none yet): ``PROPOSE`` waits for a second person.
    """
    newest = DoubtDecision.objects.filter(doubt=OuterRef("pk")).order_by("-pk").values("action")[:1]
    doubts = Doubt.objects.filter(submission__in=submissions_visible_to(actor=actor))
    return doubts.annotate(last_action=Subquery(newest)).select_related("submission")


def doubt_visible_to(*, actor: Actor, doubt_id: int) -> Doubt:
    """Return one doubt that the person may see.

    Raises:
        DoubtNotFound: there is none of this number, or not for this person: nobody learns which.
    """
    found = doubts_visible_to(actor=actor).filter(pk=doubt_id).first()
    if found is None:
        raise DoubtNotFound(doubt=doubt_id)
    return found


def drafts_visible_to(*, actor: Actor) -> QuerySet[RecordDraft]:
    """Return the drafts that a person may see, newest first: this person's own, of organs where this person still reports."""
    own = RecordDraft.objects.filter(clerk=actor.login_name, organ_code__in=actor.organs(Role.CLERK))
    return own.order_by("-saved_at", "pk")


def draft_visible_to(*, actor: Actor, draft_id: UUID) -> RecordDraft:
    """Return one draft of the person's own.

    Raises:
        DraftNotFound: there is none of this number, or it is somebody else's: nobody learns which.
    """
    found = drafts_visible_to(actor=actor).filter(pk=draft_id).first()
    if found is None:
        raise DraftNotFound
    return found


def waivers_visible_to(*, actor: Actor) -> QuerySet[Waiver]:
    """Return the waivers that a person may see, newest first.

    Those of the organs where this person reports or reviews, all of them for the credit office.
    """
    found = Waiver.objects.order_by("-pk")
    if actor.is_of_credit_office:
        return found
    return found.filter(organ_code__in=actor.organs(Role.CLERK, Role.REVIEWER))


def waiver_visible_to(*, actor: Actor, waiver_id: int) -> Waiver:
    """Return one waiver that the person may see.

    Raises:
        WaiverNotFound: there is none of this number, or not for this person: nobody learns which.
    """
    found = waivers_visible_to(actor=actor).filter(pk=waiver_id).first()
    if found is None:
        raise WaiverNotFound(number=waiver_id)
    return found


def chain_of(submission: Submission) -> list[int]:
    """Return the ids of the submission and of those it was amended from, oldest first."""
    ids = [submission.pk]
    while submission.is_amended and submission.supersedes is not None:
        submission = submission.supersedes
        ids.append(submission.pk)
    return ids[::-1]


def amended_cells(submission: Submission) -> list[AmendedCell]:
    """Return every cell that was put right, in the order in which it was done."""
    made = Amendment.objects.filter(submission__in=chain_of(submission)).order_by("id")
    return [AmendedCell(sheet=one.sheet, row=one.row, field=one.field, value=one.after) for one in made]


def explanations_of(submission: Submission) -> Mapping[tuple[str, str, int], Explanation]:
    """Return the newest explanation by rule, sheet and row; row 0 of no sheet is that of the whole rule."""
    made = Explanation.objects.filter(submission__in=chain_of(submission)).order_by("id")
    return {(one.rule, one.sheet, one.row): one for one in made}


def explanations_of_row(submission: Submission, *, sheet: str, row: int) -> tuple[RowExplanation, ...]:
    """Return what was said of one row where rules asked, each rule once: of the row itself, else of all rows of the rule."""
    asked = SubmissionFinding.objects.filter(
        submission=submission, sheet=sheet, row=row, severity=FindingSeverity.EXPLAIN.value
    ).order_by("id")
    messages: dict[str, str] = {}
    for rule, message in asked.values_list("rule", "message"):
        messages.setdefault(rule, message)
    if not messages:
        return ()
    said = explanations_of(submission)
    found = ((rule, said.get((rule, sheet, row)) or said.get((rule, "", 0))) for rule in messages)
    return tuple(
        RowExplanation(rule=rule, message=messages[rule], text=one.text, actor=one.actor, at=one.at)
        for rule, one in found
        if one is not None
    )


def reports_of_record(*, actor: Actor, record_id: UUID) -> tuple[tuple[RecordVersion, Submission], ...]:
    """Return the reports of a record's content that a person may see, oldest first, each with its submission (P11).

    Raises:
        RecordNotFound: there is no such record, or none of its reports is for this person: nobody learns which.
    """
    versions = record_history(record_id=record_id).filter(event__in=[event.value for event in REPORT_EVENTS])
    content = list(versions.select_related("subject"))
    numbers = [version.submission_id for version in content]
    visible = {found.number: found for found in submissions_visible_to(actor=actor).filter(number__in=numbers)}
    reports = tuple((version, visible[version.submission_id]) for version in content if version.submission_id in visible)
    if not reports:
        raise RecordNotFound(record=record_id)
    return reports


def rules_unexplained(submission: Submission) -> tuple[str, ...]:
    """Return the rules that ask for an explanation of some row and have none for it, in order.

    Whose a doubtful row is (``DOUBTED``) is answered in the queue of doubts, with the reason, and not here.
    """
    asked = SubmissionFinding.objects.filter(submission=submission, severity=FindingSeverity.EXPLAIN.value)
    asked = asked.exclude(rule=DOUBTED)
    said = explanations_of(submission)
    whole = {rule for rule, _, row in said if not row}
    places = asked.exclude(rule__in=whole).values_list("rule", "sheet", "row").distinct()
    return tuple(sorted({rule for rule, sheet, row in places if (rule, sheet, row) not in said}))


def doubts_decided(submission: Submission) -> int:
    """Return how many doubtful rows somebody decided: they become records with the rest, or by themselves afterwards."""
    return Doubt.objects.filter(submission=submission, state=DoubtState.DECIDED).count()


def has_rows_for_review(submission: Submission) -> bool:
    """Return whether anything would become a record if it were certified now: rows that passed, or doubts decided since."""
    return bool(submission.counts.get("accepted")) or doubts_decided(submission) > 0


def clerks_of(submission: Submission) -> frozenset[str]:
    """Return who received, amended, explained or submitted it or what it was amended from."""
    events = SubmissionEvent.objects.filter(submission__in=chain_of(submission), action__in=CLERKS_ACTS)
    return frozenset(events.values_list("actor", flat=True)) | {submission.clerk}


def organs_correcting() -> QuerySet[Submission, str]:
    """Return the codes of the organs that have a batch of corrections (更正) under way: their records may be needed for it."""
    open_ones = Submission.objects.filter(item_id="correction", state__in=(*UNFINISHED, SubmissionState.RETURNED))
    return open_ones.values_list("organ_code", flat=True)


def originals_over(*, on_date: date) -> QuerySet[SubmissionOriginal]:
    """Return the originals whose last day is before ``on_date`` and whose key is left."""
    return SubmissionOriginal.objects.filter(destroyed_at=None, destroy_after__lt=on_date)


def drafts_over(*, on_date: date) -> QuerySet[RecordDraft]:
    """Return the drafts that nobody sent and whose last day is before ``on_date``."""
    return RecordDraft.objects.filter(keep_until__lt=on_date)


def workbooks_over(*, now: datetime) -> QuerySet[WorkbookOrder]:
    """Return the marked workbooks that are too old or whose original is destroyed."""
    over = Q(finished_at__lt=now - timedelta(days=WORKBOOK_KEPT_DAYS)) | Q(submission__original__destroyed_at__isnull=False)
    return WorkbookOrder.objects.filter(over, state=WorkbookOrder.State.READY)
