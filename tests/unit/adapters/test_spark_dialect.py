"""What can be said of the Spark door without a Spark (tests/spark has the rest)."""

import sys

import ibis
import pytest
from tests.factories.intake_files import real_catalogue

from xinheng.adapters.engine import compile_sql
from xinheng.adapters.spark import java_pattern
from xinheng.adapters.tables import tables_for
from xinheng.intake.checking.compiler import compiled_for

TEXTS = ibis.table({"text": "string"}, name="texts")


def test_groups_of_a_replacement_are_written_as_java_reads_them():
    asked = TEXTS.select(day=TEXTS.text.re_replace("([0-9])年([0-9])", r"\1-\2"))

    assert "'$1-$2'" in compile_sql(asked, dialect="pyspark")
    assert r"'\1-\2'" in compile_sql(asked)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"第([0-9A-Z\-]+号?)$", r"第([0-9A-Z\-]+号?)\z"),
        (r"[$.\s]\$\.", r"[$.\t\n\f\r ]\$\."),
        (r"^\x{4e00}.*$", r"^\x{4e00}[^\n]*\z"),
        (r"[^\]]a$|b$", r"[^\]]a\z|b\z"),
    ],
)
def test_patterns_mean_the_same_to_java(pattern, expected):
    assert java_pattern(pattern) == expected


@pytest.mark.parametrize("pattern", ["[a[b]", "[a-z&&[^b]]", "[a&b]"])
def test_a_pattern_that_java_reads_otherwise_is_refused(pattern):
    with pytest.raises(ValueError, match="escape it"):
        java_pattern(pattern)


@pytest.mark.parametrize("item_id", ["administrative_penalty", "serious_list_entry"])
def test_the_rules_have_a_form_for_spark(item_id):
    compiled = compiled_for(item=real_catalogue().item(item_id), catalogue=real_catalogue(), dialect="pyspark")

    assert "RLIKE" in compiled.masks_of_rows
    assert [name for name, _ in compiled.repeated] == ["repeated_numbers", "repeated"]


def test_files_below_the_threshold_stay_in_process(monkeypatch, tmp_path):
    monkeypatch.setenv("XINHENG_SPARK_MASTER", "spark://nowhere.invalid:7077")
    monkeypatch.setenv("XINHENG_SPARK_FROM_ROWS", "1000")
    with tables_for(rows=999, work=tmp_path / "work") as tables:
        assert tables.dialect == "duckdb"


def test_a_missing_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("XINHENG_SPARK_MASTER", "local")
    monkeypatch.setenv("XINHENG_SPARK_FROM_ROWS", "0")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(RuntimeError, match=r"xinheng\[spark\]"):
        tables_for(rows=1, work=tmp_path / "work").__enter__()
    assert list(tmp_path.iterdir()) == []
