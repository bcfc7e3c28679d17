"""Accounts of a demonstration: secrets drawn at set-up, kept in one file of its owner's, of use in a demonstration only."""

import json
import stat

import click
import pytest
from click.testing import CliRunner
from django.test import Client
from tests.factories.accounts import make_account, totp_code

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account, RoleGrant
from xinheng.config.commands.demo import demo
from xinheng.config.commands.demo_accounts import accounts_file, accounts_make, accounts_told

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings):
    settings.XINHENG_DEMO = True


def written() -> dict[str, dict[str, str]]:
    return {one["登录名"]: one for one in json.loads(accounts_file().read_text(encoding="utf-8"))["账号"]}


def signs_in(one: dict[str, str]) -> bool:
    client = Client()
    client.post("/account/login/", {"login": one["登录名"], "password": one["口令"]})
    client.post("/account/second-factor/authenticate/", {"code": totp_code(one["验证器密钥"])})
    return client.get("/workbench/").status_code == 200


def test_the_accounts_are_made_once_and_told_once(demonstration, capsys):
    accounts_told()
    said = capsys.readouterr().out
    people = written()
    assert stat.S_IMODE(accounts_file().stat().st_mode) == 0o600
    assert set(RoleGrant.objects.values_list("account__login_name", "role")) == {
        ("demo.clerk", Role.CLERK),
        ("demo.reviewer", Role.REVIEWER),
        ("demo.officer", Role.CREDIT_OFFICER),
        ("demo.auditor", Role.AUDITOR),
        ("demo.director", Role.CREDIT_DIRECTOR),
        ("demo.admin", Role.ADMINISTRATOR),
    }
    assert all(one["口令"] in said and one["验证器密钥"] not in said for one in people.values())
    assert len({one["口令"] for one in people.values()}) == len(people)
    assert people["demo.clerk"]["单位"] == "奉节县市场监督管理局"
    assert all(signs_in(one) for one in people.values())

    accounts_told()
    said = capsys.readouterr().out
    assert str(accounts_file()) in said
    assert not any(one["口令"] in said for one in people.values())
    assert written() == people
    codes = CliRunner().invoke(demo, ["--codes"], catch_exceptions=False).output
    assert totp_code(people["demo.director"]["验证器密钥"]) in codes

    # The file is lost: others are drawn, the old ones open nothing.
    accounts_file().unlink()
    accounts_told()
    assert Account.objects.count() == len(people)
    assert not signs_in(people["demo.admin"])
    assert signs_in(written()["demo.reviewer"])


def test_they_are_of_use_in_a_demonstration_only(demonstration, settings):
    page = Client().get("/account/login/").content.decode()
    assert "var/demo/accounts.json" in page
    accounts_told()
    people = written()
    settings.XINHENG_DEMO = False
    assert "accounts.json" not in Client().get("/account/login/").content.decode()
    assert not any(signs_in(one) for one in people.values())
    with pytest.raises(click.ClickException, match="不是演示"):
        accounts_make()
    settings.XINHENG_DEMO = True
    assert signs_in(people["demo.officer"])


def test_none_are_made_where_people_have_accounts(demonstration, capsys):
    make_account("wang.ping")
    accounts_told()
    assert "别人的账号" in capsys.readouterr().out
    assert list(Account.objects.values_list("login_name", flat=True)) == ["wang.ping"]
    assert not accounts_file().exists()
