"""Every page of the workbench and of signing in, with who looks at it, for tests that look at all of them."""

from typing import Final

from xinheng.accounts.domain import Role

WORKBENCH: Final[dict[str, tuple[Role, str]]] = {
    "workbench:home": (Role.CLERK, "/workbench/"),
    "workbench:submissions": (Role.CLERK, "/workbench/submissions/"),
    "workbench:submission": (Role.REVIEWER, "/workbench/submissions/{number}/"),
    "workbench:people": (Role.ADMINISTRATOR, "/workbench/people/"),
    "workbench:invite": (Role.ADMINISTRATOR, "/workbench/people/invite/"),
    "workbench:person": (Role.ADMINISTRATOR, "/workbench/people/{account}/"),
    "mfa_index": (Role.ADMINISTRATOR, "/account/second-factor/"),
    "account_reauthenticate": (Role.CLERK, "/account/reauthenticate/"),
    "account_logout": (Role.CLERK, "/account/logout/"),
}
"""Route → the role that opens it, and its address."""

ACTS: Final = frozenset({"workbench:invitation_withdraw", "workbench:grant", "workbench:close", "workbench:revoke"})
"""Routes that are posted to and have no page of their own."""

OUTSIDE: Final[dict[str, str]] = {
    "account_login": "/account/login/",
    "invitation": "/account/invitation/",
    "account_inactive": "/account/inactive/",
}
"""Pages for those who are not signed in."""
