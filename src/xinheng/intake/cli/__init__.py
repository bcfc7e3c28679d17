"""The commands ``xinheng intake …`` and ``xinheng act …``."""

import click

from xinheng.intake.cli.check import check
from xinheng.intake.cli.doubts import decide, doubts, undo
from xinheng.intake.cli.follow import original, purge_originals, receipt, resume, return_, status, withdraw
from xinheng.intake.cli.load import act_import, load
from xinheng.intake.cli.template import template


@click.group()
def intake() -> None:
    """归集：检查、报送、回执、存疑、撤回。"""


@click.group()
def act() -> None:
    """对已入库的记录作出处理：撤销、修复、移出名单、更正。"""


for command in (
    check, load, receipt, status, resume, withdraw, return_, original, purge_originals, doubts, decide, undo, template,
):  # fmt: skip
    intake.add_command(command)
act.add_command(act_import)
