"""All roles × all routes of the workbench: each page answers its roles and nobody else."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from tests.factories.accounts import NOW, make_account, set_up_totp, signed_in_client
from tests.factories.intake_world import ORGAN, file_write, penalty

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account
from xinheng.adapters import clock
from xinheng.intake.services import submission_receive

READERS = {Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICER, Role.CREDIT_DIRECTOR}
OFFICE = {Role.CREDIT_OFFICER, Role.CREDIT_DIRECTOR}
CLERKS = {Role.CLERK}
REVIEWERS = {Role.REVIEWER}
MANAGERS = {Role.ADMINISTRATOR}
REPORTERS = {Role.CLERK, Role.REVIEWER}
EVERYBODY = set(Role)

# Every route: who may, and with which method it acts.
ROUTES = {
    "home": (EVERYBODY, "get"),
    "submissions": (READERS, "get"),
    "upload": (CLERKS, "get"),
    "submission": (READERS, "get"),
    "deadlines": (READERS, "get"),
    "quality": (READERS, "get"),
    "quality_rows": (READERS, "get"),
    "overview": (OFFICE, "get"),
    "bulletin": (OFFICE, "get"),
    "table": (READERS, "get"),
    "zero_reports": (READERS, "get"),
    "zero_report_state": ({Role.CLERK}, "post"),
    "zero_report_certify": ({Role.REVIEWER}, "post"),
    "zero_report_return": ({Role.REVIEWER}, "post"),
    "zero_report_withdraw": ({Role.CLERK}, "post"),
    "gaps": (READERS, "get"),
    "gap_explain": ({Role.CLERK}, "post"),
    "reconciliations": (READERS, "get"),
    "reconcile": ({Role.CLERK} | OFFICE, "post"),
    "reconciliation": (READERS, "get"),
    "doubts": (READERS, "get"),
    "doubt": (READERS, "get"),
    "doubt_decide": (READERS, "post"),
    "doubt_confirm": (READERS, "post"),
    "doubt_decline": (READERS, "post"),
    "doubt_undo": (READERS, "post"),
    "record": (READERS, "get"),
    "record_start": (CLERKS, "get"),
    "record_form": (CLERKS, "get"),
    "record_fields": (CLERKS, "post"),
    "record_draft_discard": (CLERKS, "post"),
    "catalogue_proposals": (OFFICE, "get"),
    "catalogue_propose": (OFFICE, "get"),
    "catalogue_proposal": (OFFICE, "get"),
    "catalogue_proposal_adopt": ({Role.CREDIT_DIRECTOR}, "post"),
    "catalogue_proposal_refuse": (OFFICE, "post"),
    "practice": (REPORTERS, "get"),
    "practice_item": (REPORTERS, "get"),
    "practice_sample": (REPORTERS, "get"),
    "waivers": (READERS, "get"),
    "waiver_ask": (REPORTERS, "get"),
    "waiver": (READERS, "get"),
    "waiver_decide": (OFFICE, "post"),
    "waiver_revoke": (OFFICE, "post"),
    "progress": (READERS, "get"),
    "give_up": (CLERKS, "post"),
    "findings": (READERS, "get"),
    "explain": (CLERKS, "post"),
    "findings_csv": (READERS, "get"),
    "marked": (READERS, "get"),
    "marked_progress": (READERS, "get"),
    "marked_file": (READERS, "get"),
    "marked_rest": (READERS, "get"),
    "cell": (READERS, "get"),
    "recheck": (CLERKS, "post"),
    "submit": (CLERKS, "get"),
    "unlock": (CLERKS, "post"),
    "certify": (REVIEWERS, "get"),
    "send_back": (REVIEWERS, "post"),
    "withdraw": (REVIEWERS, "get"),
    "notices": (EVERYBODY, "get"),
    "notices_seen": (EVERYBODY, "post"),
    "contact": (EVERYBODY, "post"),
    "people": (MANAGERS, "get"),
    "invite": (MANAGERS, "get"),
    "invitation_withdraw": (MANAGERS, "post"),
    "person": (MANAGERS, "get"),
    "grant": (MANAGERS, "post"),
    "close": (MANAGERS, "post"),
    "revoke": (MANAGERS, "post"),
    "trail": ({Role.AUDITOR}, "get"),
    "trail_file": ({Role.AUDITOR}, "get"),
    "clients": (MANAGERS, "get"),
    "client_register": (MANAGERS, "get"),
    "client_revoke": (MANAGERS, "post"),
}


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def number(db, tmp_path):
    """Return the number of a submission of the market supervision that has just arrived."""
    path = file_write(tmp_path / "处罚.csv", [penalty(1)])
    return submission_receive(path=path, organ_code=ORGAN, clerk="demo.clerk", item_id="administrative_penalty", now=NOW).number


@pytest.fixture
def addresses(number):
    """Return an address of every route of the workbench, by name."""
    other = make_account("demo.other")
    values = {"number": number, "account_id": other.pk, "invitation_id": 1, "grant_id": other.grants.get().pk}
    values |= {"client_id": 1, "report_id": 1, "reconciliation_id": 1, "slug": "quality", "form": "csv"}
    values |= {"doubt_id": 1, "waiver_id": 1, "proposal_id": 1, "item_id": "administrative_penalty", "draft_id": UUID(int=1)}
    values |= {"rule": "V01", "record_id": UUID(int=1)}
    patterns = next(p for p in get_resolver().url_patterns if str(p.pattern) == "workbench/").url_patterns
    return {
        pattern.name: reverse(f"workbench:{pattern.name}", kwargs={name: values[name] for name in pattern.pattern.converters})
        for pattern in patterns
    }


def test_every_route_is_in_the_table(addresses):
    assert set(addresses) == set(ROUTES)


def test_every_role_on_every_route(clients, addresses):
    tried = refused = 0
    for name, address in addresses.items():
        allowed, method = ROUTES[name]
        for role, client in clients.items():
            response = getattr(client, method)(address)
            tried += 1
            if role in allowed:
                assert response.status_code in (200, 302, 404, 422), (name, role, response.status_code)
            else:
                refused += 1
                assert response.status_code == 403, (name, role, response.status_code)
                assert "这一页由" in response.content.decode()
    assert tried == len(ROUTES) * len(Role)
    assert refused > tried / 2


def test_nobody_without_signing_in(addresses):
    for name, address in addresses.items():
        response = getattr(Client(), ROUTES[name][1])(address)
        assert response.status_code == 302, name
        assert response["Location"].startswith("/account/login/"), name


def test_nobody_without_a_second_factor(addresses):
    client = signed_in_client(make_account("demo.weak", Role.ADMINISTRATOR), second_factor=False)
    for name, address in addresses.items():
        response = getattr(client, ROUTES[name][1])(address)
        assert response.status_code == 302, name
        assert response["Location"] == "/account/second-factor/totp/activate/", name


def test_another_organs_submission_is_not_found(clients, foreign_clerk, number):
    address = f"/workbench/submissions/{number}/"
    assert foreign_clerk.get(address).status_code == 404
    assert number not in foreign_clerk.get("/workbench/submissions/").content.decode()
    for role in READERS:
        page = clients[role].get(address)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in page["X-Robots-Tag"]


def test_a_role_that_was_taken_back_opens_nothing(db):
    account = make_account("demo.gone")
    client = signed_in_client(account)
    assert client.get("/workbench/submissions/").status_code == 200
    account.grants.update(revoked_at=NOW, revoked_ground="调离")
    assert client.get("/workbench/submissions/").status_code == 403


def test_acts_need_the_token_of_the_page(db):
    client = Client(enforce_csrf_checks=True)
    account = make_account("demo.boss", Role.ADMINISTRATOR)
    set_up_totp(account)
    client.force_login(account)
    other = make_account("demo.other")
    assert client.post(f"/workbench/people/{other.pk}/close/", {"ground": "x"}).status_code == 403
    assert Account.objects.get(pk=other.pk).is_active
