"""Search the register by any part of a name (two characters up), by code, by former name."""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from xinheng.kernel.text import canonical_code, name_key
from xinheng.subjects.domain.names import search_bigrams
from xinheng.subjects.errors import SearchTextTooShort
from xinheng.subjects.models import Subject

COMMON_FROM: Final = 2_000
"""From so many matching names on, a text is too common: only exact names and names that begin with it are listed."""

_CODE: Final = re.compile(r"^(?=.*[0-9])[0-9A-Z]{6,18}$")
_SHOWN_PREFIX: Final = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """One organisation found, why, and whether by its full name or a whole code (which P2 asks for sole traders)."""

    subject: Subject
    why: str
    exact: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits, best first; ``total`` is unknown where the text is too common."""

    hits: tuple[Hit, ...]
    total: int | None
    too_common: bool


# Ranks: 0 exact code or name, 1 the name begins with it, 2 it is inside; of current before former names, then the shortest.
_BY_CODE: Final = """
SELECT coalesce(s.merged_into_id, s.id), CASE WHEN c.code = %(code)s THEN 0 ELSE 1 END, c.is_current, length(c.code), c.code, 'CODE'
FROM subjects_subjectcode c JOIN subjects_subject s ON s.id = c.subject_id
WHERE c.code >= %(code)s AND c.code < %(code_end)s
UNION ALL
SELECT coalesce(s.merged_into_id, s.id), 0, true, 9, s.organisation_code, 'CODE'
FROM subjects_subject s WHERE s.organisation_code = %(code)s
LIMIT %(limit)s
"""
_BY_PREFIX: Final = """
SELECT coalesce(s.merged_into_id, s.id), CASE WHEN n.name_key = %(key)s THEN 0 ELSE 1 END, n.is_current, length(n.name_key),
       n.name, 'NAME'
FROM subjects_subjectname n JOIN subjects_subject s ON s.id = n.subject_id
WHERE n.name_key >= %(key)s AND n.name_key < %(key_end)s {filters}
ORDER BY n.name_key LIMIT %(limit)s
"""
# The bigrams find, LIKE proves: two pairs may both be in a name without being neighbours.
_INSIDE: Final = """
SELECT coalesce(s.merged_into_id, s.id),
       CASE WHEN n.name_key = %(key)s THEN 0 WHEN n.name_key LIKE %(starts)s THEN 1 ELSE 2 END,
       n.is_current, length(n.name_key), n.name, 'NAME'
FROM subjects_subjectname n JOIN subjects_subject s ON s.id = n.subject_id
WHERE bg(n.name_key) @> %(pairs)s::text[] AND n.name_key LIKE %(contains)s {filters}
LIMIT %(limit)s
"""


def _after(text: str) -> str:
    """Return the least text that follows everything beginning with ``text`` in the order of code points."""
    last = ord(text[-1])
    following = 0xE000 if last == 0xD7FF else last + 1
    return text[:-1] + chr(min(following, 0x10FFFF))


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _why(kind: str, found: str, *, is_current: bool, subject: Subject) -> str:
    if kind == "CODE":
        return "代码" if is_current else f"原代码{found}"
    return "名称" if is_current and found == subject.name else f"曾用名“{found}”" if not is_current else f"已并入的“{found}”"


def subject_search(*, query: str, limit: int = 200, kind: str = "", status: str = "", township: str = "") -> SearchResult:
    """Return the organisations whose name or former name contains ``query``, or that bear the code it begins.

    Exact first, then names that begin with it, then the rest; current before former names, short before long. A text
    that is in more than 2,000 names is answered ``too_common`` with the exact hits and those that begin with it. An
    organisation that was merged is found as the one it was merged into.

    Args:
        query: at least two characters of a name, or six of a code.
        limit: how many hits at most.
        kind: only organisations of this kind (``SubjectKind``); empty says all.
        status: only organisations in this registration state; empty says all.
        township: only organisations in this township; empty says all.

    Raises:
        SearchTextTooShort: fewer than two characters remain.
    """
    key = name_key(query)
    if len(key) < 2:
        raise SearchTextTooShort
    filters, parameters = _filters(kind=kind, status=status, township=township)
    rows: list[tuple[Any, ...]] = []
    too_common = False
    with connection.cursor() as cursor:
        code = canonical_code(query).replace("-", "")
        if _CODE.fullmatch(code):
            cursor.execute(_BY_CODE, {"code": code, "code_end": _after(code), "limit": limit})
            rows += cursor.fetchall()
        pairs = search_bigrams(key)
        texts = {"key": key, "key_end": _after(key), "starts": f"{_like(key)}%", "contains": f"%{_like(key)}%"} | parameters
        if pairs:
            cursor.execute(_INSIDE.format(filters=filters), texts | {"pairs": pairs, "limit": COMMON_FROM + 1})
            inside = cursor.fetchall()
            too_common = len(inside) > COMMON_FROM
        if not pairs or too_common:
            too_common = True
            cursor.execute(_BY_PREFIX.format(filters=filters), texts | {"limit": max(limit, _SHOWN_PREFIX)})
            inside = cursor.fetchall()
        rows += inside
    return _result(rows, limit=limit, too_common=too_common, filters={"kind": kind, "status": status, "township": township})


def _filters(**wanted: str) -> tuple[str, dict[str, str]]:
    chosen = {name: value for name, value in wanted.items() if value}
    return "".join(f" AND s.{name} = %({name})s" for name in chosen), chosen


def _result(rows: list[tuple[Any, ...]], *, limit: int, too_common: bool, filters: dict[str, str]) -> SearchResult:
    best: dict[int, tuple[Any, ...]] = {}
    for subject_id, rank, is_current, length, found, kind in rows:
        place = (rank, not is_current, length, found)
        if subject_id not in best or place < best[subject_id][0]:
            best[subject_id] = (place, kind)
    ordered = sorted(best, key=lambda subject_id: (best[subject_id][0], subject_id))
    wanted = {name: value for name, value in filters.items() if value}
    subjects = Subject.objects.filter(**wanted).in_bulk(ordered if wanted else ordered[:limit])
    hits: list[Hit] = []
    for subject_id in ordered:
        if subject_id not in subjects or len(hits) >= limit:
            continue
        (rank, is_former, _, found), kind = best[subject_id]
        why = _why(kind, found, is_current=not is_former, subject=subjects[subject_id])
        hits.append(Hit(subject=subjects[subject_id], why=why, exact=rank == 0))
    total = None if too_common else len(subjects) if wanted else len(ordered)
    return SearchResult(hits=tuple(hits), total=total, too_common=too_common)
