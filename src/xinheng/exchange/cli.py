"""``xinheng export``: the file for the city's upload."""

from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.exchange.services import export_make

_ITEMS = {"licence": "administrative_licence", "penalty": "administrative_penalty"}


@click.command()
@click.option("--item", required=True, type=click.Choice(sorted(_ITEMS)), help="licence 行政许可，penalty 行政处罚。")
@click.option("--since", type=int, help="公示序号（不含）；不填时从上一次上报接着来。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件。")
@click.option("--format", "form", type=click.Choice(["xlsx", "csv"]), default="xlsx", help="文件格式。")
@click.option("--by", "actor", default="system", help="办理人。")
def export(item: str, since: int | None, out: Path, form: str, actor: str) -> None:
    """生成向市平台上报的国家模板文件，连同上次上报后要撤下的记录，并记住上报过什么。"""
    report = export_make(
        item_id=_ITEMS[item],
        out=out,
        actor=actor,
        on_date=clock.today(),
        now=clock.now(),
        since=since,
        as_csv=form == "csv",
    )
    click.echo(f"{report.item_title}：上报 {report.records:,} 条，撤回 {report.withdrawals:,} 条。")
    for path in report.paths:
        click.echo(f"　{path}")
    if report.left_out:
        click.echo(f"个体工商户的不利信息 {report.left_out:,} 条不在上报文件里（保护规则P2）。")
    click.echo(f"公示序号 {report.since} 之后到 {report.until}。下次上报不用填 --since，会从 {report.until} 接着来。")
