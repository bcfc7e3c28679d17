"""``xinheng database``: prepare and look after the database."""

import sys

import click
from django.conf import settings

from xinheng.adapters.database import database_prepare, database_roles_differences, database_roles_settle
from xinheng.adapters.postgres.roles import NARROW


@click.group()
def database() -> None:
    """数据库：建角色、升级表结构、看状态。"""


@database.command()
@click.option("--quiet", is_flag=True, help="只在出错时说话")
def migrate(*, quiet: bool) -> None:
    """建好角色和权限，把表结构升级到当前版本（可重复执行）。"""
    database_prepare(verbosity=0 if quiet else 1)


@database.command()
@click.option("--check", is_flag=True, help="只看哪里不对，不改。")
def roles(*, check: bool) -> None:
    """建齐数据库角色，把权限收放到规定的样子（可重复执行）。退出码：0 都对，1 还有不对的。"""
    for name, role in NARROW.items():
        click.echo(f"{name}：{role.purpose}")
    left = database_roles_differences() if check else database_roles_settle()
    if not left:
        click.echo("角色和权限都和规定的一样。")
        return
    way = "运行 xinheng database roles" if check else "请数据库管理员在本库执行下面的语句"
    click.echo(f"有{len(left)}处和规定的不一样。{way}：")
    for difference in left:
        click.echo(f"-- {difference.role}：{difference.what}\n{difference.mend};")
    sys.exit(1)


@database.command()
def where() -> None:
    """说明数据库在哪里。"""
    server = settings.EMBEDDED_SERVER
    if server is None:
        click.echo("使用 DATABASE_URL 指定的 PostgreSQL 服务器。")
        return
    click.echo(f"内嵌 PostgreSQL。数据：{server.data}  套接字：{server.socket_folder}")
    click.echo(f"连接：psql '{server.conninfo(user='xinheng_app')}'")
