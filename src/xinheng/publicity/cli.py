"""``xinheng explain`` and ``xinheng record``: why a record is shown, and acts on one record."""

from collections.abc import Callable
from datetime import date, datetime

import click

from xinheng.adapters import clock
from xinheng.kernel.dates import chinese_date
from xinheng.publicity import services
from xinheng.publicity.domain import Explanation
from xinheng.publicity.selectors import explain as explain_record
from xinheng.records import services as records
from xinheng.records.selectors import record_find
from xinheng.records.services import MarkResult

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("record")
@click.option("--on", "on_date", type=DAY, help="哪一天，例如 2026-11-22；默认今天。")
def explain(record: str, on_date: datetime | None) -> None:
    """逐步说明一条记录（RECORD：记录编号或文书号）在某一天为什么公示或者不公示。"""
    day = on_date.date() if on_date is not None else clock.today()
    found = record_find(text=record)
    for line in explanation_lines(explain_record(record_id=found.record_id, on_date=day)):
        click.echo(line)


def explanation_lines(explanation: Explanation) -> list[str]:
    """Return an explanation as lines of text."""
    lines = [f"记录 {explanation.record_id}（按{chinese_date(explanation.on_date)}判断）"]
    lines += [f"  {label}：{value}" for label, value in explanation.facts]
    for number, step in enumerate(explanation.steps, start=1):
        confidence = f"〔{step.confidence.label}〕" if step.confidence is not None else ""
        lines.append(f"{number}. {step.text}{confidence}")
        if step.reference and step.reference not in step.text:
            lines.append(f"   依据：{step.reference}")
    return [*lines, explanation.conclusion]


@click.group()
def record() -> None:
    """对一条记录（RECORD：记录编号或文书号）办理暂停、恢复、异议；办理后在所有出口立即生效。"""


def _act(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments that every act needs."""
    for decorate in (
        click.option("--date", "day", type=DAY, help="事项的日期，默认今天。"),
        # The same words as everywhere on the command line; the older spellings go on working.
        click.option("--by", "--actor", "actor", required=True, help="办理人。"),
        click.option("--reason", "--ground", "ground", required=True, help="依据：文书号或理由。"),
        click.argument("name", metavar="RECORD"),
    ):
        function = decorate(function)
    return function


@record.command()
@_act
def hold(name: str, ground: str, actor: str, day: datetime | None) -> None:
    """暂停公示。"""
    result = records.record_hold(
        record_id=record_find(text=name).record_id, event_date=_day(day), ground=ground, actor=actor, now=clock.now()
    )
    _tell(result, done="已暂停公示", already="这条记录原来就是暂停公示")


@record.command()
@_act
def release(name: str, ground: str, actor: str, day: datetime | None) -> None:
    """恢复公示（没有其他标记、仍在公示期内的，重新显示）。"""
    result = records.record_release(
        record_id=record_find(text=name).record_id, event_date=_day(day), ground=ground, actor=actor, now=clock.now()
    )
    _tell(result, done="已恢复公示", already="这条记录没有暂停公示")


@record.command()
@_act
@click.option("--until", type=DAY, help="最迟哪天核查完（含当日）；默认按目录的异议核查期限推算。")
def dispute(name: str, ground: str, actor: str, day: datetime | None, until: datetime | None) -> None:
    """标注收到异议；到期没有核查清楚的，自动停止公示。"""
    found = record_find(text=name)
    result = services.dispute_open(
        record_id=found.record_id,
        received_date=_day(day),
        until=until.date() if until is not None else None,
        ground=ground,
        actor=actor,
        now=clock.now(),
    )
    last = record_find(text=str(found.record_id)).disputed_until
    ending = f"，最迟核查到{chinese_date(last)}" if last is not None else ""
    _tell(result, done=f"已标注异议{ending}", already=f"这条记录已有异议标注{ending}")


@record.command()
@_act
def undispute(name: str, ground: str, actor: str, day: datetime | None) -> None:
    """结束异议核查：信息属实，去掉标注。"""
    result = records.record_undispute(
        record_id=record_find(text=name).record_id, event_date=_day(day), ground=ground, actor=actor, now=clock.now()
    )
    _tell(result, done="已去掉异议标注", already="这条记录没有异议标注")


@record.command()
def rebuild() -> None:
    """按全部记录版本重建“当前记录”表（xinheng log fsck 说它与版本不符时用）；重建期间暂停入库。"""
    count = records.current_rebuild()
    click.echo(f"已按记录版本重建{count}条当前记录。再运行 xinheng log fsck 核对。")


def _day(day: datetime | None) -> date:
    return day.date() if day is not None else clock.today()


def _tell(result: MarkResult, *, done: str, already: str) -> None:
    click.echo(f"{done}（公示序号{result.last_seq}）。" if result.marked else f"{already}，没有变化。")
