"""Search the register by any part of a name (two characters up), by code, by former name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xinheng.adapters.database import prepared_rows
from xinheng.kernel.text import canonical_code, name_key, text_after
from xinheng.subjects.domain.names import search_bigrams
from xinheng.subjects.errors import SearchTextTooShort
from xinheng.subjects.selectors.pairs import COMMON_PAIR_FROM, rarest_pairs

COMMON_FROM: Final = 2_000
"""From so many matching names on, a text is too common: only exact names and names that begin with it are listed."""

_CODE: Final = re.compile(r"^(?=.*[0-9])[0-9A-Z]{6,18}$")
LISTED_WHEN_COMMON: Final = 60
"""Of a text that is too common so many names are listed: nobody reads on, a character more finds what is meant."""
_LOOKED_UP_BY: Final = 3
_SURELY_COMMON_FROM: Final = 2 * COMMON_FROM  # the estimate of a pair's names is within a few per cent


@dataclass(frozen=True, slots=True)
class FoundSubject:
    """What a list of hits tells of an organisation as it is registered now; ``shown_code`` as for ``Subject.shown_code``."""

    id: int
    name: str
    shown_code: str
    kind: str
    status: str
    township: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One organisation found, why, and whether by its full name or a whole code (which P2 asks for sole traders)."""

    subject: FoundSubject
    why: str
    exact: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits, best first; ``total`` is unknown where the text is too common."""

    hits: tuple[Hit, ...]
    total: int | None
    too_common: bool


# Every way to find reads a bounded number of rows from one index, never the table (docs/performance.md, "search").
# Ranks: 0 exact code or name, 1 the name begins with it, 2 it is inside; of current before former names, then the shortest.
_BY_CODE: Final = """
    (SELECT c.subject_id, CASE WHEN c.code = %(code)s THEN 0 ELSE 1 END AS rank, c.is_current, length(c.code) AS length,
            c.code::text AS text, 'CODE' AS kind
     FROM subjects_subjectcode c WHERE c.code >= %(code)s AND c.code < %(code_end)s ORDER BY c.code LIMIT %(limit)s)
    UNION ALL
    (SELECT id, 0, true, 9, organisation_code::text, 'CODE' FROM subjects_subject WHERE organisation_code = %(code)s LIMIT %(limit)s)
"""
_BEGINNING: Final = """
    (SELECT n.subject_id, CASE WHEN n.name_key = %(key)s THEN 0 ELSE 1 END AS rank, n.is_current, length(n.name_key) AS length,
            n.name::text AS text, 'NAME' AS kind
     FROM subjects_subjectname n WHERE n.name_key >= %(key)s AND n.name_key < %(key_end)s ORDER BY n.name_key LIMIT %(read)s)
"""
# The bigrams find, strpos proves: two pairs may both be in a name without being neighbours.
_INSIDE: Final = """
    (SELECT n.subject_id, CASE WHEN NOT starts_with(n.name_key, %(key)s) THEN 2 WHEN n.name_key = %(key)s THEN 0 ELSE 1 END AS rank,
            n.is_current, length(n.name_key) AS length, n.name::text AS text, 'NAME' AS kind
     FROM subjects_subjectname n {of_kind}
     WHERE bg(n.name_key) @> %(pairs)s::text[] AND strpos(n.name_key, %(key)s) > 0 LIMIT %(read)s)
"""
_OF_KIND: Final = "JOIN subjects_subject s ON s.id = n.subject_id AND {conditions}"
# An organisation that was merged is found as the one it was merged into; each once, by the best of its names and codes.
# Of a text that is in too many names nothing further is read: the next statement asks what begins with it.
_BEST: Final = """
WITH found AS MATERIALIZED ({ways}),
read AS MATERIALIZED (SELECT count(*) > %(common_from)s AS too_common FROM found WHERE kind = 'NAME'),
whose AS (
    SELECT coalesce((SELECT s.merged_into_id FROM subjects_subject s
                     WHERE s.id = f.subject_id AND s.merged_into_id IS NOT NULL), f.subject_id) AS id, f.*
    FROM found f WHERE NOT (SELECT too_common FROM read)
),
best AS (
    SELECT DISTINCT ON (w.id) w.* FROM whose w {of_root} ORDER BY w.id, rank, is_current DESC, length, text COLLATE "C"
),
listed AS (
    SELECT *, count(*) OVER () AS total FROM best ORDER BY rank, is_current DESC, length, text COLLATE "C", id LIMIT %(limit)s
)
SELECT too_common, coalesce(b.total, 0), b.rank, b.is_current, b.text, b.kind,
       s.id, s.name, coalesce(s.uscc, s.registration_no, s.organisation_code, ''), s.kind, s.status, s.township
