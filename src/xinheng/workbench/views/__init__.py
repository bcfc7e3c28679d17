"""The pages of the workbench. Every one begins at the gate; one call gives its content."""

from xinheng.workbench.views import monitoring
from xinheng.workbench.views.gaps import gap_explain, gaps
from xinheng.workbench.views.home import home
from xinheng.workbench.views.invitation import invitation
from xinheng.workbench.views.people import close, grant, invitation_withdraw, invite, people, person, revoke
from xinheng.workbench.views.reconciliations import reconcile, reconciliation, reconciliations
from xinheng.workbench.views.submissions import submission, submissions
from xinheng.workbench.views.zero_reports import (
    zero_report_certify,
    zero_report_return,
    zero_report_state,
    zero_report_withdraw,
    zero_reports,
)

__all__ = [
    "close",
    "gap_explain",
    "gaps",
    "grant",
    "home",
    "invitation",
    "invitation_withdraw",
    "invite",
    "monitoring",
    "people",
    "person",
    "reconcile",
    "reconciliation",
    "reconciliations",
    "revoke",
    "submission",
    "submissions",
    "zero_report_certify",
    "zero_report_return",
    "zero_report_state",
    "zero_report_withdraw",
    "zero_reports",
]
