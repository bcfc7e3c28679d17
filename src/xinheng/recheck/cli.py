"""``xinheng recheck``: a second opinion on everything public."""

import secrets
import sys

import click

from xinheng.adapters import clock
from xinheng.recheck.services import InProcess, OverHttp, public_check

BREACHES = 1


@click.command()
@click.option("--url", help="向哪个网站核对（https://…）；不写时在本进程里问本平台的页面和接口。")
@click.option(
    "--sample", default=200, show_default=True, type=click.IntRange(2), help="抽多少条问页面、接口和快照，一半是不应当公示的。"
)
@click.option("--seed", type=int, help="抽样的种子；不写时每次不同。")
@click.option("--no-stop", is_flag=True, help="发现不一致也不停止公示，只报告。")
@click.option("--by", "actor", default="system", help="办理人。")
def recheck(*, url: str | None, sample: int, seed: int | None, no_stop: bool, actor: str) -> None:
    """用另一套程序复核全部公示信息：依据是否施行、是否到期、校验值、各处是否一致；不一致时停止公示。

    退出码：0 一致，1 不一致。
    """
    found = public_check(
        site=OverHttp(url) if url else InProcess(),
        on_date=clock.today(),
        now=clock.now(),
        sample=sample,
        seed=seed if seed is not None else secrets.randbits(32),
        actor=actor,
        stops=not no_stop,
    )
    where = "页面、接口和快照" if found.with_snapshot else "页面和接口（没有可下载的快照）"
    click.echo(f"复核了{found.records:,}条记录，其中{found.shown:,}条正在公示；抽{found.asked:,}条问了{where}。")
    for breach in found.breaches:
        click.echo(f"✕ {breach}")
    if found.breaches:
        sys.exit(BREACHES)
    click.echo("✓ 全部一致。")
