"""What a report of an organisation says on a day: the public view and the register, nothing else."""

from datetime import date

from xinheng.kernel.text import name_key
from xinheng.publicity.selectors import displays_of_subject, source_states
from xinheng.reports.domain import Json, Party, facts_of
from xinheng.reports.errors import SubjectNotFound
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind
from xinheng.subjects.models import Subject
from xinheng.subjects.selectors import subject_by_code, subject_history, subject_registration


def subject_found(*, text: str) -> Subject:
    """Return the organisation that bears this code, or alone bears exactly this name.

    Raises:
        SubjectNotFound: none does, or several have the name.
    """
    found = subject_by_code(code=text)
    if found is not None:
        return found
    named = list(Subject.objects.filter(name_key=name_key(text), merged_into=None)[:2])
    if len(named) != 1:
        raise SubjectNotFound(text=text)
    return named[0]


def facts_today(*, subject: Subject, on_date: date) -> Json:
    """Return what a report of ``subject`` says on ``on_date`` (``reports.domain.facts_of``).

    Whoever orders a report gave the code or the full name, so a sole trader's own adverse records are told (P2).
    """
    party = Party(
        subject_id=subject.pk,
        name=subject.name,
        code=subject.shown_code,
        kind=KIND_LABELS[SubjectKind(subject.kind)],
        status=STATUS_LABELS[RegistrationStatus(subject.status)],
        is_sole_trader=subject.is_sole_trader,
        registration=subject_registration(subject=subject),
        changes=[(line.label, line.value, line.period) for line in subject_history(subject_id=subject.pk)],
    )
    records = displays_of_subject(subject_id=subject.pk, on_date=on_date, found_exactly=True, known=subject)
    return facts_of(party=party, records=records, sources=source_states(on_date=on_date), on_date=on_date)
