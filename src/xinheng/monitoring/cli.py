"""``xinheng monitoring``: figures of the day, reminders, the monthly bulletin."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.adapters.storage import write_atomically
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring import services
from xinheng.monitoring.domain import month_of, month_read


@click.group()
def monitoring() -> None:
    """报送监测：每天的质量数字、催办提醒、月报。"""


@monitoring.command()
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天的数字；当天没有过完的不统计。")
def measure(day: object) -> None:
    """存下每天的报送质量数字（当天的、本月到这一天的）。不写日子：到昨天为止还没有存过的都存，停过几天也补上。再运行，什么也不变。"""
    asked = getattr(day, "date", lambda: None)()
    if asked is None:
        yesterday = clock.today() - timedelta(days=1)
        done = services.figures_catch_up(catalogue=catalogue_current(), now=clock.now(), today=clock.today())
        done = done or [(yesterday, 0)]
    elif asked >= clock.today():
        click.echo(f"{asked} 还没有过完，没有统计。明天再运行，或者用 --on 写一个过完的日子。", err=True)
        sys.exit(2)
    else:
        done = [(asked, services.figures_store(as_of=asked, catalogue=catalogue_current(), now=clock.now()))]
    for one, count in done:
        click.echo(f"{one}：新存 {count} 个数字。" if count else f"{one}：没有新的数字，此前已经存过，或者没有上报。")


@monitoring.command()
def remind() -> None:
    """生成今天的催办提醒：期限还有2个工作日以内的、已过期限的。每件事一天只提醒一次。"""
    made = services.reminders_make(catalogue=catalogue_current(), now=clock.now(), today=clock.today())
    for reminder in made:
        click.echo(f"{reminder.organ_code} {reminder.text}")
    click.echo(f"新提醒 {len(made)} 件。")


@monitoring.command()
@click.option("--month", "text", help="月份，写作 2026-10；默认上个月。")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="写到哪个文件夹。")
def bulletin(text: str | None, out: Path) -> None:
    """排出报送质量月报（PDF）。"""
    month = month_of(clock.today()).back(1) if text is None else month_read(text)
    if month is None:
        click.echo(f"“{text}”不是月份，写作 2026-10。", err=True)
        sys.exit(2)
    pdf = services.bulletin_pdf(month=month, catalogue=catalogue_current(), now=clock.now(), today=clock.today())
    path = out / f"bulletin-{month.text}.pdf"
    write_atomically(path, pdf)
    click.echo(f"月报：{path}")
