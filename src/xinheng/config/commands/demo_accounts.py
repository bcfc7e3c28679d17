"""Accounts of a demonstration: invented people of named organs, with secrets that are drawn at set-up and nowhere in the code.

They are made where the data are a demonstration's, in a database without accounts of anybody else, and sign in nowhere else
(``accounts.adapter``). Their secrets stand in one file that its owner alone reads.
"""

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.db import transaction

from xinheng.accounts.domain import DEMONSTRATION, ROLE_LABELS, Role
from xinheng.accounts.models import Account
from xinheng.accounts.services import invitation_accept, invitation_send_from_server
from xinheng.adapters import clock
from xinheng.adapters.storage import write_atomically
from xinheng.catalogue.domain import Organ
from xinheng.catalogue.selectors import catalogue_current

FILE: Final = "accounts.json"
_REPORTING, _OFFICE = "市场监督管理", "发展和改革"
_PEOPLE: Final = (
    ("demo.clerk", Role.CLERK, _REPORTING),
    ("demo.reviewer", Role.REVIEWER, _REPORTING),
    ("demo.officer", Role.CREDIT_OFFICER, _OFFICE),
    ("demo.director", Role.CREDIT_DIRECTOR, _OFFICE),
    ("demo.admin", Role.ADMINISTRATOR, _OFFICE),
    ("demo.auditor", Role.AUDITOR, _OFFICE),
)
_PASSWORD_BYTES: Final = 12


def accounts_file() -> Path:
    """Return where the demonstration's accounts stand."""
    path: Path = settings.XINHENG_VAR / FILE
    return path


@transaction.atomic
def accounts_make() -> list[dict[str, str]]:
    """Make the demonstration's accounts, or draw new secrets for those that there are; return them with their secrets.

    Raises:
        click.ClickException: this is no demonstration, or people have accounts here.
    """
    if not settings.XINHENG_DEMO:
        raise click.ClickException("这里不是演示，不建演示账号。")
    names = [name for name, _, _ in _PEOPLE]
    if Account.objects.exclude(login_name__in=names).exists():
        raise click.ClickException("这个数据库里有别人的账号，不建演示账号。")
    organs = catalogue_current().organs
    return [_made(name, role, _organ(organs, wanted)) for name, role, wanted in _PEOPLE]


def _organ(organs: Iterable[Organ], wanted: str) -> Organ:
    """Return the organ of this duty; in a county whose catalogue calls none so, the first one."""
    listed = list(organs)
    return next((organ for organ in listed if wanted in organ.name), listed[0])


def _made(login_name: str, role: Role, organ: Organ) -> dict[str, str]:
    password, secret, label = secrets.token_urlsafe(_PASSWORD_BYTES), generate_totp_secret(), ROLE_LABELS[role]
    account = Account.objects.filter(login_name=login_name).first()
    if account is None:
        letter = invitation_send_from_server(
            login_name=login_name,
            display_name=f"演示{label}",
            role=role,
            organ_code=organ.code,
            ground="演示账号，虚构的人",
            person=DEMONSTRATION,
            now=clock.now(),
        )
        account = invitation_accept(secret=letter.secret, password=password, now=clock.now())
    else:
        account.set_password(password)
        account.save()
        Authenticator.objects.filter(user=account).delete()
    TOTP.activate(account, secret)
    return {
        "岗位": label,
        "单位": organ.name,
        "登录名": login_name,
        "口令": password,
        "验证器密钥": secret,
        "验证器二维码内容": get_adapter().build_totp_url(account, secret),
    }


def accounts_told() -> None:
    """Make the accounts at the first run and say where they stand, or why there are none; print their passwords this once."""
    path = accounts_file()
    if path.exists():
        click.echo(f"工作台 /workbench/ 的演示账号在 {path}；现在的验证码：make demo-codes")
        return
    try:
        made = accounts_make()
    except click.ClickException as refused:
        click.echo(refused.message)
        return
    about = "演示账号：内容全部虚构，只能登录这个演示。验证器密钥填进任何验证器应用，或用 make demo-codes 看现在的验证码。"
    write_atomically(path, json.dumps({"说明": about, "账号": made}, ensure_ascii=False, indent=2).encode())
    click.echo("工作台 /workbench/ 的演示账号（口令只在这里显示一次，和验证器密钥一起存在下面的文件里，只有文件的主人能读）：")
    for one in made:
        click.echo(f"  {one['岗位']}（{one['单位']}）：登录名 {one['登录名']}　口令 {one['口令']}")
    click.echo(f"  {path}；现在的验证码：make demo-codes")


def codes_told() -> None:
    """Print what the accounts' authenticator apps would show at this moment."""
    path = accounts_file()
    if not path.exists():
        raise click.ClickException("还没有演示账号，先运行 make demo。")
    for one in json.loads(path.read_text(encoding="utf-8"))["账号"]:
        counter = next(iter(yield_hotp_counters_from_time()))
        code = format_hotp_value(hotp_value(one["验证器密钥"], counter))
        click.echo(f"{one['岗位']}　{one['登录名']}　验证码 {code}")
