"""The command ``xinheng``: one group per context, imported only when it is called."""

import gc
import importlib
import os
import signal
import sys
from pathlib import Path

import click

from xinheng.adapters.memory import heaps_bound

GROUPS = {
    "account": "xinheng.config.commands.account:account",
    "act": "xinheng.intake.cli:act",
    "audit": "xinheng.audit.cli:audit",
    "backup": "xinheng.operations.cli:backup",
    "catalogue": "xinheng.catalogue.cli:catalogue",
    "client": "xinheng.config.commands.client:client",
    "database": "xinheng.config.commands.database:database",
    "docs": "xinheng.config.commands.docs:docs",
    "doctor": "xinheng.operations.cli:doctor",
    "demo": "xinheng.config.commands.demo:demo",
    "explain": "xinheng.publicity.cli:explain",
    "export": "xinheng.exchange.cli:export",
    "intake": "xinheng.intake.cli:intake",
    "keys": "xinheng.operations.cli:key_ring",
    "log": "xinheng.tlog.cli:log",
    "monitoring": "xinheng.monitoring.cli:monitoring",
    "publish": "xinheng.tlog.cli:publish",
    "recheck": "xinheng.recheck.cli:recheck",
    "record": "xinheng.publicity.cli:record",
    "report": "xinheng.reports.cli:report",
    "register": "xinheng.subjects.cli:register",
    "retention": "xinheng.retention.cli:retention",
    "restore": "xinheng.operations.cli:restore",
    "serve": "xinheng.config.commands.serve:serve",
    "snapshot": "xinheng.opendata.cli:snapshot",
    "synth": "xinheng.synth.cli:synth",
    "worker": "xinheng.config.commands.worker:worker",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when needed, so that ``xinheng --help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        return sorted(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or ``None`` for an unknown name."""
        if cmd_name not in GROUPS:
            return None
        module, _, name = GROUPS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        assert isinstance(command, click.Command)
        from xinheng.config.at_work import commands_at_work

        commands_at_work(cmd_name, command)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="xinheng")
def cli() -> None:
    """信衡：公共信用信息平台。各子命令加 --help 看用法。"""


def main() -> None:
    """Run the command line; refusals are told in plain words, without a traceback."""
    # What modules make when they are imported stays: looking through it for garbage takes a tenth of the start.
    gc.disable()
    heaps_bound()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
    if sys.argv[1:2] == ["demo"]:
        # Invented data stay apart from a deployment's own, and every page says what they are.
        os.environ.setdefault("XINHENG_DEMO", "1")
        os.environ.setdefault("XINHENG_VAR", str(Path.cwd() / "var" / "demo"))
    import django
    import psycopg
    from django.db import InterfaceError, OperationalError, ProgrammingError

    from xinheng.adapters.postgres import ServerNotStarted
    from xinheng.adapters.storage import is_of_a_full_disk
    from xinheng.kernel.errors import DomainError

    # What libraries drop on a full disk (half-written files that are flushed once more) is told once, in words, below.
    sys.unraisablehook = lambda dropped: (
        None if dropped.exc_value and is_of_a_full_disk(dropped.exc_value) else sys.__unraisablehook__(dropped)
    )
    # A polite end runs the exit handlers, which stop the embedded server.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    django.setup()
    try:
        cli(prog_name="xinheng")
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        click.echo("数据库还没有建好，或者表结构不是当前版本。先运行 xinheng database migrate，再试一次。", err=True)
        sys.exit(2)
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError) as error:
        click.echo(
            "与数据库的连接断了，或者连不上。已经完成的步骤都在，没有完成的这一步不算数。"
            "数据库恢复后用同一条命令再来一次，或运行 xinheng intake resume，不丢也不重。\n"
            f"原因：{str(error).strip()}",
            err=True,
        )
        sys.exit(2)
    except (DomainError, ServerNotStarted) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        if not is_of_a_full_disk(error):
            raise
        click.echo(
            "磁盘写满了（或者到了配额），这一步没有做完，不算数；已经完成的步骤都在。腾出空间（docs/runbooks/disk-full.zh.md）以后，"
            "用同一条命令再来一次，或运行 xinheng intake resume，不丢也不重。",
            err=True,
        )
        sys.exit(2)
