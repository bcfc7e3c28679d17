"""``xinheng intake check``: every problem of a file, without storing it."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking import rule
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.errors import FileRefused
from xinheng.intake.services import FileCheck, file_check
from xinheng.intake.workbooks import finding_record, findings_csv_write, findings_export
from xinheng.kernel.shown import shown

REFUSED_ROWS = 1
UNREADABLE = 2
SHOWN = 5
"""Findings of one rule that the text shows; the rest is counted."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--item", help="信息类别（目录项），不写时按表头识别。")
@click.option("--organ", help="报送机关的统一社会信用代码。")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "xlsx"]), default="text", help="结果的格式。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="结果写到文件；xlsx 必须写。")
@click.option("--no-register", is_flag=True, help="不查登记库（不需要数据库）。")
@click.option("--on-the-spot", is_flag=True, help="声明：全部是当场处罚。")
@click.option("--legacy", is_flag=True, help="旧站数据：不算迟报。")
def check(
    *,
    file: Path,
    item: str | None,
    organ: str | None,
    form: str,
    out: Path | None,
    no_register: bool,
    on_the_spot: bool,
    legacy: bool,
) -> None:
    """检查一份文件，列出全部问题，不保存任何内容。

    退出码：0 没有必须改正的问题；1 有必须改正的行；2 文件不能读取。
    """
    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx 需要用 --out 写明文件名。")
    with tempfile.TemporaryDirectory(prefix="xinheng-check-") as folder:
        try:
            result = file_check(
                path=file,
                folder=Path(folder),
                on_date=clock.today(),
                item_id=item,
                organ_code=organ,
                use_register=not no_register,
                on_the_spot=on_the_spot,
                legacy=legacy,
            )
        except FileRefused as refusal:
            _tell_refusal(refusal, form=form)
            sys.exit(UNREADABLE)
        if form == "csv":
            findings_csv_write(result.checked.findings, out=out or sys.stdout.buffer)
        elif form == "xlsx":
            findings_export(result.checked.iter_findings(), form=form, out=out or sys.stdout.buffer)
        else:
            parts = _json(result) if form == "json" else _text(result)
            _write(parts, out)
        if form == "xlsx" or out is not None:
            click.echo(_headline(result), err=form != "text")
        if result.checked.totals.refused:
            sys.exit(REFUSED_ROWS)


def _write(parts: Iterable[str], out: Path | None) -> None:
    if out is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    with out.open("w", encoding="utf-8") as file:
        file.writelines(parts)


def _tell_refusal(refusal: FileRefused, *, form: str) -> None:
    if form == "json":
        click.echo(json.dumps({"error": {"code": refusal.code, "detail": str(refusal)}}, ensure_ascii=False))
    else:
        click.echo(str(refusal), err=True)


def _headline(result: FileCheck) -> str:
    totals = result.checked.totals
    ready = totals.accepted - totals.explain
    return f"{totals.rows:,}行中{ready:,}行可以提交，{totals.refused + totals.explain:,}行要处理"


def _json(result: FileCheck) -> Iterator[str]:
    """Yield one JSON object; findings stream through."""
    checked = result.checked
    head = {
        "file": shown(result.landed.source.name),
        "file_sha256": result.landed.file_sha256,
        "item": checked.item_id,
        "item_version": checked.item_version,
        "rule_set_version": checked.rule_set_version,
        "totals": asdict(checked.totals),
        "rules": [
            {
                "rule": count.rule.id,
                "title": count.rule.title,
                "severity": count.rule.severity.value,
                "ground": count.rule.ground,
                "confidence": count.rule.confidence.value,
                "findings": count.findings,
            }
            for count in checked.counts
        ],
    }
    yield json.dumps(head, ensure_ascii=False, indent=2)[:-2] + ',\n  "findings": ['
    comma = "\n    "
    for finding in checked.iter_findings():
        yield comma + json.dumps(finding_record(finding), ensure_ascii=False)
        comma = ",\n    "
    yield "\n  ]\n}\n"


def _text(result: FileCheck) -> Iterator[str]:
    """Yield the summary, what concerns the whole file, and the problems by rule, the most frequent first."""
    yield f"{shown(result.landed.source.name)}：{result.item.title}\n{_headline(result)}\n"
    yield _totals_line(result) + "\n"
    about_file, by_rule, counts = _grouped(result.checked.iter_findings())
    if about_file:
        yield "\n整份文件\n"
        for finding in about_file:
            yield f"  〔{finding.severity.label}〕{finding.message}\n"
            if finding.fix:
                yield f"    怎么改：{finding.fix}\n"
    for rule_id, number in counts.most_common():
        yield from _rule_text(rule_id, number, by_rule[rule_id], name_sheets=len(result.landed.sheets) > 1)
    if not result.checked.finding_count:
        yield "没有发现问题。\n"


def _totals_line(result: FileCheck) -> str:
    totals = result.checked.totals
    parts = [
        (totals.refused, "必须改正{}行（不改不能提交）"),
        (totals.persons, "其中自然人{}行，不收"),
        (totals.explain, "需要说明{}行（写明原因即可）"),
        (totals.duplicates, "与前面完全相同{}行（不会记两次）"),
        (totals.not_shown, "入库但不公示{}行"),
    ]
    return " · ".join(words.format(f"{number:,}") for number, words in parts if number) or "没有要处理的行"


def _grouped(findings: Iterable[Finding]) -> tuple[list[Finding], dict[str, list[Finding]], Counter[str]]:
    about_file: list[Finding] = []
    by_rule: dict[str, list[Finding]] = {}
    counts: Counter[str] = Counter()
    for finding in findings:
        if finding.row == 0:
            about_file.append(finding)
            continue
        counts[finding.rule] += 1
        samples = by_rule.setdefault(finding.rule, [])
        if len(samples) < SHOWN:
            samples.append(finding)
    return about_file, by_rule, counts


def _rule_text(rule_id: str, number: int, samples: list[Finding], *, name_sheets: bool) -> Iterator[str]:
    first = samples[0]
    try:
        title = rule(rule_id).title
    except KeyError:
        title = first.message
    yield f"\n{title}（{rule_id}）{number:,}处〔{FindingSeverity(first.severity).label}〕依据：{first.ground}〔{_confidence(first)}〕\n"
    for finding in samples:
        place = f"“{finding.sheet}”" if name_sheets else ""
        shown = f"  表中的值：{finding.value}" if finding.value else ""
        yield f"  {place}第{finding.row}行  {finding.message}{shown}\n"
        if finding.expected:
            yield f"    应当是：{finding.expected}\n"
        if finding.fix:
            yield f"    怎么改：{finding.fix}\n"
    if number > len(samples):
        yield f"  还有{number - len(samples):,}处，用 --format csv 或 --format xlsx 看全部\n"


def _confidence(finding: Finding) -> str:
    return Confidence(finding.confidence).label
