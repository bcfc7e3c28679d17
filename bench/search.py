"""Search the register: fragments, full names, prefixes, codes and document numbers against exact b-tree look-ups.

Every kind of question is asked 200 times with texts of the register itself, one after the other in turn, warm. "SQL" is
the time inside the database driver (statement sent to rows fetched), "selector" the whole Python function, "page" the
whole response. The exact peers are the plainest look-ups of one name that there are: one statement on the b-tree of names
with its organisation, and the same by Django's ORM.
"""

import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from bench.data import ON_DATE
from bench.harness import Row, growth
from bench.register_rows import PLACES, register_database
from bench.server import BenchServer, Database

ASKED: Final = 200
SIZES: Final = (100_000, 1_000_000)
PAIRS_FROM: Final = 200_000
SCANNED: Final = 5
"""A sequential scan is asked this often only: it takes a tenth of a second."""

_EXACT: Final = """
SELECT s.id, n.name, s.name, s.uscc, s.kind, s.status, s.township FROM subjects_subjectname n
JOIN subjects_subject s ON s.id = n.subject_id WHERE n.name_key = %(key)s
"""
_PAIRS_IN: Final = """
SELECT pair FROM subjects_subjectname TABLESAMPLE SYSTEM (100 * %(share)s::real) REPEATABLE (1), unnest(bg(name_key)) pair
GROUP BY pair HAVING count(*) BETWEEN %(least)s * %(share)s::real AND %(most)s * %(share)s::real ORDER BY md5(pair) LIMIT %(asked)s
"""
_LIKE: Final = """
SELECT s.id, n.name, s.name, s.uscc, s.kind, s.status, s.township FROM (
    SELECT * FROM subjects_subjectname WHERE name_key LIKE %s LIMIT 2001
) n JOIN subjects_subject s ON s.id = n.subject_id ORDER BY length(n.name_key), n.name LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds of every question, in the database and in all."""

    sql: tuple[float, ...]
    whole: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of question: its texts, and what the ratio to the exact look-up must reach."""

    name: str
    texts: Sequence[str]
    ask: Callable[[str], object]
    at_most: float | None
    grows_at_most: float | None


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure at 10⁵ and 10⁶ organisations (``quick``: 10⁵)."""
    server = BenchServer.start()
    rows: list[Row] = []
    by_size: list[list[Row]] = []
    cases: list[Case] = []
    for count in SIZES[:1] if quick else SIZES:
        database = register_database(server, count)
        with database.in_django():
            cases = _cases(count)
            found = [*_against_exact(cases, count, repeat), *_pages(cases, count, repeat)]
        rows += found + _against_others(database, cases, count)
        by_size.append(found)
    if len(by_size) > 1:
        limits = {case.name: case.grows_at_most for case in cases}
        for small, large in zip(*by_size, strict=True):
            rows.append(growth(job="search", case=small.case, small=small, large=large, at_most=_limit(limits, small.case)))
    server.stop()
    return rows


def _limit(limits: dict[str, float | None], case: str) -> float | None:
    return None if case.endswith("page") else limits.get(case.rpartition(",")[0])


def _cases(count: int) -> list[Case]:
    from xinheng.publicity.selectors import displays_by_document_no
    from xinheng.subjects.selectors import subject_search

    def search(text: str) -> object:
        return subject_search(query=text)

    def document(text: str) -> object:
        return displays_by_document_no(text=text, on_date=ON_DATE)

    draws = random.Random(count)
    names, codes = _drawn(draws, count)
    brands = [re.sub(PLACES, "", name) for name in names]  # the brand and what follows it

    def first(length: int) -> list[str]:
        return [brand[:length] for brand in brands]

    anywhere = [name[(at := draws.randrange(len(name) - 1)) : at + 2] for name in names]
    prefixes = [name[: len(name) - len(brand) + 2] for name, brand in zip(names, brands, strict=True)]
    numbers = [_document_no(draws.randrange(1, count + 1)) for _ in range(ASKED)]
    return [
        Case("full name", names, search, 5, 1.5),
        Case("prefix (place and brand)", prefixes, search, 5, 1.5),
        Case("code", codes, search, 5, 1.5),
        Case("document number", numbers, document, None, 1.5),
        Case("2 characters of a brand", first(2), search, 5, None),
        Case("3 characters", first(3), search, 5, None),
        Case("4 characters", first(4), search, 5, None),
        Case("2 characters that 30-300 names have", _pairs(count, 30, 300), search, 5, None),
        Case("2 characters that 1,000-2,000 names have", _pairs(count, 1_000, 2_000), search, None, None),
        Case("2 characters from anywhere", anywhere, search, 5, None),
        Case("common pairs only", ["有限公司", "有限", "公司", "奉节", "食品", "奉节县", "专业合作社"], search, None, None),
    ]


def _drawn(draws: random.Random, count: int) -> tuple[list[str], list[str]]:
    from xinheng.subjects.models import Subject

    drawn = draws.sample(range(1, count + 1), ASKED)
    rows = Subject.objects.filter(pk__in=drawn).order_by("pk").values_list("name_key", "uscc")
    return [name for name, _ in rows], [str(code) for _, code in rows]


def _pairs(count: int, least: int, most: int) -> list[str]:
    """Return pairs of characters that are in so many names, as a sample of the names tells."""
    from xinheng.adapters.database import prepared_rows

    share = min(1.0, PAIRS_FROM / count)
    rows = prepared_rows(_PAIRS_IN, {"share": share, "least": least, "most": most, "asked": ASKED})
    return [str(pair) for (pair,) in rows]


