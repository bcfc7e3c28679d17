"""One organisation and its history; figures about all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from django.db import connection

from xinheng.adapters.database import prepared_rows
from xinheng.kernel.dates import chinese_date, chinese_period
from xinheng.kernel.text import canonical_code
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind, organisation_code_canonical
from xinheng.subjects.models import Subject, SubjectCode


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What held of an organisation from one day (inclusive) to another (exclusive); ``None`` is unknown or open."""

    label: str
    value: str
    valid_from: date | None
    valid_to: date | None

    @property
    def period(self) -> str:
        """Return the days in words, empty where neither is known."""
        return chinese_period(self.valid_from, self.valid_to)


_ROOT: Final = ("merged_into",)


# Whose a code is or was; of a merged organisation, the one that it is now.
_BEARERS: Final = """
SELECT DISTINCT coalesce(s.merged_into_id, s.id), c.is_current
FROM subjects_subjectcode c JOIN subjects_subject s ON s.id = c.subject_id WHERE c.code = ANY(%(codes)s)
"""


def subject_get(*, subject_id: int) -> Subject | None:
    """Return the organisation; one that was merged as the one it was merged into."""
    found = list(Subject.objects.raw(_question(), [subject_id]))
    # Few were merged: the other organisation is read when there is one, and not joined for all.
    return found[0].merged_into or found[0] if found else None


@cache
def _question() -> str:
    """Return the text that finds one organisation, as Django writes it, written once: every page and answer asks it."""
    text, _ = Subject.objects.filter(pk=0).query.sql_with_params()
    return str(text)


def subject_by_code(*, code: str) -> Subject | None:
    """Return the one organisation that bears a code now or, if nobody does, the one that bore it; else ``None``.

    Any of the three codes will do; its canonical form is looked up. An organisation that was merged is returned as the
    one it was merged into.
    """
    canonical = canonical_code(code)
    wanted = {canonical, organisation_code_canonical(code)}
    bearers = prepared_rows(_BEARERS, {"codes": list(wanted)})
    for is_current in (True, False):
        found = {subject_id for subject_id, current in bearers if current == is_current}
        if found:
            return subject_get(subject_id=found.pop()) if len(found) == 1 else None
    by_part = list(Subject.objects.filter(organisation_code__in=wanted).select_related(*_ROOT)[:2])
    return by_part[0].merged_into or by_part[0] if len(by_part) == 1 else None


def subject_lineage(*, subject_id: int) -> tuple[int, ...]:
    """Return the numbers of all whose records are told together: the organisation and all that were merged into it."""
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        return ()
    merged = Subject.objects.filter(merged_into=subject).order_by("pk").values_list("pk", flat=True)
    return (subject.pk, *merged)


def subject_registration(*, subject: Subject) -> tuple[tuple[str, str], ...]:
    """Return what the public may read of the registration, as label and value; what is not known is left out.

    No name of a representative or operator; of a sole trader no address below the township (P2, P4).
    """
    facts = (
        ("名称", subject.name),
        ("统一社会信用代码", subject.uscc or ""),
        ("注册号", "" if subject.uscc else subject.registration_no or ""),
        ("组织机构代码", "" if subject.uscc else subject.organisation_code or ""),
        ("种类", KIND_LABELS[SubjectKind(subject.kind)]),
        ("登记状态", STATUS_LABELS[RegistrationStatus(subject.status)]),
        ("成立日期", chinese_date(subject.established_date) if subject.established_date else ""),
        ("登记机关", subject.register_organ),
        ("所在乡镇街道" if subject.is_sole_trader else "住所", subject.public_address),
    )
    return tuple((label, value) for label, value in facts if value)


# One question for five tables, as a page may ask eight at most. Of a sole trader no address below the township (P2).
_HISTORY: Final = """
SELECT 0 AS part, 'NAME' AS kind, name AS value, valid_from, valid_to, is_current, id FROM subjects_subjectname
WHERE subject_id = %(id)s AND NOT is_current
UNION ALL
SELECT 1, code_type, code, valid_from, valid_to, is_current, id FROM subjects_subjectcode
WHERE subject_id = %(id)s AND NOT is_current
UNION ALL
SELECT 2, 'STATUS', status, valid_from, valid_to, is_current, id FROM subjects_subjectstatus WHERE subject_id = %(id)s
UNION ALL
SELECT 3, 'ADDRESS', CASE WHEN s.kind = %(sole_trader)s THEN a.township ELSE a.address END, a.valid_from, a.valid_to,
       a.is_current, a.id
FROM subjects_subjectaddress a JOIN subjects_subject s ON s.id = a.subject_id
WHERE a.subject_id = %(id)s AND NOT a.is_current AND (s.kind <> %(sole_trader)s OR a.township <> '')
UNION ALL
SELECT 4, 'ABSORBED', name, merged_date, NULL, true, -id FROM subjects_subject WHERE merged_into_id = %(id)s
ORDER BY part, is_current DESC, valid_to DESC, id DESC
"""
_HISTORY_LABELS: Final = {
    "NAME": "曾用名",
    "STATUS": "登记状态",
    "ADDRESS": "原住所",
    "ABSORBED": "并入本主体",
    **{code_type.value: f"原{code_type.label}" for code_type in SubjectCode.Type},
}


def subject_history(*, subject_id: int) -> tuple[HistoryLine, ...]:
    """Return former names, former codes, states, earlier addresses and mergers, newest first in each. One query.

    Of a sole trader no address below the township is told (P2). Public.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"id": subject_id, "sole_trader": SubjectKind.SOLE_TRADER.value})
        rows = cursor.fetchall()
    return tuple(
        HistoryLine(
            _HISTORY_LABELS[kind],
            STATUS_LABELS[RegistrationStatus(value)] if kind == "STATUS" else value,
            valid_from,
            valid_to,
        )
        for _, kind, value, valid_from, valid_to, _, _ in rows
    )


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
