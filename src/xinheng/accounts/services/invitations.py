"""Invitations: the only way to an account. The secret is shown once, to the one who invites, and handed over by hand."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from xinheng.accounts.domain import NEEDS_ORGAN, ROLE_LABELS, Actor, Role
from xinheng.accounts.errors import (
    GroundMissing,
    InvitationUnusable,
    LoginNameMalformed,
    LoginNameTaken,
    OrganNeeded,
    PasswordTooWeak,
)
from xinheng.accounts.models import Account, Invitation
from xinheng.accounts.selectors import invitations_open
from xinheng.accounts.services.grants import grant_add, refuse_unless_administrator
from xinheng.adapters.database import constraint_of
from xinheng.audit.services import event_record
from xinheng.kernel.dates import CHINA
from xinheng.kernel.personal import mask_personal_numbers

INVITATION_DAYS: Final = 7
_BY_ADMINISTRATOR: Final = "grant_by_administrator"
_LOGIN_NAME: Final = re.compile(r"[a-z][a-z0-9.\-]{2,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An invitation with its secret, which is not kept anywhere."""

    invitation: Invitation
    secret: str


def invitation_send(
    *,
    login_name: str,
    display_name: str,
    role: Role,
    organ_code: str,
    ground: str,
    by: Actor,
    now: datetime,
    title: str = "",
) -> Letter:
    """Invite a named person to one role in one organ (发出邀请); it can be accepted for ``INVITATION_DAYS`` days.

    Raises:
        NotAllowedToGrant, GroundMissing, LoginNameMalformed, LoginNameTaken, OrganNeeded.
    """
    refuse_unless_administrator(by)
    invitation = Invitation(
        login_name=login_name,
        display_name=display_name,
        role=role,
        organ_code=organ_code,
        title=title,
        ground=ground,
        invited_by_id=by.account_id,
    )
    return _send(invitation, now)


def invitation_send_from_server(
    *, login_name: str, display_name: str, role: Role, organ_code: str, ground: str, person: str, now: datetime
) -> Letter:
    """Invite from the server's command line: the first administrator, or when none can sign in any more.

    ``person`` is who stands at the server; it is kept with the grant. Errors as for :func:`invitation_send`.
    """
    invitation = Invitation(
        login_name=login_name,
        display_name=display_name,
        role=role,
        organ_code=organ_code,
        ground=ground,
        invited_from_server=person,
    )
    return _send(invitation, now)


def invitation_find(*, secret: str, now: datetime) -> Invitation:
    """Return the invitation of a secret.

    Raises:
        InvitationUnusable: unknown, used, taken back or too old.
    """
    found = invitations_open(now=now).filter(secret_sha256=_digest(secret)).first()
    if found is None:
        raise InvitationUnusable
    return found


def invitation_accept(*, secret: str, password: str, now: datetime) -> Account:
    """Make the account with its first role (接受邀请). Works once.

    Raises:
        InvitationUnusable, PasswordTooWeak, LoginNameTaken.
    """
    with transaction.atomic():
        invitation = invitations_open(now=now).select_for_update().filter(secret_sha256=_digest(secret)).first()
        if invitation is None:
            raise InvitationUnusable
        account = Account(
            login_name=invitation.login_name,
            display_name=invitation.display_name,
            invited_by_id=invitation.invited_by_id,
            made_at=now,
        )
        try:
            validate_password(password, account)
        except ValidationError as error:
            raise PasswordTooWeak(reasons="".join(error.messages)) from error
        if Account.objects.filter(login_name=account.login_name).exists():
            raise LoginNameTaken(login_name=account.login_name)
        account.set_password(password)
        account.save()
        invitation.accepted_at, invitation.account = now, account
        invitation.save(update_fields=["accepted_at", "account"])
        event_record(
            action="accounts.invitation.accepted",
            actor=f"account:{account.pk}",
            target=("account", str(account.pk)),
            at=now,
            invitation=invitation.pk,
        )
        _first_role(invitation, account, now)
    return account


def _first_role(invitation: Invitation, account: Account, now: datetime) -> None:
    """Give the role of the invitation in the name of the one who sent it, who must still be an administrator."""
    try:
        grant_add(
            account=account,
            role=Role(invitation.role),
            organ_code=invitation.organ_code,
            valid_from=now.astimezone(CHINA).date(),
            valid_until=None,
            ground=invitation.ground,
            title=invitation.title,
            items=(),
            granted_by_id=invitation.invited_by_id,
            granted_from_server=invitation.invited_from_server,
            actor=_sender(invitation),
            now=now,
        )
    except IntegrityError as error:
        if constraint_of(error) != _BY_ADMINISTRATOR:
            raise
        raise InvitationUnusable from error


def _sender(invitation: Invitation) -> str:
    return f"account:{invitation.invited_by_id}" if invitation.invited_by_id else f"server:{invitation.invited_from_server}"


def invitation_withdraw(*, invitation_id: int, by: Actor, now: datetime) -> None:
    """Take back an invitation that nobody has accepted (收回邀请). Repeating it changes nothing.

    Raises:
        NotAllowedToGrant: the actor is no administrator.
    """
    refuse_unless_administrator(by)
    with transaction.atomic():
        open_ones = Invitation.objects.filter(pk=invitation_id, accepted_at__isnull=True, withdrawn_at__isnull=True)
        if open_ones.update(withdrawn_at=now):
            event_record(
                action="accounts.invitation.withdrawn",
                actor=by.signature,
                target=("invitation", str(invitation_id)),
                at=now,
            )


def _send(invitation: Invitation, now: datetime) -> Letter:
    if not invitation.ground.strip():
        raise GroundMissing
    if (Role(invitation.role) in NEEDS_ORGAN) != bool(invitation.organ_code):
        raise OrganNeeded(role=ROLE_LABELS[Role(invitation.role)])
    name = invitation.login_name
    if not _LOGIN_NAME.fullmatch(name) or mask_personal_numbers(name) != name:
        raise LoginNameMalformed(login_name=name)
    secret = secrets.token_urlsafe(24)
    invitation.secret_sha256 = _digest(secret)
    invitation.made_at, invitation.expires_at = now, now + timedelta(days=INVITATION_DAYS)
    try:
        with transaction.atomic():
            # One that ran out is out of the way of a new one.
            Invitation.objects.filter(
                login_name=name, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__lte=now
            ).update(withdrawn_at=now)
            if Account.objects.filter(login_name=name).exists():
                raise LoginNameTaken(login_name=name)
            invitation.save()
            event_record(
                action="accounts.invitation.sent",
                actor=_sender(invitation),
                target=("invitation", str(invitation.pk)),
                at=now,
                role=invitation.role,
                organ=invitation.organ_code,
                ground=invitation.ground,
            )
    except IntegrityError as error:
        raise LoginNameTaken(login_name=name) from error
    return Letter(invitation=invitation, secret=secret)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
