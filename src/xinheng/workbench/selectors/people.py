"""People and their roles as an administrator reads them."""

from datetime import date

from django.db.models import QuerySet

from xinheng.accounts.domain import ROLE_LABELS, Role
from xinheng.accounts.models import Account, RoleGrant
from xinheng.accounts.selectors import accounts_listed, second_factors
from xinheng.adapters.clock import CHINA
from xinheng.kernel.dates import chinese_date
from xinheng.workbench.domain import GrantLine, PersonLine
from xinheng.workbench.selectors.organs import organ_name


def people_listed(*, on_date: date) -> tuple[PersonLine, ...]:
    """Return everybody with their grants. Three queries."""
    return _lines(accounts_listed(), on_date)


def person_line(*, account_id: int, on_date: date) -> PersonLine | None:
    """Return one person with all grants, ``None`` for an unknown number. Three queries."""
    return next(iter(_lines(accounts_listed().filter(pk=account_id), on_date)), None)


def _lines(accounts: QuerySet[Account], on_date: date) -> tuple[PersonLine, ...]:
    strong = set(second_factors().filter(user__in=[account.pk for account in accounts]).values_list("user_id", flat=True))
    return tuple(_line(account, account.pk in strong, on_date) for account in accounts)


def _line(account: Account, has_second_factor: bool, on_date: date) -> PersonLine:  # noqa: FBT001 - a column of the line
    return PersonLine(
        account_id=account.pk,
        name=account.display_name,
        login_name=account.login_name,
        is_active=account.is_active,
        has_second_factor=has_second_factor,
        grants=tuple(_grant(grant, on_date) for grant in account.listed_grants),  # type: ignore[attr-defined] # prefetched
    )


def _grant(grant: RoleGrant, on_date: date) -> GrantLine:
    giver = grant.granted_by.display_name if grant.granted_by else f"{grant.granted_from_server}（在服务器上）"
    ended = ""
    if grant.revoked_at is not None:
        by = grant.revoked_by.display_name if grant.revoked_by else ""
        ended = f"{chinese_date(grant.revoked_at.astimezone(CHINA).date())}由{by}收回：{grant.revoked_ground}"
    elif grant.valid_until is not None and grant.valid_until < on_date:
        ended = f"{chinese_date(grant.valid_until)}到期"
    return GrantLine(
        grant_id=grant.pk,
        role=ROLE_LABELS[Role(grant.role)],
        organ=organ_name(grant.organ_code),
        title=grant.title,
        since=grant.valid_from,
        until=grant.valid_until,
        given=f"{chinese_date(grant.granted_at.astimezone(CHINA).date())}由{giver}授予，依据：{grant.ground}",
        is_open=grant.revoked_at is None,
        ended=ended,
    )
