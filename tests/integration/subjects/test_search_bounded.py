"""Search reads a bounded part of an index whatever is asked, and finds what a plain scan of all names finds."""

import random
import re
from collections import Counter

import pytest
from django.db import connection

from xinheng.kernel.text import name_key
from xinheng.publicity.selectors import displays_by_document_no
from xinheng.records.selectors import record_ids_by_beginning
from xinheng.subjects.domain.names import STOP_BIGRAMS, bigrams
from xinheng.subjects.errors import SearchTextTooShort
from xinheng.subjects.models import FrequentPair, Subject, SubjectName
from xinheng.subjects.selectors import pairs, search, similar_subjects, subject_search

pytestmark = pytest.mark.django_db

NAMES = 20_000
CHARACTERS = "云夔峡橙江诗城白帝瞿塘永安鹤泰源盛和兴瑞祥嘉禾润丰达康宁远志新明旭晨星海川岭松"
ODD = [
    "云",
    "云云",
    "云云云",
    "云夔",
    "演示",
    "演示公司",
    "有限",
    "公司",
    "有限公司",
    "有限责任公司分公司",
    "公司的",
    "司云",
    "()",
    "（（",
    "%%",
    "%",
    "_%",
    "\\%",
    "\\\\",
    "'';--",
    "12",
    "123456",
    "91500236",
    "915002360000000001",
    "９１５００２３６",
    "MA00TE5T-2",
    "ＡＢ",
    "ab",
    "云 夔",
    "\u3000云\u3000",
    "·•",
    "云" * 100,
    "云夔峡橙" * 25,
    "演示云夔峡橙有限公司",
    "\U00020bb7\U00020bb7",
    "\ud7ff\ue000",
    "\U0010ffff\U0010ffff",
    "é" * 3,
    "\x00云",
]

FILL = """
INSERT INTO subjects_subject (kind, uscc, name, name_key, name_sort, status, register_organ, province, area, township, address,
    type_text, capital_text, business_scope, is_irregular_code, is_demo)
SELECT CASE n %% 3 WHEN 0 THEN 'ENTERPRISE' ELSE 'SOLE_TRADER' END, '91500236' || lpad(n::text, 10, '0'), name, name, '',
    'ACTIVE', '', '', '', '镇' || n %% 5, '', '', '', '', false, true
FROM unnest(%s::text[]) WITH ORDINALITY AS given(name, n)
"""
NAME_ROWS = """
INSERT INTO subjects_subjectname (subject_id, name, name_key, is_current) SELECT id, name, name_key, true FROM subjects_subject
"""
FORMER = """
INSERT INTO subjects_subjectname (subject_id, name, name_key, is_current)
SELECT id, '演示前' || substr(name, 3), '演示前' || substr(name, 3), false FROM subjects_subject WHERE id %% 7 = 0
"""
CODE_ROWS = """
INSERT INTO subjects_subjectcode (subject_id, code_type, code, is_current) SELECT id, 'USCC', uscc, true FROM subjects_subject
"""


