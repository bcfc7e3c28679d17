"""The pages of the workbench. Every one begins at the gate; one call gives its content."""

from xinheng.workbench.views import monitoring
from xinheng.workbench.views.acts import certify, send_back, submit, unlock, withdraw
from xinheng.workbench.views.catalogue_proposals import (
    catalogue_proposal,
    catalogue_proposal_adopt,
    catalogue_proposal_refuse,
    catalogue_proposals,
    catalogue_propose,
)
from xinheng.workbench.views.doubts import doubt, doubt_confirm, doubt_decide, doubt_decline, doubt_undo, doubts
from xinheng.workbench.views.findings import cell, explain, findings, findings_csv, recheck
from xinheng.workbench.views.gaps import gap_explain, gaps
from xinheng.workbench.views.home import home
from xinheng.workbench.views.invitation import invitation
from xinheng.workbench.views.notices import contact, notices, notices_seen
from xinheng.workbench.views.people import close, grant, invitation_withdraw, invite, people, person, revoke
from xinheng.workbench.views.practice import practice, practice_item, practice_sample
from xinheng.workbench.views.reconciliations import reconcile, reconciliation, reconciliations
from xinheng.workbench.views.record import record
from xinheng.workbench.views.records import record_draft_discard, record_fields, record_form, record_start
from xinheng.workbench.views.submissions import submission, submissions
from xinheng.workbench.views.uploading import give_up, progress, upload
from xinheng.workbench.views.waivers import waiver, waiver_ask, waiver_decide, waiver_revoke, waivers
from xinheng.workbench.views.workbooks import marked, marked_file, marked_progress, marked_rest
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
    "cell",
    "certify",
    "close",
    "contact",
    "doubt",
    "doubt_confirm",
    "doubt_decide",
    "doubt_decline",
    "doubt_undo",
    "doubts",
    "explain",
    "findings",
    "findings_csv",
    "gap_explain",
    "gaps",
    "give_up",
    "grant",
    "home",
    "invitation",
    "invitation_withdraw",
    "invite",
    "marked",
    "marked_file",
    "marked_progress",
    "marked_rest",
    "monitoring",
    "notices",
    "notices_seen",
    "people",
    "person",
    "practice",
    "practice_item",
    "practice_sample",
    "progress",
    "recheck",
    "reconcile",
    "reconciliation",
    "reconciliations",
    "record",
    "record_draft_discard",
    "record_fields",
    "record_form",
    "record_start",
    "revoke",
    "send_back",
    "submission",
    "submissions",
    "submit",
    "unlock",
    "upload",
    "waiver",
    "waiver_ask",
    "waiver_decide",
    "waiver_revoke",
    "waivers",
    "withdraw",
    "zero_report_certify",
    "zero_report_return",
    "zero_report_state",
    "zero_report_withdraw",
    "zero_reports",
]
