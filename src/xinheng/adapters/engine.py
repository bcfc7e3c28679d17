"""The table engine: DuckDB in process, SQL compiled from Ibis expressions.

ibis is imported here, in ``spark.py``, in ``expressions.py`` files and in intake/checking, nowhere else (ADR 0006),
so that the same expressions run on another engine (ADR 0010).
"""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    import ibis.expr.types as ir

Dialect = Literal["duckdb", "pyspark"]

DEFAULT_MEMORY_LIMIT = "2GB"


class _WhenUsed:
    """The module ``ibis``, imported when one of its names is first used.

    It takes half a second to import; a process that finds its rules compiled (intake/checking/kept.py) never pays for it.
    """

    def __getattr__(self, name: str) -> Any:
        import ibis as module

        return getattr(module, name)


ibis: Any = _WhenUsed()
"""What rule files and ``expressions.py`` write their expressions with."""


def duckdb_connection(
    *, memory_limit: str | None = None, threads: int | None = None, temp_directory: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a new in-memory DuckDB connection that never reaches for the network.

    Args:
        memory_limit: what DuckDB may hold in memory (``"2GB"``); beyond it spills to ``temp_directory``.
        threads: worker threads; by default one per processor.
        temp_directory: where it spills; by default a folder of this process under the system's temporary folder.
            Spilled pages are landed tables, whose personal numbers are masked already (P16).

    Extensions are neither installed nor loaded on demand: Parquet, JSON and ICU are part of the wheel, and a missing
    one must fail loudly instead of being downloaded (ADR 0006).
    """
    folder = temp_directory or Path(tempfile.gettempdir()) / f"xinheng-engine-{os.getpid()}"
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "memory_limit": memory_limit or os.environ.get("XINHENG_ENGINE_MEMORY", DEFAULT_MEMORY_LIMIT),
            "threads": str(threads or os.cpu_count() or 1),
            "temp_directory": str(folder),
            # Row order comes from _row, never from the engine; this halves the memory of large scans.
            "preserve_insertion_order": "false",
        },
    )


def small_table_create(connection: duckdb.DuckDBPyConnection, *, name: str, rows: pa.Table) -> None:
    """Make a temporary table of a few rows of texts, days, truth values, whole numbers or lists of texts.

    They go as SQL: an Arrow table or a bound parameter would have DuckDB import pandas, which takes half a second.
    """
    types = {"date32[day]": "DATE", "bool": "BOOLEAN", "int64": "BIGINT", "int32": "INTEGER"}
    columns = ", ".join(
        f'"{field.name}" {types.get(str(field.type), "VARCHAR[]" if "list" in str(field.type) else "VARCHAR")}'
        for field in rows.schema
    )
    connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
    values = ", ".join("(" + ", ".join(map(_literal, row.values())) + ")" for row in rows.to_pylist())
    if values:
        connection.execute(f"INSERT INTO {name} VALUES {values}")  # noqa: S608


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]::VARCHAR[]"
    if isinstance(value, bool | int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def compile_sql(expression: "ir.Table", *, dialect: Dialect = "duckdb") -> str:
    """Return the SQL of an Ibis table expression over unbound tables.

    Compiling costs a tenth of a second for a large rule set: callers keep the text (ADR 0006).
    """
    if dialect == "pyspark":
        from xinheng.adapters.spark import spark_sql

        return spark_sql(expression)
    return str(ibis.to_sql(expression, dialect=dialect, pretty=False))
