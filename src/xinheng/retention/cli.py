"""``xinheng retention``: what is over and when, destroy it, erase one thing before its time."""

import json

import click

from xinheng.adapters import clock
from xinheng.kernel.dates import chinese_date
from xinheng.retention import selectors, services
from xinheng.retention.domain import KEEPINGS, Due
from xinheng.retention.services.erase import ERASABLE


@click.group()
def retention() -> None:
    """到期销毁：什么到期了、凭什么；现在销毁；依法提前销毁某一项。后台任务每天自动做一次。"""


@retention.command()
@click.option("--json", "as_json", is_flag=True, help="给程序读的结果。")
def due(*, as_json: bool) -> None:
    """列出每一类内容保存多久、依据，已到期多少、在等什么、下一次到期在哪天。只看，不销毁。"""
    found = selectors.all_due(now=clock.now())
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one.keeping.title}：{_standing(one)}")
        mark = "〔暂定〕" if one.keeping.provisional else ""
        click.echo(f"    保存到：{one.until}{mark}。依据：{one.keeping.ground}。")
        for waiting in one.waiting:
            click.echo(f"    到期但还要用 {waiting.count:,} 项：{waiting.reason}。")
    click.echo("〔暂定〕：没有查到写明期限的条款，天数是本平台的取值，可以用设置改。")


@retention.command()
@click.option("--by", "actor", default="system", help="办理人，默认 system。")
def run(actor: str) -> None:
    """现在销毁已到期的内容（按密钥销毁，不能恢复）。重复运行没有影响。"""
    done = services.retention_run(now=clock.now(), actor=actor)
    for kind, count in done.counts.items():
        if count:
            click.echo(f"{KEEPINGS[kind].title}：销毁 {count:,} 项。")
    if not done.total:
        click.echo("没有到期的内容。")


@retention.command()
@click.argument("what", type=click.Choice(ERASABLE))
@click.argument("number")
@click.option("--ground", required=True, help="依据：谁的请求、哪份决定。会记入日志，不要写个人信息。")
@click.option("--by", "actor", required=True, help="办理人。")
def erase(what: str, number: str, ground: str, actor: str) -> None:
    """依法提前销毁：record 记录里与个人有关的内容，original 报送原件，report 报告内容。不能恢复。"""
    services.erase(what=what, number=number, ground=ground, actor=actor, now=clock.now())
    click.echo(f"已销毁 {number} 的密钥，内容不能再读出；销毁的时间和依据已经记录。")


def _standing(due: Due) -> str:
    if due.count:
        return f"已到期 {due.count:,} 项" + (f"，最早的{chinese_date(due.since)}到期" if due.since else "")
    return "没有到期的" + (f"，下一次在{chinese_date(due.next_day)}" if due.next_day else "")


def _plain(due: Due) -> dict[str, object]:
    return {
        "kind": due.kind.value,
        "title": due.keeping.title,
        "kept": due.until,
        "ground": due.keeping.ground,
        "provisional": due.keeping.provisional,
        "due": due.count,
        "since": due.since.isoformat() if due.since else None,
        "next": due.next_day.isoformat() if due.next_day else None,
        "waiting": [{"reason": one.reason, "count": one.count} for one in due.waiting],
    }
