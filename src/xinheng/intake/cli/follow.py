"""``xinheng intake receipt|status|resume|withdraw|original|purge-originals``: following what was sent."""

import json
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.intake import selectors, services
from xinheng.intake.models import SubmissionState
from xinheng.kernel.dates import chinese_date

_BY = click.option("--by", "actor", required=True, help="办理人。")


@click.command()
@click.argument("number")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="格式。")
def receipt(number: str, output: str) -> None:
    """再看一次回执。"""
    found = services.receipt_of(number=number)
    if output == "json":
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(services.receipt_text(found))


@click.command()
@click.argument("number", required=False)
@click.option("--organ", help="只看这个机关（代码）。")
def status(number: str | None, organ: str | None) -> None:
    """看最近的批次；写了编号时看它的时间线。"""
    if number is not None:
        submission = selectors.submission_get(number=number)
        click.echo(f"{number}　{SubmissionState(submission.state).label}　{submission.organ_name}　{submission.file_name}")
        for event in selectors.timeline_of(number=number):
            label = SubmissionState(event.to_state).label if event.to_state else ""
            click.echo(f"{event.at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}　{label}　{event.actor}　{event.note}".rstrip())
        return
    found = list(selectors.submissions_recent(organ_code=organ))
    if not found:
        click.echo("还没有报送过文件。用 xinheng intake load 报送第一份。")
    for submission in found:
        rows = submission.counts.get("rows", 0)
        label = SubmissionState(submission.state).label
        click.echo(f"{submission.number}　{label}　{submission.organ_name}　{submission.file_name}　{rows:,}行")


@click.command()
@click.option("--by", "actor", default="system", help="办理人，默认 system。")
def resume(actor: str) -> None:
    """继续处理中断的批次。可以反复运行，不丢也不重。"""
    found = services.submissions_resume(actor=actor, now=clock.now())
    if not found:
        click.echo("没有中断的批次。")
    for resumed in found:
        click.echo(f"{resumed.number}　{resumed.state.label}")
        if resumed.problem:
            click.echo(f"　又停下了，批次留在原来的状态，没有丢也没有重。原因：{resumed.problem}")
    if any(resumed.problem for resumed in found):
        raise SystemExit(1)


@click.command()
@click.argument("number")
@_BY
@click.option("--reason", required=True, help="理由。")
def withdraw(number: str, actor: str, reason: str) -> None:
    """整批撤回：这一批的记录立即停止公示。"""
    services.submission_withdraw(number=number, actor=actor, reason=reason, now=clock.now())
    click.echo(services.receipt_text(services.receipt_of(number=number)))


@click.command(name="return")
@click.argument("number")
@click.option("--reviewer", required=True, help="审核人。")
@click.option("--reason", required=True, help="理由。")
def return_(number: str, reviewer: str, reason: str) -> None:
    """审核人把批次退回经办人。"""
    services.submission_return(number=number, reviewer=reviewer, reason=reason, now=clock.now())
    click.echo(services.receipt_text(services.receipt_of(number=number)))


@click.command()
@click.argument("number")
@_BY
@click.option("--purpose", required=True, help="为什么要看原件（会记入日志）。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件。")
def original(number: str, actor: str, purpose: str, out: Path) -> None:
    """取出报送原件（加密保存，到期销毁）；用途记入日志。"""
    services.original_read(number=number, actor=actor, purpose=purpose, out=out, now=clock.now())
    click.echo(f"已写到 {out}。用完请删除；谁、何时、为何取出已经记录。")


@click.command(name="purge-originals")
@click.option("--by", "actor", default="system", help="办理人，默认 system。")
def purge_originals(actor: str) -> None:
    """销毁保存期已满的原件（按密钥销毁）。可以每天运行，重复运行没有影响。"""
    today = clock.today()
    report = services.originals_purge(on_date=today, now=clock.now(), actor=actor)
    click.echo(f"截至{chinese_date(today)}：销毁原件 {report.originals} 份，清理无主文件 {report.stray_files} 个。")
    if report.lapsed_doubts:
        click.echo(f"逾期没有确认的存疑 {report.lapsed_doubts} 项，已随原件销毁，需要重新报送。")
    for number in report.closed:
        click.echo(f"没有办完、自动关闭的批次：{number}")
