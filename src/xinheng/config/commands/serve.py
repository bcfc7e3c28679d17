"""``xinheng serve``: the web server."""

import os
import tempfile
from contextlib import nullcontext

import click
from django.conf import settings
from django.core.management import call_command

from xinheng.config.commands.worker import WorkerKeeper

_END_SECONDS = 30
"""So long a process that answers may take to end; the units of deploy/ allow a minute for all."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="回答网页的进程数。")
@click.option("--jobs", default=2, show_default=True, help="同时检查几份上传的文件；0：由另外运行的 xinheng worker 处理。")
def serve(*, host: str, port: int, workers: int, jobs: int) -> None:
    """启动网站和处理上传文件的工作进程，按 Ctrl-C 停止。"""
    from granian import Granian
    from granian.constants import Interfaces

    if settings.XINHENG_DOORS == "public" and jobs:
        jobs = 0
        click.echo("只开公开的门（XINHENG_DOORS=public）：不处理任务。")
    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.EMBEDDED_SERVER is not None:
        # Held by this process, so that the server outlives the restarts of its workers.
        settings.EMBEDDED_SERVER.acquire()
    click.echo(f"网站：http://{host}:{port}/  （Ctrl-C 停止）")
    with (
        tempfile.TemporaryDirectory(prefix="xinheng-metrics-") as counts,
        WorkerKeeper(concurrency=jobs) if jobs else nullcontext(),
    ):
        # The processes that answer add their counts up in this folder; they read its name when they start (adapters.metrics).
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", counts)
        Granian(
            "xinheng.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=8,
            log_access=False,
            # Whoever never sends the rest of a request cannot hold up the end.
            workers_kill_timeout=_END_SECONDS,
        ).serve()
