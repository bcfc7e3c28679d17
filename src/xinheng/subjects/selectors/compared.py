"""Organisations side by side, for whoever must say which of them a row is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from xinheng.kernel.dates import chinese_period
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind
from xinheng.subjects.models import Subject, SubjectName, SubjectStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSubject:
    """One organisation as it is told beside others: now, and on the day of the decision.

    ``former`` holds former names with the days on which they held, in words. ``status_then`` is empty where the day or
    the state on it is not known. Of a sole trader ``address`` ends with the township (P2).
    """

    subject_id: int
    name: str
    former: tuple[tuple[str, str], ...]
    uscc: str
    registration_no: str
    organisation_code: str
    kind: str
    status: str
    status_then: str
    address: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes that it bears."""
        return tuple(code for code in (self.uscc, self.registration_no, self.organisation_code) if code)


def subjects_compared(*, subject_ids: Sequence[int], on_date: date | None) -> tuple[ComparedSubject, ...]:
    """Return the organisations in the order asked for; numbers that the register does not know are missing. Three queries.

    Args:
        subject_ids: numbers of organisations.
        on_date: the day of the decision (Asia/Shanghai), None where it is not known.
    """
    former = SubjectName.objects.filter(is_current=False).order_by("-valid_to", "-pk")
    found = Subject.objects.prefetch_related(
        Prefetch("names", queryset=former, to_attr="former_names"),
        Prefetch("statuses", queryset=SubjectStatus.objects.order_by("-valid_from", "-pk"), to_attr="states"),
    ).in_bulk(list(subject_ids))
    return tuple(_compared(found[subject_id], on_date) for subject_id in dict.fromkeys(subject_ids) if subject_id in found)


def _compared(subject: Subject, on_date: date | None) -> ComparedSubject:
    names: list[SubjectName] = getattr(subject, "former_names")  # noqa: B009 - set by the prefetch, unknown to the type
    states: list[SubjectStatus] = getattr(subject, "states")  # noqa: B009 - as above
    return ComparedSubject(
        subject_id=subject.pk,
        name=subject.name,
        former=tuple((name.name, chinese_period(name.valid_from, name.valid_to)) for name in names),
        uscc=subject.uscc or "",
        registration_no=subject.registration_no or "",
        organisation_code=subject.organisation_code or "",
        kind=KIND_LABELS[SubjectKind(subject.kind)],
        status=STATUS_LABELS[RegistrationStatus(subject.status)],
        status_then=_state_on(states, on_date),
        address=subject.public_address,
    )


def _state_on(states: Sequence[SubjectStatus], day: date | None) -> str:
    if day is None:
        return ""
    held = (
        state
        for state in states
        if (state.valid_from is None or state.valid_from <= day) and (state.valid_to is None or day < state.valid_to)
    )
    state = next(held, None)
    return "" if state is None else STATUS_LABELS[RegistrationStatus(state.status)]
