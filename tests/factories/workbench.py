"""Every page of the workbench and of signing in, with who looks at it, for tests that look at all of them."""

from typing import Final

from xinheng.accounts.domain import Role

WORKBENCH: Final[dict[str, tuple[Role, str]]] = {
    "workbench:home": (Role.CLERK, "/workbench/"),
    "workbench:submissions": (Role.CLERK, "/workbench/submissions/"),
    "workbench:submission": (Role.REVIEWER, "/workbench/submissions/{number}/"),
    "workbench:deadlines": (Role.CLERK, "/workbench/deadlines/"),
    "workbench:quality": (Role.CLERK, "/workbench/quality/"),
    "workbench:quality_rows": (
        Role.CREDIT_OFFICER,
        "/workbench/quality/rows/?organ=11500236DM0000240B&item=administrative_penalty&part=returned",
    ),
    "workbench:overview": (Role.CREDIT_OFFICER, "/workbench/overview/"),
    "workbench:zero_reports": (Role.CLERK, "/workbench/zero-reports/"),
    "workbench:gaps": (Role.CLERK, "/workbench/gaps/"),
    "workbench:reconciliations": (Role.CLERK, "/workbench/reconciliations/"),
    "workbench:reconciliation": (Role.CREDIT_OFFICER, "/workbench/reconciliations/{reconciliation}/"),
    "workbench:doubts": (Role.CLERK, "/workbench/doubts/"),
    "workbench:doubt": (Role.REVIEWER, "/workbench/doubts/{doubt}/"),
    "workbench:record": (Role.REVIEWER, "/workbench/records/{record}/"),
    "workbench:record_start": (Role.CLERK, "/workbench/records/new/"),
    "workbench:record_form": (Role.CLERK, "/workbench/records/new/administrative_penalty/"),
    "workbench:catalogue_proposals": (Role.CREDIT_OFFICER, "/workbench/catalogue/"),
    "workbench:catalogue_propose": (Role.CREDIT_OFFICER, "/workbench/catalogue/propose/?file=national/clocks/display.yaml"),
    "workbench:catalogue_proposal": (Role.CREDIT_DIRECTOR, "/workbench/catalogue/{proposal}/"),
    "workbench:practice": (Role.CLERK, "/workbench/practice/"),
    "workbench:practice_item": (Role.CLERK, "/workbench/practice/administrative_penalty/"),
    "workbench:waivers": (Role.CREDIT_OFFICER, "/workbench/waivers/"),
    "workbench:waiver_ask": (Role.CLERK, "/workbench/waivers/ask/"),
    "workbench:waiver": (Role.CREDIT_OFFICER, "/workbench/waivers/{waiver}/"),
    "workbench:upload": (Role.CLERK, "/workbench/submissions/new/"),
    "workbench:findings": (Role.CLERK, "/workbench/submissions/{number}/findings/V01/"),
    "workbench:cell": (Role.CLERK, "/workbench/submissions/{number}/cell/?sheet=CSV&row=3&field=CF_XDR_SHXYM"),
    "workbench:marked": (Role.CLERK, "/workbench/submissions/{number}/marked/"),
    "workbench:submit": (Role.CLERK, "/workbench/submissions/{number}/submit/"),
    "workbench:notices": (Role.CLERK, "/workbench/notices/"),
    "workbench:people": (Role.ADMINISTRATOR, "/workbench/people/"),
    "workbench:invite": (Role.ADMINISTRATOR, "/workbench/people/invite/"),
    "workbench:person": (Role.ADMINISTRATOR, "/workbench/people/{account}/"),
    "workbench:trail": (Role.AUDITOR, "/workbench/trail/"),
    "workbench:clients": (Role.ADMINISTRATOR, "/workbench/systems/"),
    "workbench:client_register": (Role.ADMINISTRATOR, "/workbench/systems/register/"),
    "mfa_index": (Role.ADMINISTRATOR, "/account/second-factor/"),
    "account_reauthenticate": (Role.CLERK, "/account/reauthenticate/"),
    "account_logout": (Role.CLERK, "/account/logout/"),
}
"""Route → the role that opens it, and its address."""

ACTS: Final = frozenset(
    {
        "workbench:invitation_withdraw",
        "workbench:grant",
        "workbench:close",
        "workbench:revoke",
        "workbench:client_revoke",
        "workbench:zero_report_state",
        "workbench:zero_report_certify",
        "workbench:zero_report_return",
        "workbench:zero_report_withdraw",
        "workbench:gap_explain",
        "workbench:reconcile",
        "workbench:give_up",
        "workbench:explain",
        "workbench:recheck",
        "workbench:unlock",
        "workbench:send_back",
        "workbench:notices_seen",
        "workbench:contact",
        # Files, not pages.
        "workbench:table",
        "workbench:bulletin",
        "workbench:trail_file",
        "workbench:doubt_decide",
        "workbench:doubt_confirm",
        "workbench:doubt_decline",
        "workbench:doubt_undo",
        "workbench:record_fields",
        "workbench:record_draft_discard",
        "workbench:waiver_decide",
        "workbench:waiver_revoke",
        "workbench:practice_sample",
        "workbench:catalogue_proposal_adopt",
        "workbench:catalogue_proposal_refuse",
    }
)
"""Routes that are posted to, or send a file, and have no page of their own."""

PARTS_AND_FILES: Final = frozenset(
    {
        "workbench:progress",
        "workbench:findings_csv",
        "workbench:marked_progress",
        "workbench:marked_file",
        "workbench:marked_rest",
    }
)
"""What a script puts into a page, and downloads."""

PROVEN_ONCE_MORE: Final = {
    "workbench:certify": (Role.REVIEWER, "/workbench/submissions/{submitted}/certify/"),
    "workbench:withdraw": (Role.REVIEWER, "/workbench/submissions/{number}/withdraw/"),
}
"""Pages before which the password or the second factor is asked for once more."""

OUTSIDE: Final[dict[str, str]] = {
    "account_login": "/account/login/",
    "invitation": "/account/invitation/",
    "account_inactive": "/account/inactive/",
}
"""Pages for those who are not signed in."""
