"""Reading what organs reported, when, and how well; every function takes who asks."""

from xinheng.monitoring.selectors.batches import Span
from xinheng.monitoring.selectors.coverage import Coverage, CoverageRow, LateOrgan, coverage_by_month, coverage_of, late_organs
from xinheng.monitoring.selectors.due import LATE_SHOWN_DAYS, due_lines
from xinheng.monitoring.selectors.figure_rows import FigureRow, figure_rows, rules_failing
from xinheng.monitoring.selectors.quality import (
    counts_by_batch,
    counts_by_day,
    counts_by_month,
    counts_of,
    figure_recomputed,
    figures_checked,
    figures_stored,
    span_of,
)
from xinheng.monitoring.selectors.reach import SYSTEM, Scope, items_reported, organs_visible_to, scope_of
from xinheng.monitoring.selectors.reconciliations import reconciliation_visible_to, reconciliations_visible_to
from xinheng.monitoring.selectors.series import series_gaps
from xinheng.monitoring.selectors.zero_reports import (
    ZeroReportLine,
    zero_report_lines,
    zero_report_visible_to,
    zero_reports_visible_to,
)

__all__ = [
    "LATE_SHOWN_DAYS",
    "SYSTEM",
    "Coverage",
    "CoverageRow",
    "FigureRow",
    "LateOrgan",
    "Scope",
    "Span",
    "ZeroReportLine",
    "counts_by_batch",
    "counts_by_day",
    "counts_by_month",
    "counts_of",
    "coverage_by_month",
    "coverage_of",
    "due_lines",
    "figure_recomputed",
    "figure_rows",
    "figures_checked",
    "figures_stored",
    "items_reported",
    "late_organs",
    "organs_visible_to",
    "reconciliation_visible_to",
    "reconciliations_visible_to",
    "rules_failing",
    "scope_of",
    "series_gaps",
    "span_of",
    "zero_report_lines",
    "zero_report_visible_to",
    "zero_reports_visible_to",
]
