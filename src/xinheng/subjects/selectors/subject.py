"""One organisation and its history; figures about all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from xinheng.kernel.text import canonical_code
from xinheng.subjects.domain import STATUS_LABELS, RegistrationStatus, SubjectKind, organisation_code_canonical
from xinheng.subjects.models import Subject, SubjectCode


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What held of an organisation from one day (inclusive) to another (exclusive); ``None`` is unknown or open."""

    label: str
    value: str
    valid_from: date | None
    valid_to: date | None


_ROOT: Final = ("merged_into",)


def subject_get(*, subject_id: int) -> Subject | None:
    """Return the organisation; one that was merged as the one it was merged into."""
    subject = Subject.objects.select_related(*_ROOT).filter(pk=subject_id).first()
    return None if subject is None else subject.merged_into or subject


def subject_by_code(*, code: str) -> Subject | None:
    """Return the one organisation that bears a code now or, if nobody does, the one that bore it; else ``None``.

    Any of the three codes will do; its canonical form is looked up. An organisation that was merged is returned as the
    one it was merged into.
    """
    canonical = canonical_code(code)
    wanted = {canonical, organisation_code_canonical(code)}
    codes = SubjectCode.objects.filter(code__in=wanted).select_related("subject__merged_into")
    for is_current in (True, False):
        found = {row.subject.merged_into or row.subject for row in codes if row.is_current == is_current}
        if found:
            return found.pop() if len(found) == 1 else None
    by_part = list(Subject.objects.filter(organisation_code__in=wanted).select_related(*_ROOT)[:2])
    return by_part[0].merged_into or by_part[0] if len(by_part) == 1 else None


def subject_lineage(*, subject_id: int) -> tuple[int, ...]:
    """Return the numbers of all whose records are told together: the organisation and all that were merged into it."""
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        return ()
    merged = Subject.objects.filter(merged_into=subject).order_by("pk").values_list("pk", flat=True)
    return (subject.pk, *merged)


def subject_history(*, subject_id: int) -> tuple[HistoryLine, ...]:
    """Return former names, former codes, earlier states, earlier addresses and mergers, newest first in each.

    Of a sole trader no address below the township is told (P2). Public.
    """
    subject = Subject.objects.get(pk=subject_id)
    lines = [
        HistoryLine("曾用名", name.name, name.valid_from, name.valid_to)
        for name in subject.names.filter(is_current=False).order_by("-valid_to", "-pk")
    ]
    lines += [
        HistoryLine(f"原{code.get_code_type_display()}", code.code, code.valid_from, code.valid_to)
        for code in subject.codes.filter(is_current=False).order_by("-valid_to", "-pk")
    ]
    lines += [
        HistoryLine("登记状态", STATUS_LABELS[RegistrationStatus(status.status)], status.valid_from, status.valid_to)
        for status in subject.statuses.order_by("-is_current", "-valid_to", "-pk")
    ]
    lines += [
        HistoryLine(
            "原住所", address.township if subject.is_sole_trader else address.address, address.valid_from, address.valid_to
        )
        for address in subject.addresses.filter(is_current=False).order_by("-valid_to", "-pk")
        if not subject.is_sole_trader or address.township
    ]
    lines += [
        HistoryLine("并入本主体", merged.name, merged.merged_date, None)
        for merged in subject.absorbed.order_by("-merged_date", "pk")
    ]
    return tuple(lines)


def subject_kinds(*, subject_ids: Iterable[int]) -> dict[int, SubjectKind]:
    """Return the kind of each of the given organisations; unknown numbers are missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, kind FROM subjects_subject WHERE id = ANY(%s)", [list(subject_ids)])
        return {subject_id: SubjectKind(kind) for subject_id, kind in cursor.fetchall()}


def irregular_codes() -> frozenset[str]:
    """Return the registered codes that fail GB 32100 or look like a resident ID: the only such codes ever accepted."""
    return frozenset(
        code for code in Subject.objects.filter(is_irregular_code=True).values_list("uscc", flat=True) if code is not None
    )


def subjects_count() -> int:
    """Return how many organisations are in the register and were not merged into another."""
    return Subject.objects.filter(merged_into__isnull=True).count()
