"""``xinheng account``: the first administrator, and what is done at the server when nobody can sign in."""

import click

from xinheng.accounts.domain import ROLE_LABELS, Role
from xinheng.accounts.selectors import accounts_listed
from xinheng.accounts.services import INVITATION_DAYS, invitation_send_from_server, sessions_end_from_server
from xinheng.adapters import clock
from xinheng.intake.services.receive import organ_of


@click.group()
def account() -> None:
    """账号：在服务器上邀请第一位系统管理员，查看账号。平时在工作台里管理。"""


@account.command()
@click.argument("login_name")
@click.option("--name", "display_name", required=True, help="姓名。")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMINISTRATOR.value, help="岗位角色。")
@click.option("--organ", required=True, help="单位：目录里的代码或名称。")
@click.option("--ground", required=True, help="依据，例如任职文件的文号。")
@click.option("--by", "person", required=True, help="在服务器上办理的人的姓名；会记在岗位授予里。")
def invite(*, login_name: str, display_name: str, role: str, organ: str, ground: str, person: str) -> None:
    """邀请一个人（LOGIN_NAME：登录名）；邀请码只显示这一次。"""
    letter = invitation_send_from_server(
        login_name=login_name,
        display_name=display_name,
        role=Role(role),
        organ_code=organ_of(code_or_name=organ).code,
        ground=ground,
        person=person,
        now=clock.now(),
    )
    click.echo(f"已邀请{display_name}为{ROLE_LABELS[Role(role)]}。邀请码（{INVITATION_DAYS}天内有效，只显示这一次）：")
    click.echo(letter.secret)
    click.echo("本人打开 /account/invitation/，输入邀请码，设定口令。")


@account.command("list")
def list_() -> None:
    """列出账号和现在的岗位。"""
    for found in accounts_listed():
        roles = "、".join(
            f"{grant.organ_code} {ROLE_LABELS[Role(grant.role)]}"
            for grant in found.listed_grants  # type: ignore[attr-defined] # prefetched
            if grant.revoked_at is None
        )
        click.echo(
            f"{found.login_name}　{found.display_name}　{'在用' if found.is_active else '已停用'}　{roles or '没有岗位'}"
        )


@account.command("end-sessions")
@click.option("--ground", required=True, help="为什么，例如事件编号。")
@click.option("--by", "person", required=True, help="在服务器上办理的人的姓名；会记入日志。")
def end_sessions(*, ground: str, person: str) -> None:
    """结束所有人的登录，人人要重新登录（口令和第二步验证）。用于会话可能被盗的时候。"""
    ended = sessions_end_from_server(ground=ground, person=person, now=clock.now())
    click.echo(f"已结束 {ended} 个登录。")
