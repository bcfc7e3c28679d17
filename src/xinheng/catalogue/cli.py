"""``xinheng catalogue``: check, load and describe the law as data."""

import sys
from pathlib import Path

import click
from django.conf import settings

from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.catalogue.services import catalogue_check, catalogue_store, proposal_install, schema_text


@click.group()
def catalogue() -> None:
    """目录：检查、载入、说明“法规作为数据”的内容。"""


@catalogue.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path), required=False)
@click.option(
    "--base",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="行业包、地方补充所依托的目录；只报告 FOLDER 里的问题。",
)
def check(folder: Path | None, base: Path | None) -> None:
    """检查 FOLDER（默认为现用目录）；有问题时逐条说明位置、原因和改法，退出码为 1。"""
    problems = catalogue_check(folder or Path(settings.XINHENG_CATALOGUE_DIR), base=base)
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"\n共 {len(problems)} 处问题，这些内容不能使用。")
        sys.exit(1)
    click.echo("没有发现问题。")


@catalogue.command()
def load() -> None:
    """把现用目录存为快照（只增不改，同样的内容只存一次）。"""
    stored = catalogue_store(now=clock.now(), actor="cli")
    current = catalogue_current()
    click.echo(
        f"目录 {stored.hash[:12]}：{len(current.items)} 个信息事项，{len(current.clocks)} 个期限，"
        f"{len(current.regimes)} 个公示规定版本，{len(current.list_types)} 个名单，{len(current.measures)} 项措施，"
        f"{len(current.organs)} 个机关。" + ("已存为新快照。" if stored.is_new else "此前已经存过，没有变化。")
    )


@catalogue.command()
def schema() -> None:
    """输出目录文件的 JSON Schema，供编辑器提示和校验。"""
    click.echo(schema_text(), nl=False)


@catalogue.command()
@click.argument("number", type=int)
@click.option("--by", "actor", required=True, help="装入人。")
def adopt(number: int, actor: str) -> None:
    """把信用办已批准的目录修改建议装入现用目录；没有批准的、现行目录已经变过的不装。"""
    proposal = proposal_install(proposal_id=number, actor=actor, now=clock.now())
    click.echo(f"目录修改建议 {number}“{proposal.title}”已装入，目录指纹 {proposal.hash[:12]}；各进程在一秒内看到。")
