"""Who evaluates compiled expressions: DuckDB in process, or Spark where a file outgrows one machine (ADR 0010)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from xinheng.adapters.engine import Dialect, duckdb_connection, small_table_create

DEFAULT_SPARK_FROM_ROWS = 2_000_000
"""Rows from which Spark is asked, where one is configured: below, a job's fixed cost of seconds is more than the work."""
_FEW = 1_000


class Tables(Protocol):
    """Tables by name, and answers of SQL over them."""

    @property
    def dialect(self) -> Dialect:
        """Return the dialect of the SQL."""
        ...

    def read(self, name: str, parquet: Path) -> None:
        """Make a Parquet file known as ``name``."""
        ...

    def give(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` known as ``name``."""
        ...

    def keep(self, name: str, sql: str) -> bool:
        """Evaluate ``sql`` once and make its rows known as ``name``; return whether there are any."""
        ...

    def rows(self, sql: str) -> pa.Table:
        """Return what ``sql`` selects, in any order."""
        ...


class DuckDBTables:
    """Tables in a DuckDB connection."""

    dialect: Dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take the connection that the tables are made in."""
        self._connection = connection

    def read(self, name: str, parquet: Path) -> None:
        """Make a Parquet file known as ``name``; nothing is read yet."""
        path = str(parquet).replace("'", "''")
        self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")  # noqa: S608

    def give(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` known as ``name``; many are not copied."""
        if rows.num_rows <= _FEW:
            small_table_create(self._connection, name=name, rows=rows)
        else:
            self._connection.register(name, rows)

    def keep(self, name: str, sql: str) -> bool:
        """Make a temporary table of what ``sql`` selects; return whether it has rows."""
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        return self._connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is not None  # noqa: S608

    def rows(self, sql: str) -> pa.Table:
        """Return what ``sql`` selects."""
        return self._connection.execute(sql).to_arrow_table()


@contextmanager
def tables_for(*, rows: int, work: Path) -> Iterator[Tables]:
    """Give what evaluates expressions over a table of ``rows`` rows: DuckDB, or Spark where it is configured.

    Spark evaluates tables of at least ``XINHENG_SPARK_FROM_ROWS`` rows if ``XINHENG_SPARK_MASTER`` names a cluster. What it
    reads and answers then lies in the folder ``work``, which its executors must see: it is emptied before, so that a
    killed process leaves nothing for long, and removed when the block ends.
    """
    master = os.environ.get("XINHENG_SPARK_MASTER")
    if not master or rows < int(os.environ.get("XINHENG_SPARK_FROM_ROWS", DEFAULT_SPARK_FROM_ROWS)):
        connection = duckdb_connection()
        try:
            yield DuckDBTables(connection)
        finally:
            connection.close()
        return
    from xinheng.adapters.spark import SparkTables  # an optional extra

    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        with SparkTables(master=master, folder=work) as tables:
            yield tables
    finally:
        shutil.rmtree(work, ignore_errors=True)
