"""What monitoring does: figures of the day, reminders, zero reports, explanations, comparisons, the bulletin."""

from xinheng.monitoring.services.bulletin import bulletin_data, bulletin_pdf
from xinheng.monitoring.services.explanations import gap_explain
from xinheng.monitoring.services.figures import CAUGHT_UP_DAYS, figures_catch_up, figures_store
from xinheng.monitoring.services.reconcile import AT_MOST, list_reconcile
from xinheng.monitoring.services.reminders import REMIND_DAYS, reminders_make, reminders_of
from xinheng.monitoring.services.zero_reports import (
    MONTHS_BACK,
    zero_report_certify,
    zero_report_return,
    zero_report_state,
    zero_report_withdraw,
)

__all__ = [
    "AT_MOST",
    "CAUGHT_UP_DAYS",
    "MONTHS_BACK",
    "REMIND_DAYS",
    "bulletin_data",
    "bulletin_pdf",
    "figures_catch_up",
    "figures_store",
    "gap_explain",
    "list_reconcile",
    "reminders_make",
    "reminders_of",
    "zero_report_certify",
    "zero_report_return",
    "zero_report_state",
    "zero_report_withdraw",
]
