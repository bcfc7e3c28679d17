"""``xinheng intake template``: the workbook a department fills in."""

from pathlib import Path

import click

from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.workbooks import template_write


@click.command()
@click.argument("item")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def template(item: str, out: Path) -> None:
    """生成填报模板（下拉选项、填写说明、版本号）。ITEM 是目录项，如 administrative_penalty。"""
    catalogue = catalogue_current()
    known = {entry.id: entry for entry in catalogue.items}
    if item not in known:
        names = "\n".join(f"  {entry.id}　{entry.title}" for entry in catalogue.items)
        raise click.UsageError(f"没有目录项“{item}”。可以是：\n{names}")
    template_write(item=known[item], catalogue=catalogue, out=out)
    click.echo(f"已生成《{known[item].template_title}》{known[item].template_version}版：{out}")
