"""The pins of ibis, sqlglot and DuckDB work together: a newer one that resolves may still be broken."""

import ibis
import pyarrow as pa
import pytest

from xinheng.adapters.engine import compile_sql, duckdb_connection


def test_calls_that_the_rules_use_compile_and_run():
    table = ibis.table({"_row": "int64", "a": "string", "b": "string"}, name="landed")
    day = table.a.re_replace("^([0-9]{4})年([0-9]+)月([0-9]+)日$", r"\1-\2-\3").try_cast("date")
    counted = table.group_by("b").aggregate(times=table.count())
    twice = counted.filter(counted.times > 1)
    expression = table.mutate(
        day=day,
        mask=ibis.ifelse(table.a.re_search("[0-9]"), ibis.literal(1, "int64"), 0) + ibis.ifelse(table.b == "", 2, 0),
        place=ibis.row_number().over(ibis.window(group_by="b", order_by="_row")),
        narrow=table.a.translate("０", "0").find("0"),
    ).filter(table.b.isin(twice.b))
    connection = duckdb_connection(threads=1)
    connection.register("landed", pa.table({"_row": [2, 3, 4], "a": ["2026年4月9日", "", "０"], "b": ["x", "x", "y"]}))

    rows = connection.execute(compile_sql(expression) + " ORDER BY _row").fetchall()

    assert [(row[0], str(row[3]), row[4], row[5]) for row in rows] == [(2, "2026-04-09", 1, 0), (3, "None", 0, 1)]


def test_the_same_rules_compile_for_the_larger_engine():
    table = ibis.table({"a": "string"}, name="landed")

    assert "RLIKE" in compile_sql(table.filter(table.a.re_search("[0-9]")), dialect="pyspark").upper()


def test_batches_of_arrow_come_back():
    connection = duckdb_connection(threads=1)

    assert connection.execute("SELECT range AS a FROM range(5)").to_arrow_table().column("a").to_pylist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("setting", ["autoinstall_known_extensions", "autoload_known_extensions"])
def test_extensions_are_never_fetched(setting):
    value = duckdb_connection().execute(f"SELECT current_setting('{setting}')").fetchone()

    assert value == (False,)


def test_memory_and_threads_are_bounded():
    connection = duckdb_connection(memory_limit="100MB", threads=1)

    assert connection.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchone() == (
        1,
        "95.3 MiB",
    )
