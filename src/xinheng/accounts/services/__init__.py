"""Acts on accounts; each is an event in the log."""

from xinheng.accounts.services.grants import account_close, role_grant, role_revoke
from xinheng.accounts.services.invitations import (
    INVITATION_DAYS,
    Letter,
    invitation_accept,
    invitation_find,
    invitation_send,
    invitation_send_from_server,
    invitation_withdraw,
)

__all__ = [
    "INVITATION_DAYS",
    "Letter",
    "account_close",
    "invitation_accept",
    "invitation_find",
    "invitation_send",
    "invitation_send_from_server",
    "invitation_withdraw",
    "role_grant",
    "role_revoke",
]
