"""Letting systems in and out (系统接入登记、停用): by a named person, for one organ, on a written ground."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from allauth.idp.oidc.models import Client, Token
from django.db import transaction

from xinheng.accounts.domain import Actor, Purpose, scopes_of
from xinheng.accounts.errors import ClientNotOpen, GroundMissing, OrganNeeded, PeriodBackwards, ScopeMissing
from xinheng.accounts.models import SystemClient
from xinheng.accounts.services.grants import refuse_unless_administrator
from xinheng.audit.services import event_record

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLetter:
    """A registered system with what it signs in by; the secret is not kept anywhere but as a hash."""

    client: SystemClient
    client_id: str
    secret: str


def client_register(
    *,
    name: str,
    organ_code: str,
    items: Collection[str],
    purposes: Collection[Purpose],
    valid_from: date,
    ground: str,
    by: Actor,
    now: datetime,
    valid_until: date | None = None,
) -> ClientLetter:
    """Let a system report for one organ (登记系统接入).

    Args:
        name: what the system is called.
        organ_code: the organ it acts for; the caller has looked it up in the catalogue.
        items: items of the catalogue, looked up as well.
        purposes: what it is let in for.
        valid_from: first day, Asia/Shanghai.
        ground: a document's number or a reason.
        by: an administrator.
        now: the moment, aware.
        valid_until: last day, inclusive; ``None``: until it is closed.

    Raises:
        NotAllowedToGrant, OrganNeeded, ScopeMissing, GroundMissing, PeriodBackwards.
    """
    refuse_unless_administrator(by)
    client = SystemClient(
        name=name,
        organ_code=organ_code,
        items=sorted(items),
        purposes=sorted(purposes),
        valid_from=valid_from,
        valid_until=valid_until,
        ground=ground,
        registered_by_id=by.account_id,
        registered_at=now,
    )
    return _register(client, actor=by.signature)


def client_register_from_server(
    *,
    name: str,
    organ_code: str,
    items: Collection[str],
    purposes: Collection[Purpose],
    valid_from: date,
    ground: str,
    person: str,
    now: datetime,
    valid_until: date | None = None,
) -> ClientLetter:
    """Let a system in from the server's command line; ``person`` is who does it. Otherwise as :func:`client_register`.

    Raises:
        OrganNeeded, ScopeMissing, GroundMissing, PeriodBackwards.
    """
    if not person.strip():
        raise GroundMissing
    client = SystemClient(
        name=name,
        organ_code=organ_code,
        items=sorted(items),
        purposes=sorted(purposes),
        valid_from=valid_from,
        valid_until=valid_until,
        ground=ground,
        registered_from_server=person,
        registered_at=now,
    )
    return _register(client, actor=f"server:{person}")


def client_revoke(*, client_id: int, ground: str, by: Actor, now: datetime) -> None:
    """Close a system's way in (停用系统接入), at once: its tokens end.

    Raises:
        NotAllowedToGrant, GroundMissing, ClientNotOpen.
    """
    refuse_unless_administrator(by)
    _revoke(client_id, ground=ground, actor=by.signature, now=now, revoked_by_id=by.account_id)


def client_revoke_from_server(*, client_id: int, ground: str, person: str, now: datetime) -> None:
    """Close a system's way in from the server's command line; ``person`` is who does it.

    Raises:
        GroundMissing, ClientNotOpen.
    """
    if not person.strip():
        raise GroundMissing
    _revoke(client_id, ground=ground, actor=f"server:{person}", now=now, revoked_from_server=person)


def _register(client: SystemClient, *, actor: str) -> ClientLetter:
    if not client.organ_code:
        raise OrganNeeded(role="系统接入")
    if not client.items or not client.purposes:
        raise ScopeMissing
    if not client.ground.strip():
        raise GroundMissing
    if client.valid_until is not None and client.valid_until < client.valid_from:
        raise PeriodBackwards(since=client.valid_from, until=client.valid_until)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    scopes = scopes_of(purposes=[Purpose(value) for value in client.purposes], items=client.items)
    oauth = Client(name=client.name, grant_types=Client.GrantType.CLIENT_CREDENTIALS, response_types="")
    oauth.set_secret(secret)
    oauth.set_scopes(scopes)
    oauth.set_default_scopes(scopes)
    with transaction.atomic():
        oauth.save()
        client.oauth = oauth
        client.save()
        event_record(
            action="accounts.client.registered",
            actor=actor,
            target=("client", str(client.pk)),
            at=client.registered_at,
            organ=client.organ_code,
            items=client.items,
            purposes=client.purposes,
            ground=client.ground,
        )
    return ClientLetter(client=client, client_id=oauth.pk, secret=secret)


@transaction.atomic
def _revoke(client_id: int, *, ground: str, actor: str, now: datetime, **by: object) -> None:
    if not ground.strip():
        raise GroundMissing
    found = SystemClient.objects.select_related("oauth").filter(pk=client_id, revoked_at__isnull=True).first()
    if found is None or not SystemClient.objects.filter(pk=client_id, revoked_at__isnull=True).update(
        revoked_at=now, revoked_ground=ground, **by
    ):
        raise ClientNotOpen
    Token.objects.filter(client=found.oauth).delete()
    found.oauth.set_secret(secrets.token_urlsafe(_SECRET_BYTES))  # known to nobody
    found.oauth.set_grant_types([])
    found.oauth.save()
    event_record(action="accounts.client.revoked", actor=actor, target=("client", str(client_id)), at=now, ground=ground)


def tokens_forget() -> int:
    """Forget the tokens of systems that are over; return how many. Repeating it changes nothing."""
    count: int = Token.objects.expired().delete()[0]
    return count
