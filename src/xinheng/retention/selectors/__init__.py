"""What is over and what waits."""

from xinheng.retention.selectors.due import RUN, all_due, last_run, overdue, report_data_before
from xinheng.retention.selectors.person_fields import person_fields_due

__all__ = ["RUN", "all_due", "last_run", "overdue", "person_fields_due", "report_data_before"]
