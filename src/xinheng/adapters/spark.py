"""The same expressions on Spark: an optional extra for tables that outgrow one machine (``xinheng[spark]``, Java 17).

Rules write their regular expressions for RE2, as DuckDB has it. Spark searches with Java's; what the two say
differently is translated here (ADR 0010), so that a rule file knows of one dialect only.
"""

import itertools
import os
import re
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.adapters.engine import Dialect

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PIECE = re.compile(r"\\.|\[\^?|\]|.", re.DOTALL)
_GROUP = re.compile(r"\\([0-9])")
_SPACE = r"\t\n\f\r "


class SparkTables:
    """Tables on a Spark cluster; what it is given and what it answers lies as Parquet in ``folder``."""

    dialect: Dialect = "pyspark"

    def __init__(self, *, master: str, folder: Path) -> None:
        """Take the cluster's address and a folder that its executors see."""
        # A session of its own: two checks in one process do not see each other's tables.
        self._session = _session(master).newSession()
        self._folder = folder
        self._names: list[str] = []
        self._answers = itertools.count()

    def read(self, name: str, parquet: Path) -> None:
        """Make a Parquet file, or a folder of them, known as ``name``."""
        self._session.read.parquet(parquet.as_uri()).createOrReplaceTempView(name)
        self._names.append(name)

    def give(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` known as ``name``, through a file."""
        path = self._folder / f"{name}.parquet"
        pq.write_table(rows, path)
        self.read(name, path)

    def keep(self, name: str, sql: str) -> bool:
        """Have the executors write what ``sql`` selects; return whether it has rows."""
        path = self._written(sql)
        self.read(name, path)
        return any(pq.read_metadata(part).num_rows for part in path.glob("*.parquet"))

    def rows(self, sql: str) -> pa.Table:
        """Return what ``sql`` selects, through files that the executors write."""
        return pq.read_table(self._written(sql))

    def _written(self, sql: str) -> Path:
        path = self._folder / f"answer-{next(self._answers)}"
        try:
            self._session.sql(sql).write.parquet(path.as_uri())
        except Exception as error:
            raise RuntimeError(f"Spark did not evaluate a query: {_reasons(error)}") from error
        return path

    def __enter__(self) -> Self:
        """Return the tables themselves."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the cluster forget the tables; it goes on running for the next check."""
        for name in self._names:
            self._session.catalog.dropTempView(name)


def _reasons(error: BaseException) -> str:
    """Return what Java says went wrong, from the outermost error to the first: its traces are hundreds of lines."""
    told: list[str] = []
    cause = getattr(error, "java_exception", None)
    while cause is not None:
        told.append(str(cause.toString()).partition("\n")[0])
        cause = cause.getCause()
    return " <- ".join(told) or str(error)


def _session(master: str) -> Any:
    """Return this process's Spark session, started on first use (6 to 12 seconds)."""
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise RuntimeError("XINHENG_SPARK_MASTER is set, but pyspark is not installed: pip install 'xinheng[spark]'") from error

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # A hundred rules in one method are beyond what the JVM compiles; trying costs seconds per check.
        "spark.sql.codegen.wholeStage": "false",
    }
    if master.startswith("local"):
        # Nothing of a cluster on this machine is to be reached from outside.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "4",
        }
    builder = SparkSession.builder.master(master).appName("xinheng")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def spark_sql(expression: "ir.Table") -> str:
    """Return the Spark SQL of an Ibis table expression over unbound tables; needs no Spark.

    Raises:
        ValueError: a regular expression has no equal in Java's dialect.
    """
    from ibis.backends.sql.compilers import PySparkCompiler

    class Compiler(PySparkCompiler):  # type: ignore[misc]
        """Ibis's own, save for the regular expressions, which it hands over as they are."""

        def visit_RegexSearch(self, op: Any, *, arg: Any, **_: Any) -> Any:  # noqa: N802 - Ibis finds it by this name
            return self.f.regexp_like(arg, java_pattern(op.pattern.value))

        def visit_RegexReplace(self, op: Any, *, arg: Any, **_: Any) -> Any:  # noqa: N802
            return self.f.regexp_replace(arg, java_pattern(op.pattern.value), java_replacement(op.replacement.value))

    compiler = Compiler()
    return str(compiler.to_sqlglot(expression).sql(dialect=compiler.dialect))


def java_pattern(pattern: str) -> str:
    r"""Return a regular expression of RE2 as Java writes it.

    ``$`` is the end of the text in RE2 and also the place before a last line break in Java; ``\s`` has the vertical tab
    in Java only.

    >>> java_pattern(r"^第[\s0-9$]\s*$")
    '^第[\\t\\n\\f\\r 0-9$][\\t\\n\\f\\r ]*\\z'

    Raises:
        ValueError: it has what Java reads as nested or intersected classes, or what has another meaning there.
    """
    parts: list[str] = []
    inside = False
    for piece in _PIECE.findall(pattern):
        if piece in {"[", "[^"}:
            if inside:
                raise ValueError(f"Java reads the bracket inside a class of {pattern!r} as a nested class: escape it")
            inside = True
            parts.append(piece)
        elif piece == "]":
            inside = False
            parts.append(piece)
        elif piece == r"\s":
            parts.append(_SPACE if inside else f"[{_SPACE}]")
        elif piece == "$" and not inside:
            parts.append(r"\z")
        elif inside and piece == "&":
            raise ValueError(f"Java reads && inside a class of {pattern!r} as an intersection: escape it")
        elif piece == "." and not inside:
            parts.append(r"[^\n]")
        else:
            parts.append(piece)
    return "".join(parts)


def java_replacement(replacement: str) -> str:
    r"""Return a replacement with groups of RE2 (``\1``) as Java writes it (``$1``).

    >>> java_replacement(r"\1-\2")
    '$1-$2'
    """
    return _GROUP.sub(r"$\1", replacement.replace("$", r"\$"))
