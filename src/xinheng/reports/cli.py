"""``xinheng report``: issue, make again, verify, many at once."""

import sys
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import click

from xinheng.adapters import clock
from xinheng.adapters.demonstration import demo_path
from xinheng.adapters.storage import write_atomically
from xinheng.reports import services
from xinheng.reports.selectors import subject_found

NOT_GENUINE = 1
NO_REPORT = 2
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def report() -> None:
    """公共信用信息报告：出具、重新取得、核验、批量出具。"""


@report.command()
@click.argument("subject")
@click.option("--purpose", default=services.GENERAL, help="用途（目录 report_purposes 的代码或名称），默认综合。")
@click.option("--out", type=FOLDER, default=Path(), help="写到哪个文件夹。")
@click.option("--by", "actor", default="system", help="办理人。")
def issue(subject: str, purpose: str, out: Path, actor: str) -> None:
    """为一家单位（SUBJECT：统一社会信用代码或全称）出具报告：PDF 和内容相同的 JSON，都带签名。"""
    made = services.report_issue_once(
        subject=subject_found(text=subject), order=uuid4().hex, now=clock.now(), actor=actor, purpose=purpose
    )
    _give(made, out)


@report.command()
@click.argument("number")
@click.argument("check_code")
@click.option("--out", type=FOLDER, default=Path(), help="写到哪个文件夹。")
def remake(number: str, check_code: str, out: Path) -> None:
    """凭报告编号（NUMBER）和校验码（CHECK_CODE）重新取得一份已出具的报告；JSON 与原件逐字节相同。"""
    _give(services.report_remake(number=number, check_code=check_code, now=clock.now()), out)


@report.command()
@click.argument("file", type=FILE)
@click.option("--trust", type=FILE, help="出具平台公布的信任文件；不写时用本平台自己的。")
def verify(file: Path, trust: Path | None) -> None:
    """离线核验一份报告（PDF 或 JSON）：是不是原件，有没有改动。

    退出码：0 真实，1 不要采用，2 不是报告。
    """
    given = trust.read_bytes() if trust else None
    verdict = services.report_verify(content=file.read_bytes(), trust=given, now=clock.now())
    click.echo(("✓ " if verdict.genuine else "✕ ") + verdict.reason)
    for label, value in verdict.facts:
        click.echo(f"  {label}：{value}")
    if not verdict.genuine:
        sys.exit(NOT_GENUINE if verdict.is_report else NO_REPORT)


@report.command()
@click.argument("file", type=FILE)
@click.option("--out", type=FOLDER, required=True, help="写到哪个文件夹；停下来以后用同样的写法再运行，从没做完的地方接着做。")
@click.option("--purpose", default=services.GENERAL, help="用途，默认综合。")
@click.option("--workers", type=click.IntRange(1), help="几个进程，默认和处理器一样多。")
@click.option("--by", "actor", default="system", help="办理人。")
def batch(file: Path, out: Path, purpose: str, workers: int | None, actor: str) -> None:
    """为一批单位（FILE：每行一个统一社会信用代码）出具报告，并写一份编号和校验码的清单。"""

    def tell(done: int, everything: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r已出具 {done:,}／{everything:,}", nl=False, err=True)

    result = services.reports_issue_batch(
        path=file, out=out, now=clock.now(), actor=actor, purpose=purpose, workers=workers, tell=tell
    )
    failed = [line for line in result.lines if line.problem]
    click.echo(f"出具 {result.issued:,} 份，没有出具 {len(failed):,} 份。清单：{result.list_path}")
    for line in failed[:20]:
        click.echo(f"  {line.code}：{line.problem}")


@report.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪个文件。")
def trust(out: Path) -> None:
    """写出信任文件（签发证书和数据公钥），供别人离线核验本平台的报告。"""
    write_atomically(out, services.trust_file(now=clock.now()))
    click.echo(f"信任文件：{out}")


@report.command()
@click.option("--before", type=click.DateTime(formats=["%Y-%m-%d"]), required=True, help="销毁这一天以前出具的报告的密钥。")
@click.option("--by", "actor", required=True, help="办理人。")
def retire(before: datetime, actor: str) -> None:
    """到期销毁：销毁旧报告的密钥，平台从此读不出它们的内容；出具过的事实留下。"""
    moment = datetime.combine(before.date(), datetime.min.time(), clock.CHINA)
    gone = services.report_keys_destroy(issued_before=moment, actor=actor, now=clock.now())
    click.echo(f"销毁了 {gone:,} 份报告的密钥。")


def _give(made: services.Issued, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    pdf = demo_path(out / f"{made.number}.pdf")
    data = demo_path(out / f"{made.number}.json")
    write_atomically(data, made.data)
    write_atomically(pdf, made.pdf)
    click.echo(f"{made.subject_name}\n报告编号 {made.number}　校验码 {made.check_code}")
    click.echo(f"　{pdf}\n　{data}")