FROM read LEFT JOIN listed b ON true LEFT JOIN subjects_subject s ON s.id = b.id
ORDER BY b.rank, b.is_current DESC, b.length, b.text COLLATE "C", b.id
"""
_OF_ROOT: Final = "JOIN subjects_subject r ON r.id = w.id AND {conditions}"


def _why(kind: str, found: str, *, is_current: bool, name: str) -> str:
    if kind == "CODE":
        return "代码" if is_current else f"原代码{found}"
    return "名称" if is_current and found == name else f"曾用名“{found}”" if not is_current else f"已并入的“{found}”"


def subject_search(*, query: str, limit: int = 200, kind: str = "", status: str = "", township: str = "") -> SearchResult:
    """Return the organisations whose name or former name contains ``query``, or that bear the code it begins.

    Exact first, then names that begin with it, then the rest; current before former names, short before long. A text
    that is in more than 2,000 names, or made only of pairs of characters that are in more than 10,000, is answered
    ``too_common`` with the exact hits and those that begin with it. An organisation that was merged is found as the one
    it was merged into. Two queries, three where the text is too common; each reads a bounded part of an index.

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
    wanted = {name: value for name, value in (("kind", kind), ("status", status), ("township", township)) if value}
    asked = {"key": key, "key_end": text_after(key), "limit": limit}
    asked |= wanted
    ways = []
    if _CODE.fullmatch(code := canonical_code(query).replace("-", "")):
        ways.append(_BY_CODE)
        asked |= {"code": code, "code_end": text_after(code)}
    # A pair that is the whole text tells how many names have it; of a longer text, how many must be looked through.
    at_most = _SURELY_COMMON_FROM if len(key) == 2 else COMMON_PAIR_FROM
    pairs = rarest_pairs(pairs=search_bigrams(key), most=_LOOKED_UP_BY, names_at_most=at_most)
    if pairs:
        inside = _INSIDE.format(of_kind=_conditioned(_OF_KIND, "s", wanted))
        more = {"pairs": pairs, "read": COMMON_FROM + 1, "common_from": COMMON_FROM}
        rows = prepared_rows(_best([*ways, inside], wanted), asked | more)
        if not rows[0][0]:
            return _result(rows, too_common=False)
    listed = min(limit, LISTED_WHEN_COMMON)
    read = COMMON_FROM if wanted else listed
    rows = prepared_rows(_best([*ways, _BEGINNING], wanted), asked | {"limit": listed, "read": read, "common_from": read})
    return _result(rows, too_common=True)


def _best(ways: Sequence[str], wanted: Mapping[str, str]) -> str:
    return _BEST.format(ways=" UNION ALL ".join(ways), of_root=_conditioned(_OF_ROOT, "r", wanted))


def _conditioned(join: str, table: str, wanted: Mapping[str, str]) -> str:
    return join.format(conditions=" AND ".join(f"{table}.{name} = %({name})s" for name in wanted)) if wanted else ""


def _result(rows: Sequence[tuple[Any, ...]], *, too_common: bool) -> SearchResult:
    hits: list[Hit] = []
    for _, _, rank, is_current, found, kind, *columns in rows:
        if rank is not None:
            subject = FoundSubject(*columns)
            hits.append(Hit(subject, _why(kind, found, is_current=is_current, name=subject.name), exact=rank == 0))
    return SearchResult(hits=tuple(hits), total=None if too_common else rows[0][1], too_common=too_common)
