"""``xinheng audit``: look into the trail, take it away as a file, keep it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click
from django.conf import settings

from xinheng.adapters import clock
from xinheng.adapters.database import auditor_alias
from xinheng.adapters.sheets import csv_lines, xlsx_file
from xinheng.audit import selectors, services
from xinheng.audit.domain import PURPOSE_LABELS, Kept, TrailQuery
from xinheng.audit.selectors import heading_of, line_of
from xinheng.audit.services.keeping import MONTHS_AHEAD

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_DAYS: Final = 30


@click.group()
def audit() -> None:
    """操作记录：谁读了什么、改了什么。只能查看和导出，不能改；到期的整月删除。"""


def _filters(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the filters by which the trail is searched."""
    for option in (
        click.option("--unconfirmed", is_flag=True, help="只看没有确认送达的读取。"),
        click.option("--request", default="", help="请求编号。"),
        click.option("--object", "target", default="", help="对象编号，例如批次编号；变更也可以是主键。"),
        click.option("--what", default="", help="页面、接口、命令或表，例如 workbench:submission、intake_submission。"),
        click.option("--purpose", default="", type=click.Choice(["", *PURPOSE_LABELS]), help="用途。"),
        click.option("--organ", default="", help="单位代码。"),
        click.option("--actor", default="", help="操作人，例如 account:7、client:3、os:postgres。"),
        click.option("--to", "last", type=_DAY, help="到哪天（含）；不写：今天。"),
        click.option("--from", "first", type=_DAY, help=f"自哪天；不写：{_DAYS}天以前。"),
        click.option("--kind", type=click.Choice([kept.value for kept in Kept]), default=Kept.READS.value, help="读取或变更。"),
    ):
        function = option(function)
    return function


def _query(kind: str, first: datetime | None, last: datetime | None, **filters: Any) -> TrailQuery:
    until = last.date() if last else clock.today()
    since = first.date() if first else until - timedelta(days=_DAYS)
    return TrailQuery(kept=Kept(kind), first_day=since, last_day=until, **filters)


@audit.command()
@_filters
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="最多列出几条，最近的在前。")
def search(*, limit: int, **asked: Any) -> None:
    """列出操作记录，最近的在前。"""
    query = _query(**asked)
    found, more = selectors.trail_search(query, limit=limit, using=auditor_alias())
    for entry in found:
        click.echo("　".join(cell for cell in line_of(entry) if cell))
    if not found:
        click.echo("没有这样的记录。")
    if more is not None:
        click.echo(f"还有更早的：缩小日期范围，或者加 --limit，或者用 xinheng audit export。只列了{limit}条。")


@audit.command()
@_filters
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件：.csv 或 .xlsx。")
def export(*, out: Path, **asked: Any) -> None:
    """把操作记录写成表格（CSV、XLSX），里面的单元格不会当公式运行。"""
    query = _query(**asked)
    rows = (selectors.read_rows(query) if query.kept is Kept.READS else selectors.change_rows(query)).using(auditor_alias())
    about = [f"操作记录：{query.first_day}至{query.last_day}，最多{selectors.EXPORTED_AT_MOST:,}条，最近的在前"]
    lines = (line_of(entry) for entry in selectors.streamed(rows))
    if out.suffix == ".xlsx":
        with xlsx_file(about=about, title="操作记录", heading=heading_of(query.kept), rows=lines) as book:
            out.write_bytes(book.read())
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(about=about, heading=heading_of(query.kept), rows=lines))
    click.echo(f"已写到 {out}。")


@audit.command()
@click.option("--ahead", default=MONTHS_AHEAD, show_default=True, type=click.IntRange(0, 24), help="提前建几个月。")
def partitions(*, ahead: int) -> None:
    """建好本月和以后几个月的分区；后台任务每天也会建。多次运行没有坏处。"""
    made = services.partitions_make(ahead=ahead)
    click.echo(f"新建分区{len(made)}个。" + ("　".join(made) if made else ""))


@audit.command()
@click.option("--by", "actor", required=True, help="办理人。")
def retain(*, actor: str) -> None:
    """删除超过保存期限的整月（XINHENG_TRAIL_MONTHS，默认60个月，法定至少6个月）。多次运行没有坏处。"""
    dropped = services.trail_retain(months=settings.XINHENG_TRAIL_MONTHS, actor=actor, now=clock.now())
    click.echo(f"保存{settings.XINHENG_TRAIL_MONTHS}个月；到期删除的分区{len(dropped)}个。" + "　".join(dropped))
