"""The verdict of every row: refused, to be explained, not to be shown, a person's, a repetition."""

import pyarrow as pa

from xinheng.intake.checking.columns import LANDED
from xinheng.intake.checking.compiler import Compiled
from xinheng.intake.checking.model import CheckContext
from xinheng.intake.checking.sql import any_set, numbers_list
from xinheng.intake.domain import FindingSeverity, Landed


def verdict_sql(*, compiled: Compiled, context: CheckContext) -> str:
    """Return the SQL that makes the table ``verdict`` out of ``broken``, ``raw`` and what reading said."""
    checks = compiled.checks
    over_file = {check_.number for check_, _ in compiled.over_file}
    by_rows = [check_ for check_ in checks if check_.number not in over_file]
    refuse = any_set(check_ for check_ in by_rows if check_.rule.severity is FindingSeverity.REFUSE)
    explain = any_set(check_ for check_ in by_rows if check_.rule.severity is FindingSeverity.EXPLAIN)
    hidden = any_set(check_ for check_ in by_rows if check_.rule.not_shown)
    persons = any_set(check_ for check_ in by_rows if check_.rule.of_persons)
    numbers = {
        severity: numbers_list(check_ for check_, _ in compiled.over_file if check_.rule.severity is severity)
        for severity in FindingSeverity
    }
    return f"""
        CREATE TEMP TABLE verdict AS
        SELECT l._sheet, l._row,
            coalesce(b.refused, false) OR coalesce(f.refused, false) OR coalesce(r.refused, false) AS refused,
            coalesce(b.explain, false) OR coalesce(f.explain, false) OR coalesce(r.explain, false) AS explain,
            coalesce(b.not_shown, false) OR {str(context.on_the_spot).lower()} AS not_shown,
            coalesce(b.person, false) AS person,
            coalesce(f.duplicate, false) AS duplicate
        FROM {LANDED} l
        LEFT JOIN (
            SELECT _sheet, _row, {refuse} AS refused, {explain} AS explain, {hidden} AS not_shown,
                {persons} AS person
            FROM broken
        ) b ON l._sheet = b._sheet AND l._row = b._row
        LEFT JOIN (
            SELECT _sheet, _row, bool_or(number IN ({numbers[FindingSeverity.REFUSE]})) AS refused,
                bool_or(number IN ({numbers[FindingSeverity.EXPLAIN]})) AS explain,
                bool_or(number IN ({numbers[FindingSeverity.NOTE]})) AS duplicate
            FROM raw WHERE number IN ({numbers_list(check_ for check_, _ in compiled.over_file)})
            GROUP BY _sheet, _row
        ) f ON l._sheet = f._sheet AND l._row = f._row
        LEFT JOIN (
            SELECT sheet, row, bool_or(severity = 'REFUSE') AS refused, bool_or(severity = 'EXPLAIN') AS explain
            FROM said_by_reader GROUP BY sheet, row
        ) r ON l._sheet = r.sheet AND l._row = r.row
        LEFT JOIN sheets s ON l._sheet = s.name
        ORDER BY s.place, l._row
        """  # noqa: S608


def said_by_reader(landed: Landed) -> pa.Table:
    """Return where the reader refused a row or asked about it (a row wider than the header)."""
    of_rows = [finding for finding in landed.findings if finding.row > 0]
    return pa.table(
        {
            "sheet": pa.array([finding.sheet for finding in of_rows], pa.string()),
            "row": pa.array([finding.row for finding in of_rows], pa.int64()),
            "severity": pa.array([finding.severity.value for finding in of_rows], pa.string()),
        }
    )


def sheet_order(landed: Landed) -> pa.Table:
    """Return the sheets in the order of the file."""
    names = [sheet.name for sheet in landed.sheets]
    return pa.table({"name": pa.array(names, pa.string()), "place": pa.array(range(1, len(names) + 1), pa.int32())})
