"""The command that makes a synthetic county."""

import time
from datetime import datetime
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.synth.services import county_write

_OUTCOMES = {
    "accepted": "应当收下",
    "returned": "应当退回",
    "doubtful": "主体存疑",
    "duplicate": "重复",
    "person": "自然人，不收",
    "shown": "今天应当公示",
    "late": "迟报",
}


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--scale", default=1, show_default=True, help="倍数：1 倍是 5,000 家组织、20,000 条记录，最大 200。")
@click.option("--seed", default=7, show_default=True, help="随机种子：同样的种子、倍数和日期得到同样的文件。")
@click.option("--on", "on_date", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天造数据；不写就是今天。")
def synth(out: Path, scale: int, seed: int, on_date: datetime | None) -> None:
    """造一个虚构的县：登记库、各部门的报送文件（带常见的错误）、撤销修复移出、应当拒收的文件，以及标准答案。

    全部内容都是编造的。标准答案在 truth.json 和 truth.parquet。
    """
    day = on_date.date() if on_date else clock.today()
    started = time.perf_counter()
    made = county_write(out=out, scale=scale, seed=seed, on_date=day, catalogue=catalogue_current())
    seconds = time.perf_counter() - started
    click.echo(f"组织 {made.organisations:,} 家，记录 {made.records:,} 行，文件 {len(made.files)} 个，用时 {seconds:.1f} 秒。")
    for outcome, words in _OUTCOMES.items():
        click.echo(f"  {words}：{made.counts.get(outcome, 0):,}")
    click.echo(f"写在 {out}；标准答案是 truth.json 和 truth.parquet。")