def _document_no(number: int) -> str:
    from datetime import date, timedelta

    return f"奉市监许〔{(date(2026, 11, 20) - timedelta(days=number % 1500)).year}〕{number}号"


def _against_exact(cases: Sequence[Case], count: int, repeat: int) -> list[Row]:
    from xinheng.adapters.database import prepared_rows
    from xinheng.subjects.models import Subject

    def sql(text: str) -> object:
        return prepared_rows(_EXACT, {"key": text})

    names = cases[0].texts
    exact_sql = Case("exact look-up on the b-tree", names, sql, None, None)
    exact_orm = Case("exact look-up by the ORM", names, lambda text: list(Subject.objects.filter(name_key=text)), None, None)
    asked = _in_turn([exact_sql, exact_orm, *cases], repeat)
    rows: list[Row] = []
    for case in cases:
        ours = asked[case.name]
        rows += [
            _row(
                f"{case.name}, SQL", count, ours.sql, against=(exact_sql.name, asked[exact_sql.name].sql), at_most=case.at_most
            ),
            _row(
                f"{case.name}, selector",
                count,
                ours.whole,
                against=(exact_orm.name, asked[exact_orm.name].whole),
                at_most=case.at_most,
            ),
        ]
    return rows


def _row(
    case: str, count: int, ours: Sequence[float], *, against: tuple[str, Sequence[float]], at_most: float | None = None
) -> Row:
    peer_name, peer = against
    return Row(
        job="search",
        case=case,
        size=f"{count:,}",
        ours=statistics.median(ours),
        peer_name=peer_name,
        peer=statistics.median(peer),
        at_most=at_most,
        note=f"p95 {_p95(ours) * 1000:.2f} ms",
    )


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _in_turn(cases: Sequence[Case], repeat: int) -> dict[str, Asked]:
    """Ask every case's texts, one of each in turn; the first round only warms and is not counted."""
    sql: dict[str, list[float]] = {case.name: [] for case in cases}
    whole: dict[str, list[float]] = {case.name: [] for case in cases}
    with _database_clock() as spent:
        for round_no in range(repeat + 1):
            for at in range(max(len(case.texts) for case in cases)):
                for case in cases:
                    text = case.texts[at % len(case.texts)]
                    spent.clear()
                    start = time.perf_counter()
                    case.ask(text)
                    if round_no:
                        whole[case.name].append(time.perf_counter() - start)
                        sql[case.name].append(sum(spent))
    for name, seconds in whole.items():
        sys.stderr.write(f"   {name}: {statistics.median(seconds) * 1000:.2f} ms\n")
    return {case.name: Asked(tuple(sql[case.name]), tuple(whole[case.name])) for case in cases}


@contextmanager
def _database_clock() -> Iterator[list[float]]:
    """Collect the seconds of every statement of this process, from sending it until all its rows are here."""
    spent: list[float] = []
    execute = psycopg.Cursor.execute

    def clock(cursor: Any, *arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(cursor, *arguments, **options)
        finally:
            spent.append(time.perf_counter() - start)

    psycopg.Cursor.execute = clock  # type: ignore[assignment,method-assign]
    try:
        yield spent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def _pages(cases: Sequence[Case], count: int, repeat: int) -> list[Row]:
    """Measure whole pages: the answer to each kind of question, and the page of one organisation."""
    from django.test import Client

    client = Client()

    def page(path: str) -> Callable[[str], object]:
        def get(text: str) -> object:
            response = client.get(path.format(text), {} if "{" in path else {"q": text})
            assert response.status_code == 200, response
            return response

        return get

    wanted = [
        Case(f"{case.name}, search page", case.texts[:50], page("/search/"), None, None)
        for case in cases
        if case.name in {"full name", "2 characters of a brand", "common pairs only"}
    ]
    draws = random.Random(count)
    numbers = [str(1 + draws.randrange(count // 20) * 20) for _ in range(50)]
    wanted.append(Case("ten records, organisation page", numbers, page("/subjects/{}/"), None, None))
    asked = _in_turn(wanted, repeat)
    first = wanted[0].name
    return [_row(case.name, count, asked[case.name].whole, against=(first, asked[first].whole)) for case in wanted[1:]]


def _against_others(database: Database, cases: Sequence[Case], count: int) -> list[Row]:
    """Measure pg_trgm and a sequential scan on the same texts; the trigram index exists for the measurement only."""
    rows: list[Row] = []
    fragments = [case for case in cases if case.name[0].isdigit() and "anywhere" not in case.name]
    with database.in_django():
        ours = _in_turn(fragments, 1)
    with database.connect(owner=True) as owner:
        owner.execute("BEGIN")
        owner.execute(
            "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off"
        )
        scan = {case.name: _plain(owner, case.texts[:SCANNED]) for case in fragments}
        owner.execute("ROLLBACK")
        owner.execute("BEGIN")
        owner.execute("DROP INDEX subjects_name_bigrams; CREATE EXTENSION pg_trgm")
        owner.execute("CREATE INDEX bench_trigrams ON subjects_subjectname USING gin (name_key gin_trgm_ops)")
        trigrams = {case.name: _plain(owner, case.texts) for case in fragments}
        owner.execute("ROLLBACK")
    for case in fragments:
        for name, peer in (("pg_trgm", trigrams[case.name]), ("sequential scan", scan[case.name])):
            rows.append(_row(f"{case.name}, SQL", count, ours[case.name].sql, against=(name, peer)))
    return rows


def _plain(owner: Any, texts: Sequence[str]) -> list[float]:
    seconds = []
    for text in texts:
        start = time.perf_counter()
        owner.execute(_LIKE, [f"%{text}%"]).fetchall()
        seconds.append(time.perf_counter() - start)
    return seconds
