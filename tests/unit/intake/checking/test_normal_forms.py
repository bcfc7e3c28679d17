"""The normal forms of the rules are those of ``kernel``, which the records are made with."""

import unicodedata
from functools import cache

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.adapters.engine import compile_sql, duckdb_connection
from xinheng.intake.checking import normalise
from xinheng.kernel.dates import parse_date
from xinheng.kernel.money import parse_wan_yuan
from xinheng.kernel.text import clean_cell, document_no_key

TABLE = ibis.table({"text": "string"}, name="texts")


@cache
def _sql(name):
    return compile_sql(TABLE.select("text", answer=getattr(normalise, name)(TABLE.text)))


def answers(name, texts):
    connection = duckdb_connection(threads=1)
    connection.register("texts", pa.table({"text": pa.array(texts, pa.string())}))
    return dict(connection.execute(_sql(name)).fetchall())


def narrow(text):
    """What the reader makes of a cell in a column of dates or amounts."""
    return unicodedata.normalize("NFKC", clean_cell(text)).strip()


digits = st.text("0123456789", min_size=1, max_size=4)
numbers = st.one_of(
    st.builds(
        "{}{}{}{}{}".format,
        st.text("演市监罚字〔［[（(【﹝", max_size=6),
        digits,
        st.sampled_from("〕］])）】﹞号"),
        st.sampled_from(["第", "", " 第 "]),
        digits,
    ),
    st.text("演市监罚 字第号〔〕［］[]（）()【】﹝﹞{}0１2９aＡzＺ-－—_. \u3000\t", max_size=20),
)
days = st.one_of(
    st.builds(
        "{}{}{}{}{}{}".format,
        st.integers(0, 9999).map(lambda year: f"{year:04d}"),
        st.sampled_from(["-", "/", ".", "年", " - "]),
        st.integers(0, 13),
        st.sampled_from(["-", "/", ".", "月"]),
        st.integers(0, 32),
        st.sampled_from(["", "日", " 10:30", "T10:30:00", "号"]),
    ),
    st.integers(0, 99_999_999).map(lambda number: f"{number:08d}"),
    st.dates().map(str),
    st.text("0123456789年月日-/. 二", max_size=12),
)
amounts = st.one_of(
    st.decimals(0, 10**9, places=7, allow_nan=False).map(str),
    st.text("0123456789.,万元壹-+ ", max_size=14),
    st.from_regex(r"[0-9]{1,4}(,[0-9]{3}){0,3}(\.[0-9]{1,9})?", fullmatch=True),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(numbers.map(clean_cell), min_size=1, max_size=200))
def test_document_numbers_compare_as_in_the_kernel(texts):
    assert answers("document_no_key", texts) == {text: document_no_key(text) for text in texts}


@settings(max_examples=30, deadline=None)
@given(st.lists(days.map(narrow), min_size=1, max_size=200))
def test_days_are_read_as_in_the_kernel(texts):
    assert answers("day_of", texts) == {text: parse_date(text) for text in texts}


@settings(max_examples=30, deadline=None)
@given(st.lists(amounts.map(narrow), min_size=1, max_size=200))
def test_amounts_are_accepted_as_in_the_kernel(texts):
    assert answers("is_wan_yuan", texts) == {text: parse_wan_yuan(text) is not None for text in texts}


@pytest.mark.parametrize("text", ["0000-01-01", "0000年1月1日", "00000101", "infinity", "epoch", "2026-1", "2026-02-29"])
def test_no_engine_reads_a_day_where_python_reads_none(text):
    assert answers("day_of", [text]) == {text: None}
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["0001-01-01", "0999-12-31", "9999-12-31", "2024-02-29", "20991231"])
def test_odd_days_are_days(text):
    assert answers("day_of", [text]) == {text: parse_date(text)}
    assert parse_date(text) is not None
