"""The pages of the workbench. Every one begins at the gate; one call gives its content."""

from xinheng.workbench.views import monitoring
from xinheng.workbench.views.catalogue_proposals import (
    catalogue_proposal,
    catalogue_proposal_adopt,
    catalogue_proposal_refuse,
    catalogue_proposals,
    catalogue_propose,
)
from xinheng.workbench.views.doubts import doubt, doubt_confirm, doubt_decide, doubt_decline, doubt_undo, doubts
from xinheng.workbench.views.gaps import gap_explain, gaps
from xinheng.workbench.views.home import home
from xinheng.workbench.views.invitation import invitation
from xinheng.workbench.views.people import close, grant, invitation_withdraw, invite, people, person, revoke
from xinheng.workbench.views.practice import practice, practice_item, practice_sample
from xinheng.workbench.views.reconciliations import reconcile, reconciliation, reconciliations
from xinheng.workbench.views.records import record_draft_discard, record_fields, record_form, record_start
from xinheng.workbench.views.submissions import submission, submissions
from xinheng.workbench.views.waivers import waiver, waiver_ask, waiver_decide, waiver_revoke, waivers
from xinheng.workbench.views.zero_reports import (
    zero_report_certify,
    zero_report_return,
    zero_report_state,
    zero_report_withdraw,
    zero_reports,
)

__all__ = [
    "catalogue_proposal",
    "catalogue_proposal_adopt",
    "catalogue_proposal_refuse",
    "catalogue_proposals",
    "catalogue_propose",
    "close",
    "doubt",
    "doubt_confirm",
    "doubt_decide",
    "doubt_decline",
    "doubt_undo",
    "doubts",
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
    "practice",
    "practice_item",
    "practice_sample",
    "reconcile",
    "reconciliation",
    "reconciliations",
    "record_draft_discard",
    "record_fields",
    "record_form",
    "record_start",
    "revoke",
    "submission",
    "submissions",
    "waiver",
    "waiver_ask",
    "waiver_decide",
    "waiver_revoke",
    "waivers",
    "zero_report_certify",
    "zero_report_return",
    "zero_report_state",
    "zero_report_withdraw",
    "zero_reports",
]