def fill(count: int) -> None:
    draws = random.Random(count)
    endings = ["食品有限公司", "商贸有限公司", "小吃店", "建筑工程有限责任公司", "专业合作社"]
    names = ["演示" + "".join(draws.choices(CHARACTERS, k=3)) + draws.choice(endings) for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute(FILL, [names])
        for statement in (NAME_ROWS, FORMER.replace("%%", "%"), CODE_ROWS, "SELECT subjects_refresh_statistics()"):
            cursor.execute(statement)


def plans() -> dict[str, str]:
    """Return the one plan of every statement that this connection keeps prepared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements")
        found = {}
        for name, statement, parameters in cursor.fetchall():
            values = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
            cursor.execute(f'EXPLAIN EXECUTE "{name}"{values}')
            found[statement] = "\n".join(line for (line,) in cursor.fetchall())
        return found


class TestPlans:
    def test_no_text_makes_search_read_a_table(self) -> None:
        fill(NAMES)
        connection.connection.execute("DEALLOCATE ALL")
        for text in ODD:
            for more in ({}, {"kind": "SOLE_TRADER"}, {"township": "镇1", "status": "ACTIVE"}):
                try:
                    found = subject_search(query=text, **more)
                except SearchTextTooShort:
                    assert len(name_key(text)) < 2
                else:
                    assert len(found.hits) <= 200
            similar_subjects(name=text)
            record_ids_by_beginning(document_no=text, limit=200)
        shown = plans()
        assert len(shown) > 8
        for statement, plan in shown.items():
            # There are no records here: once the server knows it, an empty table is read whole, for nothing.
            scanned = set(re.findall(r"Seq Scan on (\w+) (?! ?\(cost=0\.00\.\.0\.00 )", plan))
            assert scanned <= {"subjects_frequentpair"}, f"{statement}\n{plan}"

    def test_a_statement_without_its_index_would_be_told(self) -> None:
        fill(100)
        connection.connection.execute("DEALLOCATE ALL")
        pairs.prepared_rows("SELECT id FROM subjects_subject WHERE address = %(address)s", {"address": "x"})
        assert "Seq Scan on subjects_subject" in "".join(plans().values())

    def test_a_document_number_of_many_is_read_only_so_far(self, django_assert_num_queries) -> None:
        from datetime import date

        with django_assert_num_queries(1):
            assert displays_by_document_no(text="奉市监处罚", on_date=date(2026, 11, 20)) == ()


def by_definition(text: str) -> tuple[list[int], int]:
    """Return the organisations whose names contain ``text``, best first, and in how many names it is: by a plain scan."""
    key = name_key(text)
    places: dict[int, tuple] = {}
    rows = SubjectName.objects.filter(name_key__contains=key).select_related("subject")
    for row in rows:
        rank = 0 if row.name_key == key else 1 if row.name_key.startswith(key) else 2
        root = row.subject.merged_into_id or row.subject_id
        place = (rank, not row.is_current, len(row.name_key), row.name)
        places[root] = min(places.get(root, place), place)
    return sorted(places, key=lambda root: (*places[root], root)), len(rows)


class TestDefinition:
    def test_finds_what_a_plain_scan_finds_in_the_same_order(self) -> None:
        fill(3_000)
        into = Subject.objects.order_by("pk").values_list("pk", flat=True)[0]
        Subject.objects.filter(pk__in=[into + 5, into + 10, into + 77]).update(merged_into=into)
        draws = random.Random(7)
        names = list(SubjectName.objects.values_list("name_key", flat=True))
        kinds = Counter()
        for _ in range(300):
            name = draws.choice(names)
            length = draws.choice([2, 2, 3, 4, len(name)])
            start = draws.randrange(max(1, len(name) - length + 1))
            text = name[start : start + length]
            if all(pair in STOP_BIGRAMS for pair in bigrams(text)):
                continue
            expected, in_names = by_definition(text)
            found = subject_search(query=text)
            common = in_names > search.COMMON_FROM
            kinds[common] += 1
            assert found.too_common == common, text
            if not common:
                assert [hit.subject.id for hit in found.hits] == expected[:200], text
                assert found.total == len(expected), text
        assert kinds[True] > 10
        assert kinds[False] > 100

    def test_only_common_pairs_give_exact_and_beginning_names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(3_000)
        text = "演示云"
        everybody = set(Subject.objects.filter(name_key__startswith=text).values_list("pk", flat=True))
        assert len(everybody) > search.LISTED_WHEN_COMMON
        monkeypatch.setattr(search, "rarest_pairs", lambda **_: [])
        found = subject_search(query=text)
        assert found.too_common
        assert found.total is None
        assert len(found.hits) == search.LISTED_WHEN_COMMON
        assert {hit.subject.id for hit in found.hits} < everybody

    def test_pairs_are_counted_and_the_common_ones_left_out(self) -> None:
        fill(3_000)
        counted = dict(FrequentPair.objects.values_list("pair", "names"))
        assert counted["演示"] == SubjectName.objects.count()
        assert all(names >= 1_000 for names in counted.values())
        assert pairs.rarest_pairs(pairs=["演示", "云夔", "有限", "云夔"], most=3) == ["云夔", "有限", "演示"]
        assert pairs.rarest_pairs(pairs=["演示", "云夔"], most=3, names_at_most=2_000) == ["云夔"]
        assert pairs.rarest_pairs(pairs=["演示", "云夔"], most=1) == ["云夔"]
        assert pairs.rarest_pairs(pairs=[], most=3) == []
