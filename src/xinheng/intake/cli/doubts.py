"""``xinheng intake doubts|decide|undo``: whose a doubtful row is."""

import click

from xinheng.adapters import clock
from xinheng.intake import selectors, services
from xinheng.intake.models import Doubt, DoubtState
from xinheng.kernel.dates import chinese_date


@click.command()
@click.argument("number", required=False)
def doubts(number: str | None) -> None:
    """列出待确认的主体存疑和候选。系统只列候选，不预选、不代为决定。"""
    found = list(selectors.doubts_open(number=number))
    if not found:
        click.echo("没有待确认的主体存疑。")
    for doubt in found:
        _tell(doubt)


def _tell(doubt: Doubt) -> None:
    decided = chinese_date(doubt.decision_date) if doubt.decision_date else "日期不明"
    click.echo(f"存疑 {doubt.pk}　批次 {doubt.submission.number}　{doubt.sheet}第{doubt.row}行　{doubt.document_no}　{decided}")
    click.echo(f"　来文：{doubt.name}　代码：{doubt.code or '（无）'}")
    click.echo(f"　原因：{doubt.reason}")
    candidates = selectors.doubt_candidates(doubt=doubt)
    for candidate in candidates:
        code = candidate.get("uscc") or "（无代码）"
        click.echo(f"　候选 {candidate['subject_id']}：{candidate['name']}　{code}　{candidate.get('why', '')}")
    if not candidates:
        click.echo("　没有候选。登记库里没有的单位，先导入登记信息，再报送这一行。")


@click.command()
@click.argument("doubt", type=int)
@click.option("--subject", type=int, help="候选的编号。")
@click.option("--none-of-them", is_flag=True, help="都不是，退回补充。")
@click.option("--by", "actor", required=True, help="决定人。")
@click.option("--confirmed-by", default="", help="复核人；批次已入库时必填，不能与决定人相同。")
@click.option("--reason", required=True, help="理由。")
def decide(
    *,
    doubt: int,
    subject: int | None,
    none_of_them: bool,
    actor: str,
    confirmed_by: str,
    reason: str,
) -> None:
    """确认一条存疑是哪家单位；批次已入库的，随即入库公示。"""
    if (subject is None) != none_of_them:
        raise click.UsageError("--subject 和 --none-of-them 选一个。")
    decided = services.doubt_decide(
        doubt_id=doubt, subject_id=subject, actor=actor, confirmed_by=confirmed_by, reason=reason, now=clock.now()
    )
    click.echo(
        f"存疑 {doubt}：{DoubtState(decided.state).label}" + (f"，记录 {decided.record_id}" if decided.record_id else "")
    )


@click.command()
@click.argument("doubt", type=int)
@click.option("--by", "actor", required=True, help="办理人。")
@click.option("--reason", required=True, help="理由。")
def undo(doubt: int, actor: str, reason: str) -> None:
    """撤销一条存疑的确认；由此形成的记录立即停止公示，历史保留。"""
    services.doubt_undo(doubt_id=doubt, actor=actor, reason=reason, now=clock.now())
    click.echo(f"存疑 {doubt}：已撤销确认，重新待确认。")
