"""Giving and taking back roles, closing accounts: by an administrator, for somebody else, on a written ground."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from xinheng.accounts.domain import NEEDS_ORGAN, ROLE_LABELS, Actor, Role, clash
from xinheng.accounts.errors import (
    GrantNotOpen,
    GroundMissing,
    NotAllowedToGrant,
    OrganNeeded,
    OwnGrant,
    PeriodBackwards,
    RoleHeldAlready,
    RolesClash,
)
from xinheng.accounts.models import Account, RoleGrant
from xinheng.adapters.database import constraint_of
from xinheng.audit.services import event_record

_ONE_OPEN = "grant_one_open_per_role_and_organ"


def role_grant(
    *,
    account: Account,
    role: Role,
    organ_code: str,
    valid_from: date,
    ground: str,
    by: Actor,
    now: datetime,
    valid_until: date | None = None,
    title: str = "",
    items: Sequence[str] = (),
) -> RoleGrant:
    """Give ``account`` a role in an organ (授予岗位).

    Args:
        account: who gets it; not the one who gives it.
        role: the role.
        organ_code: an organ of the catalogue (the caller has looked it up); empty for a representative.
        valid_from: first day, Asia/Shanghai.
        ground: a document's number or a reason.
        by: an administrator.
        now: the moment, aware.
        valid_until: last day, inclusive; ``None``: until it is taken back.
        title: what the post is called.
        items: items of the catalogue to which it is limited; none: all.

    Raises:
        NotAllowedToGrant, OwnGrant, GroundMissing, OrganNeeded, PeriodBackwards, RolesClash, RoleHeldAlready.
    """
    refuse_unless_administrator(by)
    if account.pk == by.account_id:
        raise OwnGrant
    return grant_add(
        account=account,
        role=role,
        organ_code=organ_code,
        valid_from=valid_from,
        valid_until=valid_until,
        ground=ground,
        title=title,
        items=items,
        granted_by_id=by.account_id,
        granted_from_server="",
        actor=by.signature,
        now=now,
    )


def grant_add(
    *,
    account: Account,
    role: Role,
    organ_code: str,
    valid_from: date,
    valid_until: date | None,
    ground: str,
    title: str,
    items: Sequence[str],
    granted_by_id: int | None,
    granted_from_server: str,
    actor: str,
    now: datetime,
) -> RoleGrant:
    """Add a grant whose giver was looked at already; see :func:`role_grant` for the rest."""
    if not ground.strip():
        raise GroundMissing
    if (role in NEEDS_ORGAN) != bool(organ_code):
        raise OrganNeeded(role=ROLE_LABELS[role])
    if valid_until is not None and valid_until < valid_from:
        raise PeriodBackwards(since=valid_from, until=valid_until)
    try:
        with transaction.atomic():
            # One at a time for one person: two grants that clash are each fine alone.
            Account.objects.select_for_update().get(pk=account.pk)
            _refuse_clash(account, role)
            grant = RoleGrant.objects.create(
                account=account,
                role=role,
                organ_code=organ_code,
                title=title,
                items=sorted(items),
                valid_from=valid_from,
                valid_until=valid_until,
                ground=ground,
                granted_by_id=granted_by_id,
                granted_from_server=granted_from_server,
                granted_at=now,
            )
            event_record(
                action="accounts.role.granted",
                actor=actor,
                target=("account", str(account.pk)),
                at=now,
                role=role.value,
                organ=organ_code,
                ground=ground,
                grant=grant.pk,
            )
    except IntegrityError as error:
        if constraint_of(error) != _ONE_OPEN:
            raise
        raise RoleHeldAlready(name=account.display_name, organ=organ_code, role=ROLE_LABELS[role]) from error
    return grant


def role_revoke(*, grant_id: int, ground: str, by: Actor, now: datetime) -> None:
    """Take a role back (收回岗位), at once.

    Raises:
        NotAllowedToGrant, OwnGrant, GroundMissing, GrantNotOpen.
    """
    refuse_unless_administrator(by)
    if not ground.strip():
        raise GroundMissing
    with transaction.atomic():
        grant = RoleGrant.objects.select_for_update().filter(pk=grant_id, revoked_at__isnull=True).first()
        if grant is None:
            raise GrantNotOpen
        if grant.account_id == by.account_id:
            raise OwnGrant
        grant.revoked_at, grant.revoked_by_id, grant.revoked_ground = now, by.account_id, ground
        grant.save(update_fields=["revoked_at", "revoked_by", "revoked_ground"])
        event_record(
            action="accounts.role.revoked",
            actor=by.signature,
            target=("account", str(grant.account_id)),
            at=now,
            role=grant.role,
            organ=grant.organ_code,
            ground=ground,
            grant=grant.pk,
        )


def account_close(*, account: Account, ground: str, by: Actor, now: datetime) -> None:
    """Close an account (停用账号): no sign-in, open sessions end, roles are of no effect. Repeating it changes nothing.

    Raises:
        NotAllowedToGrant, OwnGrant, GroundMissing.
    """
    refuse_unless_administrator(by)
    if not ground.strip():
        raise GroundMissing
    if account.pk == by.account_id:
        raise OwnGrant
    with transaction.atomic():
        closed = Account.objects.filter(pk=account.pk, is_active=True).update(
            is_active=False, closed_at=now, closed_ground=ground
        )
        if not closed:
            return
        for session in Session.objects.filter(expire_date__gt=now):
            if session.get_decoded().get("_auth_user_id") == str(account.pk):
                session.delete()
        event_record(
            action="accounts.account.closed",
            actor=by.signature,
            target=("account", str(account.pk)),
            at=now,
            ground=ground,
        )


def refuse_unless_administrator(by: Actor) -> None:
    """Refuse anybody who may not manage accounts.

    Raises:
        NotAllowedToGrant: the actor is no administrator.
    """
    if Role.ADMINISTRATOR not in by.roles:
        raise NotAllowedToGrant


def _refuse_clash(account: Account, role: Role) -> None:
    """Refuse roles that one person may not hold together, whatever their dates: open is open."""
    held = {Role(value) for value in account.grants.filter(revoked_at__isnull=True).values_list("role", flat=True)}
    pair = clash(held | {role})
    if pair is not None:
        raise RolesClash(one=ROLE_LABELS[pair[0]], other=ROLE_LABELS[pair[1]])
