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
    "workbench:people": (Role.ADMINISTRATOR, "/workbench/people/"),
    "workbench:invite": (Role.ADMINISTRATOR, "/workbench/people/invite/"),
    "workbench:person": (Role.ADMINISTRATOR, "/workbench/people/{account}/"),
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
        "workbench:zero_report_state",
        "workbench:zero_report_certify",
        "workbench:zero_report_return",
        "workbench:zero_report_withdraw",
        "workbench:gap_explain",
        "workbench:reconcile",
        # Files, not pages.
        "workbench:table",
        "workbench:bulletin",
    }
)
"""Routes that are posted to, or answer with a file, and have no page of their own."""

OUTSIDE: Final[dict[str, str]] = {
    "account_login": "/account/login/",
    "invitation": "/account/invitation/",
    "account_inactive": "/account/inactive/",
}
"""Pages for those who are not signed in."""
