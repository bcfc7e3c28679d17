"""``xinheng client``: systems that report for an organ (OAuth 2 client credentials)."""

from datetime import date, datetime

import click

from xinheng.accounts.domain import PURPOSE_LABELS, Purpose
from xinheng.accounts.selectors import clients_listed
from xinheng.accounts.services import ClientLetter, client_register_from_server, client_revoke_from_server, tokens_forget
from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.exchange.services import drafts_lapse
from xinheng.intake.services.receive import organ_of


@click.group()
def client() -> None:
    """系统接入：登记、停用代某个机关报送的业务系统。平时在工作台里管理。"""


@client.command()
@click.argument("name")
@click.option("--organ", required=True, help="代哪个机关报送：目录里的代码或名称。")
@click.option("--item", "items", multiple=True, required=True, help="目录项，可写多次。")
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    type=click.Choice([purpose.value for purpose in Purpose]),
    default=[purpose.value for purpose in Purpose],
    help="用途：" + "，".join(f"{purpose.value} {label}" for purpose, label in PURPOSE_LABELS.items()) + "。",
)
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), help="自哪天起；不填：今天。")
@click.option("--until", "valid_until", type=click.DateTime(["%Y-%m-%d"]), help="到哪天为止（含）；不填：到停用为止。")
@click.option("--ground", required=True, help="依据，例如接入申请的文号。")
@click.option("--by", "person", required=True, help="在服务器上办理的人的姓名；会记在登记里。")
def register(
    *,
    name: str,
    organ: str,
    items: tuple[str, ...],
    purposes: tuple[str, ...],
    valid_from: datetime | None,
    valid_until: datetime | None,
    ground: str,
    person: str,
) -> None:
    """登记一个系统（NAME：系统名称）；密钥只显示这一次。"""
    known = {item.id for item in catalogue_current().items}
    if unknown := sorted(set(items) - known):
        raise click.BadParameter(f"目录里没有{'、'.join(unknown)}。有：{'、'.join(sorted(known))}")
    told(
        client_register_from_server(
            name=name,
            organ_code=organ_of(code_or_name=organ).code,
            items=items,
            purposes=[Purpose(value) for value in purposes],
            valid_from=_day(valid_from) or clock.today(),
            valid_until=_day(valid_until),
            ground=ground,
            person=person,
            now=clock.now(),
        )
    )


def told(letter: ClientLetter) -> None:
    """Print what the system signs in by."""
    click.echo(f"已登记{letter.client.name}（编号 {letter.client.pk}）。密钥只显示这一次，请交给该系统的管理人：")
    click.echo(f"client_id={letter.client_id}")
    click.echo(f"client_secret={letter.secret}")
    click.echo("取令牌：POST /oauth/token，grant_type=client_credentials。接口说明见 docs/api.md。")


@client.command()
@click.argument("client_id", type=int)
@click.option("--ground", required=True, help="停用的理由。")
@click.option("--by", "person", required=True, help="在服务器上办理的人的姓名。")
def revoke(*, client_id: int, ground: str, person: str) -> None:
    """停用一个系统（CLIENT_ID：编号），立即生效。"""
    client_revoke_from_server(client_id=client_id, ground=ground, person=person, now=clock.now())
    click.echo("已停用，它的令牌随即失效。")


@client.command()
def tidy() -> None:
    """销毁七天没有完成的接口报送和过期的令牌；工作进程每天会做，多次运行没有坏处。"""
    tokens_forget()
    click.echo(f"已销毁没有完成的接口报送{drafts_lapse(now=clock.now())}个。")


@client.command("list")
def list_() -> None:
    """列出登记过的系统。"""
    for found in clients_listed():
        state = "在用" if found.revoked_at is None else f"已停用：{found.revoked_ground}"
        until = f"至{found.valid_until}" if found.valid_until else "起"
        click.echo(
            f"{found.pk}　{found.name}　{found.organ_code}　{'、'.join(found.purposes)}　{'、'.join(found.items)}"
            f"　{found.valid_from}{until}　{state}"
        )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
