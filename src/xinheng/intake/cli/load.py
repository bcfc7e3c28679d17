"""``xinheng intake load`` and ``xinheng act import``: a file from its arrival to its records."""

import json
from pathlib import Path

import click

from xinheng.adapters import clock
from xinheng.intake.models import SubmissionState
from xinheng.intake.services import Declarations, LoadResult, receipt_text, submission_load

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--organ", required=True, help="报送机关的统一社会信用代码或名称。")
@click.option("--clerk", required=True, help="经办人。")
@click.option("--reviewer", required=True, help="审核人，不能与经办人相同。")
@click.option("--item", help="信息类别（目录项），不写时按表头识别。")
@click.option("--desensitised", is_flag=True, help="声明：违法事实等文字已脱敏，可以公开。")
@click.option("--on-the-spot", is_flag=True, help="声明：全部是当场处罚，入库不公示。")
@click.option("--legacy", is_flag=True, help="旧站数据：按原决定日期计算公示期，不算迟报。")
@click.option("--replaces", help="被退回的批次编号，由这份改好的文件代替。")
@click.option("--out-dir", type=FOLDER, default=Path(), help="标记表写到哪个文件夹，默认当前文件夹。")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="回执的格式。")
def load(
    *,
    file: Path,
    organ: str,
    clerk: str,
    reviewer: str,
    item: str | None,
    desensitised: bool,
    on_the_spot: bool,
    legacy: bool,
    replaces: str | None,
    out_dir: Path,
    output: str,
) -> None:
    """报送一份文件：检查、核对主体、两人确认、入库，给出回执。

    有退回的行时，标记表写到 --out-dir；改好后整份再报，已入库的行判为重复。中途停了，用同一条命令再来一次即可。
    """
    result = submission_load(
        path=file,
        organ_code=organ,
        clerk=clerk,
        reviewer=reviewer,
        item_id=item,
        declarations=Declarations(is_desensitised=desensitised, is_on_the_spot=on_the_spot, is_legacy=legacy),
        supersedes=replaces,
        now=clock.now(),
        out_dir=out_dir,
    )
    tell(result, output=output)


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option("--organ", required=True, help="报送机关的统一社会信用代码或名称。")
@click.option("--clerk", required=True, help="经办人。")
@click.option("--reviewer", required=True, help="审核人，不能与经办人相同。")
@click.option("--item", help="登记表（revocation、repair_result、list_removal、correction），不写时按表头识别。")
@click.option("--out-dir", type=FOLDER, default=Path(), help="标记表写到哪个文件夹，默认当前文件夹。")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="回执的格式。")
def act_import(*, file: Path, organ: str, clerk: str, reviewer: str, item: str | None, out_dir: Path, output: str) -> None:
    """导入撤销、修复结果、名单移出或更正登记表：按文书号找到原记录，确认后立即生效。"""
    result = submission_load(
        path=file, organ_code=organ, clerk=clerk, reviewer=reviewer, item_id=item, now=clock.now(), out_dir=out_dir
    )
    tell(result, output=output)


def tell(result: LoadResult, *, output: str) -> None:
    """Print the receipt; a file that was not accepted ends with exit code 2, rows that came back with 1."""
    receipt = result.receipt
    paths = [] if result.marked is None else [result.marked.path, result.marked.rest_path]
    marked = [str(path) for path in paths if path is not None]
    if output == "json":
        click.echo(json.dumps(receipt.as_dict() | {"marked": marked}, ensure_ascii=False, indent=2))
    else:
        click.echo(receipt_text(receipt))
        for path in marked:
            click.echo(f"标记表：{path}")
    if receipt.state == SubmissionState.REFUSED:
        raise SystemExit(2)
    if receipt.returned or receipt.doubtful:
        raise SystemExit(1)
