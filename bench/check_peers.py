"""The peers of ``intake check``, each run in a process of its own: ``python -m bench.check_peers raw|frictionless|pandera FILE``."""

import csv
import sys
from pathlib import Path
from typing import Any

from bench.shared_rules import Kind, by_column, columns_of


def raw(file: Path) -> int:
    """Read the file with DuckDB, every column as text, and count what is in each: the physical limit."""
    import duckdb

    connection = duckdb.connect()
    source = f"read_csv('{file}', all_varchar=true, header=true)"
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    counts = ", ".join(f'count("{name}")' for name in names)
    found = connection.execute(f"SELECT count(*), {counts} FROM {source}").fetchone()
    assert found is not None
    return int(found[0])


def raw_kept(file: Path) -> int:
    """Read the file with DuckDB into a table in memory."""
    import duckdb

    connection = duckdb.connect(config={"preserve_insertion_order": "false"})
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"CREATE TABLE kept AS SELECT * FROM read_csv('{file}', all_varchar=true, header=true)")
    found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(found[0])


def frictionless(file: Path) -> int:
    """Validate the shared rules with frictionless and write every error it finds."""
    from frictionless import Checklist, Resource, Schema

    names = {Kind.REQUIRED: "required", Kind.MAX_LENGTH: "maxLength", Kind.PATTERN: "pattern", Kind.ONE_OF: "enum"}
    fields: list[dict[str, Any]] = []
    for column in columns_of(file):
        asked = {names[kind]: list(value) if kind is Kind.ONE_OF else value for kind, value in by_column(column).items()}
        fields.append({"name": column, "type": "string", **({"constraints": asked} if asked else {})})
    resource = Resource(path=file.name, basepath=str(file.parent), schema=Schema.from_descriptor({"fields": fields}))
    report = resource.validate(Checklist(), limit_errors=100_000_000)
    rows = report.flatten(["rowNumber", "fieldName", "type", "message"])
    return _written(file, "frictionless", rows)


def pandera(file: Path) -> int:
    """Read with Polars, validate the shared rules with pandera, all failures told, and write them."""
    import pandera.errors
    import pandera.polars as pa
    import polars as pl

    columns = {}
    for column in columns_of(file):
        asked = by_column(column)
        checks = []
        if Kind.MAX_LENGTH in asked:
            checks.append(pa.Check.str_length(max_value=asked[Kind.MAX_LENGTH]))
        if Kind.PATTERN in asked:
            checks.append(pa.Check.str_matches(asked[Kind.PATTERN]))
        if Kind.ONE_OF in asked:
            checks.append(pa.Check.isin(asked[Kind.ONE_OF]))
        columns[column] = pa.Column(pl.String, checks=checks, nullable=Kind.REQUIRED not in asked)
    text = pl.col(pl.String)
    table = pl.read_csv(file, infer_schema=False).with_columns(pl.when(text == "").then(None).otherwise(text).name.keep())
    try:
        pa.DataFrameSchema(columns).validate(table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = errors.failure_cases
        found.write_csv(_out(file, "pandera"))
        return int(found.height)
    return 0


def _out(file: Path, name: str) -> Path:
    return file.with_suffix(f".{name}.txt")


def _written(file: Path, name: str, rows: list[list[Any]]) -> int:
    with _out(file, name).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return len(rows)


def calamine(file: Path) -> int:
    """Read the first sheet of a workbook with python-calamine, and nothing else."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python())


PEERS = {"raw": raw, "raw_kept": raw_kept, "frictionless": frictionless, "pandera": pandera, "calamine": calamine}

if __name__ == "__main__":
    print(PEERS[sys.argv[1]](Path(sys.argv[2])))
