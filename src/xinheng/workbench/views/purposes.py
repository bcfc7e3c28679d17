"""What each page of the workbench is read for (用途, P11), unless somebody says otherwise: one per family of pages."""

from collections.abc import Collection, Mapping
from typing import Final

from xinheng.accounts.domain import Role
from xinheng.audit.domain import ReadPurpose

_BY_ROLE: Final = (
    (Role.CLERK, ReadPurpose.REPORTING),
    (Role.REVIEWER, ReadPurpose.REVIEW),
    (Role.CREDIT_OFFICER, ReadPurpose.MONITORING),
    (Role.CREDIT_DIRECTOR, ReadPurpose.MONITORING),
)

PURPOSES: Final[Mapping[str, ReadPurpose | None]] = {
    "home": ReadPurpose.DESK,
    "notices": ReadPurpose.DESK,
    "notices_seen": ReadPurpose.DESK,
    "contact": ReadPurpose.DESK,
    # A submission, or a record of one's own, is read to report, to review or to follow it: as who reads it.
    **dict.fromkeys(("submissions", "submission", "progress", "findings", "findings_csv", "cell", "record")),
    **dict.fromkeys(("marked", "marked_progress", "marked_file", "marked_rest")),
    **dict.fromkeys(
        ("upload", "give_up", "explain", "recheck", "submit", "record_start", "record_form", "record_fields"),
        ReadPurpose.REPORTING,
    ),
    "record_draft_discard": ReadPurpose.REPORTING,
    **dict.fromkeys(("unlock", "certify", "send_back", "withdraw"), ReadPurpose.REVIEW),
    **dict.fromkeys(("doubts", "doubt", "doubt_decide", "doubt_confirm", "doubt_decline", "doubt_undo"), ReadPurpose.MATCHING),
    **dict.fromkeys(
        ("deadlines", "quality", "quality_rows", "overview", "bulletin", "table", "zero_reports", "zero_report_state"),
        ReadPurpose.MONITORING,
    ),
    **dict.fromkeys(("zero_report_certify", "zero_report_return", "zero_report_withdraw"), ReadPurpose.MONITORING),
    **dict.fromkeys(("gaps", "gap_explain", "reconciliations", "reconciliation", "reconcile"), ReadPurpose.MONITORING),
    **dict.fromkeys(("waivers", "waiver_ask", "waiver", "waiver_decide", "waiver_revoke"), ReadPurpose.WAIVERS),
    **dict.fromkeys(
        (
            "catalogue_proposals",
            "catalogue_propose",
            "catalogue_proposal",
            "catalogue_proposal_adopt",
            "catalogue_proposal_refuse",
        ),
        ReadPurpose.CATALOGUE,
    ),
    **dict.fromkeys(("practice", "practice_item", "practice_sample"), ReadPurpose.PRACTICE),
    **dict.fromkeys(("people", "invite", "invitation_withdraw", "person", "grant", "close", "revoke"), ReadPurpose.ACCOUNTS),
    **dict.fromkeys(("clients", "client_register", "client_revoke"), ReadPurpose.SYSTEMS),
    **dict.fromkeys(("trail", "trail_file"), ReadPurpose.AUDIT),
}
"""Name of a page → its purpose; ``None``: by the role of who reads. A page that is not here fails a test."""


def purpose_of(page_name: str, roles: Collection[Role]) -> ReadPurpose:
    """Return what a page is read for by somebody with these roles.

    >>> purpose_of("submission", {Role.REVIEWER})
    <ReadPurpose.REVIEW: 'REVIEW'>
    """
    purpose = PURPOSES.get(page_name, ReadPurpose.DESK)
    if purpose is None:
        return next((purpose for role, purpose in _BY_ROLE if role in roles), ReadPurpose.DESK)
    return purpose
