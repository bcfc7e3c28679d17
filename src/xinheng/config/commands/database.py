"""``xinheng database``: prepare and look after the database."""

import click
from django.conf import settings

from xinheng.adapters.database import database_prepare


@click.group()
def database() -> None:
    """数据库：建角色、升级表结构、看状态。"""


@database.command()
@click.option("--quiet", is_flag=True, help="只在出错时说话")
def migrate(*, quiet: bool) -> None:
    """建好角色和权限，把表结构升级到当前版本（可重复执行）。"""
    database_prepare(verbosity=0 if quiet else 1)


@database.command()
def where() -> None:
    """说明数据库在哪里。"""
    server = settings.EMBEDDED_SERVER
    if server is None:
        click.echo("使用 DATABASE_URL 指定的 PostgreSQL 服务器。")
        return
    click.echo(f"内嵌 PostgreSQL。数据：{server.data}  套接字：{server.socket_folder}")
    click.echo(f"连接：psql '{server.conninfo(user='xinheng_app')}'")
