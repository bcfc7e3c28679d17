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
from xinheng.accounts.services.sessions import sessions_end_from_server
from xinheng.accounts.services.systems import (
    ClientLetter,
    client_register,
    client_register_from_server,
    client_revoke,
    client_revoke_from_server,
    tokens_forget,
)

__all__ = [
    "INVITATION_DAYS",
    "ClientLetter",
    "Letter",
    "account_close",
    "client_register",
    "client_register_from_server",
    "client_revoke",
    "client_revoke_from_server",
    "invitation_accept",
    "invitation_find",
    "invitation_send",
    "invitation_send_from_server",
    "invitation_withdraw",
    "role_grant",
    "role_revoke",
    "sessions_end_from_server",
    "tokens_forget",
]
