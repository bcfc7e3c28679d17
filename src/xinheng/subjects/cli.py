"""Commands about the register: import, template."""

import csv
from collections import Counter
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.kernel.spreadsheet_safety import neutralise
from xinheng.subjects import services
from xinheng.subjects.services import RegisterReport

_OUTCOMES = {
    "rows": "读到",
    "new": "新增",
    "updated": "有变化",
    "unchanged": "没有变化",
    "stale": "旧信息未采用",
    "duplicate": "文件内重复",
    "refused": "退回",
}
_CHANGES = {
    "renamed": "改名",
    "uscc": "换代码",
    "registration_no": "注册号变化",
    "organisation_code": "组织机构代码变化",
    "status": "状态变化",
    "address": "住所变化",
    "merged": "合并",
    "irregular_codes": "代码不规则而在登记库中（已标记）",
}
_SHOWN = 20


@click.group()
def register() -> None:
    """登记库：导入组织的登记信息，生成模板。"""


@register.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", "--actor", "actor", default="命令行", show_default=True, help="操作人，记入事件日志。")
@click.option("--dry-run", is_flag=True, help="只看结果，不保存。")
@click.option("--demo", is_flag=True, help="新增的组织标记为演示数据。")
@click.option("--refused", "refused_out", type=click.Path(path_type=Path), help="把退回的行写入这个 CSV 文件。")
def import_file(*, file: Path, actor: str, dry_run: bool, demo: bool, refused_out: Path | None) -> None:
    """导入登记库文件 FILE（CSV、CSV.GZ、XLSX）；再次导入只处理变化。"""
    report = services.register_import(path=file, actor=actor, now=clock.now(), dry_run=dry_run, is_demo=demo)
    if refused_out is not None:
        _write_refused(report, refused_out)
    click.echo("试算结果（没有保存）：" if dry_run else "导入完成：")
    click.echo("，".join(f"{title} {report.counts[key]:,}" for key, title in _OUTCOMES.items()))
    changes = [f"{title} {report.counts[key]:,}" for key, title in _CHANGES.items() if report.counts.get(key)]
    if changes:
        click.echo("其中：" + "，".join(changes))
    if report.personal_columns:
        click.echo("个人信息列没有读取：" + "、".join(report.personal_columns))
    if report.unused_columns:
        click.echo("没有使用的列：" + "、".join(report.unused_columns))
    _echo_notes(report)
    _echo_refused(report, refused_out)


def _echo_notes(report: RegisterReport) -> None:
    examples = {note.note_code: note for note in reversed(report.notes)}
    for note_code, count in Counter(note.note_code for note in report.notes).most_common():
        example = examples[note_code]
        click.echo(f"提示 {count:,} 行：{example.note}（如第{example.row}行）")


def _echo_refused(report: RegisterReport, refused_out: Path | None) -> None:
    for row in report.refused[:_SHOWN]:
        click.echo(f"退回 第{row.row}行 {row.name} {row.code}：{row.reason}")
    if len(report.refused) > _SHOWN:
        rest = f"全部已写入 {refused_out}" if refused_out else "加 --refused 文件.csv 可写出全部"
        click.echo(f"……另有 {len(report.refused) - _SHOWN:,} 行退回，{rest}。")


def _write_refused(report: RegisterReport, out: Path) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行号", "名称", "代码", "退回原因"])
        for row in report.refused:
            writer.writerow([row.row, neutralise(row.name), neutralise(row.code), row.reason])


@register.command()
@click.argument("out", type=click.Path(path_type=Path))
def template(*, out: Path) -> None:
    """把登记库导入模板写到 OUT（.xlsx）。"""
    services.register_template_write(out=out)
    click.echo(f"已写出模板：{out}")
