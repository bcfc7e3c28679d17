"""Reading open data as somebody outside would: snapshots as plain records, changes applied to them."""

import csv
import json
from datetime import date

import pyarrow.parquet

from xinheng.opendata.selectors import changes_after
from xinheng.publicity.domain import BULK_COLUMNS, record_bulk, record_plain


def typed(row):
    """Return a row of the CSV with the types of the Parquet file."""
    kinds = {bool: lambda text: text == "true", int: int, date: date.fromisoformat, list: str, str: str}
    nullable = {"list_title", "severity.code", "severity.label", "severity.confidence"}
    return {
        name: None if not row[name] and (kind is date or name in nullable) else kinds[kind](row[name])
        for name, kind in BULK_COLUMNS.items()
    }


def snapshot_rows(snapshot, name="records.parquet"):
    """Return the rows of a snapshot by the record's id."""
    if name.endswith(".csv"):
        with (snapshot.folder / name).open(encoding="utf-8-sig", newline="") as file:
            rows = [typed(row) for row in csv.DictReader(file)]
    else:
        rows = pyarrow.parquet.read_table(snapshot.folder / name).to_pylist()
    return {row["id"]: row for row in rows}


def as_row(record):
    """Return what a bulk file would hold of a public record."""
    row = record_bulk(json.loads(json.dumps(record_plain(record))))
    return {
        name: date.fromisoformat(value) if BULK_COLUMNS[name] is date and value is not None else value
        for name, value in row.items()
    }


def apply_changes(rows, cursor, *, on_date, limit=100, ever=None):
    """Apply every change after ``cursor`` to ``rows``; return the place reached.

    ``ever``: ids that were on display at some time; nothing else may be told of.
    """
    while True:
        page = changes_after(after=cursor, on_date=on_date, limit=limit)
        for change in page.changes:
            assert ever is None or str(change.record_id) in ever, "told of a record that was never on display"
            if change.record is None:
                rows.pop(str(change.record_id), None)
            else:
                rows[str(change.record_id)] = as_row(change.record)
        cursor = page.next
        if not page.more:
            return cursor
