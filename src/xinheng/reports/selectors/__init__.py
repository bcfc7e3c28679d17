"""Reading for reports: what one would say today, and what was issued."""

from xinheng.reports.selectors.content import facts_today, subject_found
from xinheng.reports.selectors.issued import Standing, report_held, standing_of

__all__ = ["Standing", "facts_today", "report_held", "standing_of", "subject_found"]
