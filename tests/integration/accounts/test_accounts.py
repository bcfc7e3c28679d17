"""Invitations, roles, closing: who may, what the database refuses besides, what is logged."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from tests.factories.accounts import NOW, ORGAN, OTHER_ORGAN, PASSWORD, TODAY, grant, make_account, make_actor

from xinheng.accounts.domain import Role
from xinheng.accounts.errors import (
    GrantNotOpen,
    GroundMissing,
    InvitationUnusable,
    LoginNameMalformed,
    LoginNameTaken,
    NotAllowedToGrant,
    OrganNeeded,
    OwnGrant,
    PasswordTooWeak,
    PeriodBackwards,
    RoleHeldAlready,
    RolesClash,
)
from xinheng.accounts.models import Account, Invitation, RoleGrant
from xinheng.accounts.selectors import account_get, actor_of, grants_in_force
from xinheng.accounts.services import (
    account_close,
    invitation_accept,
    invitation_send,
    invitation_withdraw,
    role_grant,
    role_revoke,
)
from xinheng.audit.selectors import events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return make_actor("admin.one", Role.ADMINISTRATOR)


def invite(by, login_name="li.na", role=Role.CLERK, organ=ORGAN, ground="奉演〔2026〕3号", now=NOW):
    return invitation_send(
        login_name=login_name, display_name="李娜（演示）", role=role, organ_code=organ, ground=ground, by=by, now=now
    )


def test_an_invitation_makes_an_account_with_its_role_once(administrator):
    letter = invite(administrator)
    account = invitation_accept(secret=letter.secret, password=PASSWORD, now=NOW)
    actor = actor_of(account=account, on_date=TODAY)
    assert actor.may(Role.CLERK, organ_code=ORGAN)
    assert account.grants.get().granted_by_id == administrator.account_id
    assert account.password.startswith("argon2")
    assert [event.action for event in events_of(kind="account", identifier=str(account.pk))] == [
        "accounts.invitation.accepted",
        "accounts.role.granted",
    ]
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=letter.secret, password=PASSWORD, now=NOW)


def test_the_secret_of_an_invitation_is_kept_nowhere(administrator):
    letter = invite(administrator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM accounts_invitation i UNION ALL SELECT e::text FROM audit_event e")
        assert all(letter.secret not in row for (row,) in cursor.fetchall())


@pytest.mark.parametrize("later", [timedelta(days=7), timedelta(days=30)])
def test_an_invitation_runs_out(administrator, later):
    letter = invite(administrator)
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=letter.secret, password=PASSWORD, now=NOW + later)
    invite(administrator, now=NOW + later)  # and is out of the way of a new one
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 2  # the administrator's own and the new one


def test_an_invitation_that_was_taken_back_is_of_no_use(administrator):
    letter = invite(administrator)
    invitation_withdraw(invitation_id=letter.invitation.pk, by=administrator, now=NOW)
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=letter.secret, password=PASSWORD, now=NOW)


def test_an_invitation_of_somebody_who_is_no_administrator_any_more_is_of_no_use(administrator):
    second = make_actor("admin.two", Role.ADMINISTRATOR)
    letter = invite(administrator)
    role_revoke(grant_id=RoleGrant.objects.get(account_id=administrator.account_id).pk, ground="调离", by=second, now=NOW)
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=letter.secret, password=PASSWORD, now=NOW)
    assert not Account.objects.filter(login_name="li.na").exists()


@pytest.mark.parametrize("password", ["short", "12345678901234", "password1234", "zhang.weimin1"])
def test_a_weak_password_is_refused_and_the_invitation_stays(administrator, password):
    letter = invite(administrator, login_name="zhang.weimin")
    with pytest.raises(PasswordTooWeak):
        invitation_accept(secret=letter.secret, password=password, now=NOW)
    invitation_accept(secret=letter.secret, password=PASSWORD, now=NOW)


@pytest.mark.parametrize("name", ["李娜", "ab", "Li", "1li", "li na", "x" * 33, "a50023619900101123X"])
def test_login_names_are_plain_and_no_personal_numbers(administrator, name):
    with pytest.raises(LoginNameMalformed):
        invite(administrator, login_name=name)


def test_a_login_name_is_taken_by_accounts_and_open_invitations(administrator):
    invite(administrator)
    with pytest.raises(LoginNameTaken):
        invite(administrator)
    with pytest.raises(LoginNameTaken):
        invite(administrator, login_name="admin.one")


@pytest.mark.parametrize(("role", "organ"), [(Role.CLERK, ""), (Role.REPRESENTATIVE, ORGAN)])
def test_an_organ_where_the_role_needs_one(administrator, role, organ):
    with pytest.raises(OrganNeeded):
        invite(administrator, role=role, organ=organ)


def test_only_administrators_manage_accounts(administrator):
    clerk = make_account("li.na")
    for actor in (actor_of(account=clerk, on_date=TODAY), make_actor("audit.one", Role.AUDITOR)):
        with pytest.raises(NotAllowedToGrant):
            invite(actor, login_name="zhao.liu")
        with pytest.raises(NotAllowedToGrant):
            grant(clerk, Role.REVIEWER, actor)
        with pytest.raises(NotAllowedToGrant):
            role_revoke(grant_id=clerk.grants.get().pk, ground="试试", by=actor, now=NOW)
        with pytest.raises(NotAllowedToGrant):
            account_close(account=clerk, ground="试试", by=actor, now=NOW)


def test_roles_are_dated_and_taken_back(administrator):
    clerk = make_account("li.na")
    grant(clerk, Role.REVIEWER, administrator, valid_until=TODAY + timedelta(days=10))
    on = lambda days: actor_of(account=clerk, on_date=TODAY + timedelta(days=days)).roles
    assert on(-1) == set()
    assert on(0) == on(10) == {Role.CLERK, Role.REVIEWER}
    assert on(11) == {Role.CLERK}
    given = clerk.grants.get(role=Role.REVIEWER)
    role_revoke(grant_id=given.pk, ground="调离", by=administrator, now=NOW)
    assert on(0) == {Role.CLERK}
    with pytest.raises(GrantNotOpen):
        role_revoke(grant_id=given.pk, ground="调离", by=administrator, now=NOW)


def test_nobody_gives_or_takes_an_own_role(administrator):
    mine = account_get(login_name="admin.one")
    with pytest.raises(OwnGrant):
        grant(mine, Role.ADMINISTRATOR, administrator, organ=OTHER_ORGAN)
    with pytest.raises(OwnGrant):
        role_revoke(grant_id=mine.grants.get().pk, ground="不干了", by=administrator, now=NOW)
    with pytest.raises(OwnGrant):
        account_close(account=mine, ground="不干了", by=administrator, now=NOW)


@pytest.mark.parametrize(("held", "wanted"), [(Role.CLERK, Role.ADMINISTRATOR), (Role.AUDITOR, Role.REVIEWER)])
def test_roles_that_do_not_go_together(administrator, held, wanted):
    account = make_account("li.na", held)
    with pytest.raises(RolesClash):
        grant(account, wanted, administrator)


def test_grants_say_what_is_wrong(administrator):
    account = make_account("li.na")
    with pytest.raises(RoleHeldAlready):
        grant(account, Role.CLERK, administrator)
    with pytest.raises(PeriodBackwards):
        grant(account, Role.REVIEWER, administrator, valid_until=TODAY - timedelta(days=1))
    with pytest.raises(GroundMissing):
        role_grant(
            account=account, role=Role.REVIEWER, organ_code=ORGAN, valid_from=TODAY, ground=" ", by=administrator, now=NOW
        )


def test_a_closed_account_can_do_nothing(administrator, client):
    account = make_account("li.na")
    client.force_login(account)
    account_close(account=account, ground="调离", by=administrator, now=NOW)
    account.refresh_from_db()
    assert actor_of(account=account, on_date=TODAY).posts == ()
    assert client.get("/workbench/").status_code == 302
    page = client.post("/account/login/", {"login": "li.na", "password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/account/inactive/" or "_auth_user_id" not in client.session
    assert client.get("/workbench/").status_code == 302


class TestDatabase:
    """What the application role is refused by direct SQL."""

    def refused(self, statement, *parameters, by=(IntegrityError, ProgrammingError)):
        with pytest.raises(by), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    def test_history_of_grants_is_not_rewritten(self, administrator):
        make_account("li.na")
        self.refused("UPDATE accounts_rolegrant SET role = 'AUDITOR'")
        self.refused("UPDATE accounts_rolegrant SET granted_by_id = 1")
        self.refused("DELETE FROM accounts_rolegrant")
        self.refused("DELETE FROM accounts_account")
        self.refused("UPDATE accounts_account SET login_name = 'x'")
        self.refused("DELETE FROM accounts_invitation")

    def test_a_grant_by_somebody_else_than_an_administrator(self):
        clerk, other = make_account("li.na"), make_account("zhao.liu")
        self.refused(_INSERT, other.pk, "REVIEWER", clerk.pk)

    def test_a_grant_to_oneself(self, administrator):
        self.refused(_INSERT, administrator.account_id, "ADMINISTRATOR", administrator.account_id)

    def test_clashing_roles(self, administrator):
        self.refused(_INSERT, make_account("li.na").pk, "AUDITOR", administrator.account_id)

    def test_what_was_taken_back_stays_so(self, administrator):
        given = make_account("li.na").grants.get()
        role_revoke(grant_id=given.pk, ground="调离", by=administrator, now=NOW)
        self.refused("UPDATE accounts_rolegrant SET revoked_at = NULL, revoked_ground = '' WHERE id = %s", given.pk)
        assert not grants_in_force(on_date=TODAY).filter(pk=given.pk).exists()


_INSERT = (
    "INSERT INTO accounts_rolegrant (account_id, role, organ_code, title, items, valid_from, ground, granted_by_id, "
    "granted_from_server, granted_at, revoked_ground) "
    f"VALUES (%s, %s, '{ORGAN}', '', '[]', '2026-01-01', 'x', %s, '', '2026-01-01', '')"
)


def test_the_deployed_hasher_is_argon2_at_full_cost():
    from xinheng.config import settings as deployed

    assert deployed.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
