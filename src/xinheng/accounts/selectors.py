"""Who somebody is and what this person may do on a day."""

from collections.abc import Iterable
from datetime import date, datetime

from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from django.db.models import Exists, Prefetch, Q, QuerySet

from xinheng.accounts.domain import DEMONSTRATION, OFFICE_ROLES, SYSTEM_SIGNATURE, Actor, Post, Role, System
from xinheng.accounts.errors import AccountNotFound
from xinheng.accounts.models import Account, Invitation, RoleGrant, SystemClient

_ACCOUNT = "account:"


def grants_in_force(*, on_date: date) -> QuerySet[RoleGrant]:
    """Return the grants that hold on the Asia/Shanghai day ``on_date``."""
    return RoleGrant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on_date), revoked_at__isnull=True, valid_from__lte=on_date
    )


def actor_of(*, account: Account, on_date: date) -> Actor:
    """Return the person and the posts in force on ``on_date``; of a closed account none. One query, two without a post."""
    factors = second_factors().filter(user_id=account.pk)
    open_ones = grants_in_force(on_date=on_date).filter(account=account) if account.is_active else RoleGrant.objects.none()
    grants = list(open_ones.annotate(has_second_factor=Exists(factors)).order_by("pk"))
    posts = tuple(
        Post(role=Role(grant.role), organ_code=grant.organ_code, title=grant.title, items=frozenset(grant.items))
        for grant in grants
    )
    has_second_factor = grants[0].has_second_factor if grants else factors.exists()
    return Actor(
        account_id=account.pk,
        name=account.display_name,
        login_name=account.login_name,
        posts=posts,
        has_second_factor=has_second_factor,
    )


def second_factors() -> QuerySet[Authenticator]:
    """Return what counts as a second factor: an app or a security key. Recovery codes alone are none."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return found


def accounts_holding(*, role: Role, organ_code: str, on_date: date) -> QuerySet[Account]:
    """Return the open accounts that hold ``role`` in the organ on ``on_date``, in no order."""
    return _open_accounts(grants_in_force(on_date=on_date).filter(role=role.value, organ_code=organ_code))


def officers_on_duty(*, on_date: date, roles: Iterable[Role] = OFFICE_ROLES) -> QuerySet[Account]:
    """Return the open accounts of the credit office on ``on_date``, or those that hold one of its ``roles``, in no order."""
    return _open_accounts(grants_in_force(on_date=on_date).filter(role__in=[role.value for role in roles]))


def _open_accounts(grants: QuerySet[RoleGrant]) -> QuerySet[Account]:
    return Account.objects.filter(pk__in=grants.values("account_id"), is_active=True)


def account_ids_of(*, login_names: Iterable[str]) -> list[int]:
    """Return the numbers of the open accounts with these login names, in order. One query."""
    found = Account.objects.filter(login_name__in=set(login_names), is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def names_of(*, login_names: Iterable[str]) -> dict[str, str]:
    """Return the names that colleagues read, by login name; who has no account is left out. One query."""
    wanted = {login_name for login_name in login_names if login_name}
    return dict(Account.objects.filter(login_name__in=wanted).values_list("login_name", "display_name"))


def names_of_signatures(*, signatures: Iterable[str]) -> dict[str, str]:
    """Return what colleagues read for signatures of people and systems; others are left out. Two queries at most."""
    wanted: dict[str, set[int]] = {_ACCOUNT: set(), SYSTEM_SIGNATURE: set()}
    for signature in signatures:
        for begins, numbers in wanted.items():
            if signature.startswith(begins) and signature.removeprefix(begins).isdecimal():
                numbers.add(int(signature.removeprefix(begins)))
    found: dict[str, str] = {}
    if accounts := wanted[_ACCOUNT]:
        people = Account.objects.filter(pk__in=accounts).values_list("pk", "display_name")
        found |= {f"{_ACCOUNT}{number}": name for number, name in people}
    if clients := wanted[SYSTEM_SIGNATURE]:
        systems = SystemClient.objects.filter(pk__in=clients).values_list("pk", "name")
        found |= {f"{SYSTEM_SIGNATURE}{number}": name for number, name in systems}
    return found


def signature_of(*, login_name: str) -> str:
    """Return the signature of whoever has this login name, empty where nobody has. One query."""
    number = Account.objects.filter(login_name=login_name).values_list("pk", flat=True).first()
    return f"{_ACCOUNT}{number}" if number else ""


def account_get(*, login_name: str) -> Account:
    """Return one account.

    Raises:
        AccountNotFound: nobody has this login name.
    """
    try:
        return Account.objects.get(login_name=login_name)
    except Account.DoesNotExist:
        raise AccountNotFound(login_name=login_name) from None


def accounts_listed() -> QuerySet[Account]:
    """Return all accounts by name, each with its grants (``listed_grants``, newest first). Two queries."""
    grants = RoleGrant.objects.select_related("granted_by", "revoked_by").order_by("-pk")
    return Account.objects.order_by("-is_active", "display_name", "pk").prefetch_related(
        Prefetch("grants", queryset=grants, to_attr="listed_grants")
    )


def is_of_demonstration(*, account: Account) -> bool:
    """Return whether the account was made for a demonstration."""
    return RoleGrant.objects.filter(account=account, granted_from_server=DEMONSTRATION).exists()


def invitations_open(*, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, oldest first."""
    found = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)
    return found.order_by("pk")


def clients_listed() -> QuerySet[SystemClient]:
    """Return all registered systems, those in use first. One query."""
    return SystemClient.objects.select_related("registered_by", "revoked_by").order_by("revoked_at", "organ_code", "pk")


def system_of_token(*, token: str, on_date: date) -> System | None:
    """Return the system that a token was issued to, ``None`` where the token is unknown or over, or the system is not let in.

    A token is known by its hash alone. What was taken back or has not begun on the Asia/Shanghai day ``on_date`` opens nothing.
    """
    found = Token.objects.lookup(Token.Type.ACCESS_TOKEN, token)
    if found is None or found.client_id is None:
        return None
    in_force = Q(valid_until__isnull=True) | Q(valid_until__gte=on_date)
    client = SystemClient.objects.filter(
        in_force, oauth_id=found.client_id, revoked_at__isnull=True, valid_from__lte=on_date
    ).first()
    if client is None:
        return None
    return System(client_id=client.pk, name=client.name, organ_code=client.organ_code, scopes=frozenset(found.get_scopes()))
