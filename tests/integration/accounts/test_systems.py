"""Systems: registered by a named administrator for one organ, dated, revocable; tokens for a secret that is not kept."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as OauthClient
from allauth.idp.oidc.models import Token
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests.factories.accounts import NOW, ORGAN, TODAY, make_account, make_actor, signed_in_client
from tests.factories.systems import PENALTY, make_system, token_of

from xinheng.accounts.domain import Purpose, Role
from xinheng.accounts.errors import ClientNotOpen, GroundMissing, NotAllowedToGrant, OrganNeeded, PeriodBackwards, ScopeMissing
from xinheng.accounts.models import SystemClient
from xinheng.accounts.selectors import system_of_token
from xinheng.accounts.services import client_register, client_revoke, client_revoke_from_server
from xinheng.adapters.limits import Cost, Limiter
from xinheng.audit.models import Event
from xinheng.config.commands.client import client

pytestmark = pytest.mark.django_db
GIVEN = {"name": "执法系统", "organ_code": ORGAN, "items": [PENALTY], "purposes": [Purpose.REPORT], "valid_from": TODAY}


def test_a_token_is_the_systems_for_its_scopes():
    letter = make_system(items=[PENALTY, "administrative_licence"])
    system = system_of_token(token=token_of(letter), on_date=TODAY)
    assert system.organ_code == ORGAN
    assert system.signature == f"client:{letter.client.pk}"
    assert system.may(Purpose.REPORT, item_id=PENALTY)
    assert system.may(Purpose.FOLLOW, item_id="administrative_licence")
    narrow = system_of_token(token=token_of(letter, scope=f"follow:{PENALTY}"), on_date=TODAY)
    assert narrow.scopes == {f"follow:{PENALTY}"}


def test_neither_secret_nor_token_is_kept():
    letter = make_system()
    token = token_of(letter)
    with connection.cursor() as cursor:
        for table in ("allauth_idp_oidc_client", "allauth_idp_oidc_token", "accounts_systemclient", "audit_event"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            kept = cursor.fetchone()[0]
            assert letter.secret not in kept
            assert token not in kept
    assert OauthClient.objects.get().secret.startswith("argon2")


@pytest.mark.parametrize(
    "asked",
    [
        {"grant_type": "client_credentials", "client_secret": "wrong"},
        {"grant_type": "client_credentials", "client_id": "nobody"},
        {"grant_type": "client_credentials", "client_secret": ""},
        {"grant_type": "client_credentials", "scope": "report:administrative_licence"},
        {"grant_type": "client_credentials", "scope": "openid"},
        {"grant_type": "password", "username": "wang.ping", "password": "x"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"},
        {},
    ],
)
def test_no_token_for_less_than_that(asked):
    letter = make_system()
    response = Client().post("/oauth/token", {"client_id": letter.client_id, "client_secret": letter.secret} | asked)
    assert response.status_code in {400, 401}
    assert not Token.objects.exists()


def test_a_token_ends_with_its_hour_with_the_dates_and_with_the_system():
    letter = make_system(valid_until=TODAY + timedelta(days=1))
    token = token_of(letter)
    assert system_of_token(token=token, on_date=TODAY) is not None
    assert system_of_token(token=token, on_date=TODAY - timedelta(days=1)) is None
    assert system_of_token(token=token, on_date=TODAY + timedelta(days=2)) is None
    assert system_of_token(token=token + "x", on_date=TODAY) is None
    assert system_of_token(token="", on_date=TODAY) is None
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert system_of_token(token=token, on_date=TODAY) is None


def test_who_is_closed_out_is_out_at_once():
    letter = make_system()
    token = token_of(letter)
    client_revoke_from_server(client_id=letter.client.pk, ground="换系统", person="机房值班", now=NOW)
    assert system_of_token(token=token, on_date=TODAY) is None
    asked = {"grant_type": "client_credentials", "client_id": letter.client_id, "client_secret": letter.secret}
    assert Client().post("/oauth/token", asked).status_code in {400, 401}
    with pytest.raises(ClientNotOpen):
        client_revoke_from_server(client_id=letter.client.pk, ground="再来", person="机房值班", now=NOW)
    with pytest.raises(GroundMissing):
        client_revoke_from_server(client_id=make_system().client.pk, ground=" ", person="机房值班", now=NOW)
    actions = list(Event.objects.filter(action__startswith="accounts.client").order_by("pk").values_list("action", "actor"))
    assert actions[:2] == [("accounts.client.registered", "server:机房值班"), ("accounts.client.revoked", "server:机房值班")]


def test_only_an_administrator_lets_systems_in():
    boss, clerk = make_actor("demo.boss", Role.ADMINISTRATOR), make_actor("demo.clerk")
    with pytest.raises(NotAllowedToGrant):
        client_register(**GIVEN, ground="x", by=clerk, now=NOW)
    letter = client_register(**GIVEN, ground="x", by=boss, now=NOW)
    with pytest.raises(NotAllowedToGrant):
        client_revoke(client_id=letter.client.pk, ground="x", by=clerk, now=NOW)
    for wrong, error in (
        ({"ground": " "}, GroundMissing),
        ({"items": []}, ScopeMissing),
        ({"purposes": []}, ScopeMissing),
        ({"organ_code": ""}, OrganNeeded),
        ({"valid_until": TODAY - timedelta(days=1)}, PeriodBackwards),
    ):
        with pytest.raises(error):
            client_register(**({"ground": "x", "by": boss, "now": NOW} | GIVEN | wrong))
    client_revoke(client_id=letter.client.pk, ground="x", by=boss, now=NOW)


def test_what_was_registered_is_not_rewritten():
    letter = make_system()
    for change in ({"organ_code": "X"}, {"items": ["y"]}, {"valid_from": TODAY}, {"registered_from_server": "z"}):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            SystemClient.objects.filter(pk=letter.client.pk).update(**change)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        letter.client.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        SystemClient.objects.filter(pk=letter.client.pk).update(revoked_at=NOW)


def test_the_pages_register_show_once_and_close():
    browser = signed_in_client(make_account("demo.boss", Role.ADMINISTRATOR))
    page = browser.post("/workbench/systems/register/", {"name": "执法系统"})
    assert page.status_code == 422
    values = GIVEN | {"purposes": ["report"], "ground": "奉演〔2026〕9号", "valid_from": "2026-03-31"}
    page = browser.post("/workbench/systems/register/", values).content.decode()
    found = SystemClient.objects.get()
    assert found.oauth_id in page
    assert "client_secret" in page
    listed = browser.get("/workbench/systems/").content.decode()
    assert "执法系统" in listed
    assert found.oauth_id in listed
    assert "client_secret" not in listed
    assert "要写明理由" in browser.post(f"/workbench/systems/{found.pk}/revoke/", {}, follow=True).content.decode()
    page = browser.post(f"/workbench/systems/{found.pk}/revoke/", {"ground": "换系统"}, follow=True).content.decode()
    assert "换系统" in page
    assert (
        "没有办理" in browser.post(f"/workbench/systems/{found.pk}/revoke/", {"ground": "再来"}, follow=True).content.decode()
    )


def test_the_commands_register_list_and_close():
    runner = CliRunner()
    words = ["register", "执法系统", "--organ", ORGAN, "--item", PENALTY, "--ground", "奉演〔2026〕9号", "--by", "机房值班"]
    told = runner.invoke(client, words).output
    letter = dict(line.split("=", 1) for line in told.splitlines() if line.startswith("client_"))
    asked = {"grant_type": "client_credentials", "client_id": letter["client_id"], "client_secret": letter["client_secret"]}
    assert Client().post("/oauth/token", asked).status_code == 200
    number = str(SystemClient.objects.get().pk)
    assert "在用" in runner.invoke(client, ["list"]).output
    assert runner.invoke(client, ["revoke", number, "--ground", "换系统", "--by", "机房值班"]).exit_code == 0
    assert "已停用：换系统" in runner.invoke(client, ["list"]).output
    assert Client().post("/oauth/token", asked).status_code in {400, 401}
    assert "目录里没有" in runner.invoke(client, [*words[:5], "nothing", *words[6:]]).output


def test_guessing_is_slowed_down_and_then_refused(monkeypatch):
    limiter = Limiter(dict.fromkeys(Cost, "2/m"), pause=lambda _: None)
    monkeypatch.setattr("xinheng.config.limits.limiter", lambda: limiter)
    letter = make_system()
    asked = {"grant_type": "client_credentials", "client_id": letter.client_id, "client_secret": "guess"}
    answers = [Client().post("/oauth/token", asked) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[-1].json()["code"] == "api.too_many"
    assert int(answers[-1]["Retry-After"]) > 0
