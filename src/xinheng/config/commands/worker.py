"""``xinheng worker``: does what pages and the API put into the queue; and the keeper that ``xinheng serve`` has of one."""

import logging
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Final, Self

import click

_log = logging.getLogger(__name__)
_AGAIN_AFTER_SECONDS: Final = 2.0
_AGAIN_AT_MOST_SECONDS: Final = 60.0
_LIVED_SECONDS: Final = 120.0
_POLITE_SECONDS: Final = 20.0


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="同时处理几件。")
@click.option("--until-done", is_flag=True, help="队列空了就退出。")
@click.option("--stalled-after", default=20.0, show_default=True, help="别的工作进程多少秒没有动静就接手它的活。")
def worker(*, concurrency: int, until_done: bool, stalled_after: float) -> None:
    """处理排队的工作（检查上传的文件、发送通知）。按 Ctrl-C 停止，做了一半的先做完；被强行终止也不丢不重。"""
    from xinheng.adapters.jobs import QueueUnreachable, worker_run

    try:
        worker_run(concurrency=concurrency, until_done=until_done, stalled_after=stalled_after)
    except QueueUnreachable as error:
        click.echo(
            "数据库还没有建好，或者连接断了。先运行 xinheng database migrate；做了一半的工作会由下一个工作进程接手，不丢也不重。\n"
            f"原因：{str(error.__cause__ or error).strip()}",
            err=True,
        )
        sys.exit(2)


class WorkerKeeper:
    """Keeps one worker process alive beside the web server: started again where it dies, ended politely with us."""

    def __init__(self, *, concurrency: int) -> None:
        self._command = [sys.executable, "-m", "xinheng", "worker", f"--concurrency={concurrency}"]
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ending.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(timeout=_POLITE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()  # what it was at is put back by the next worker
        self._thread.join(timeout=_POLITE_SECONDS)

    def _keep(self) -> None:
        pause = _AGAIN_AFTER_SECONDS
        while not self._ending.is_set():
            began = time.monotonic()
            with self._lock:
                if self._ending.is_set():
                    return
                self._process = subprocess.Popen(self._command)
            code = self._process.wait()
            if not self._ending.is_set():
                # One that cannot even begin (no tables yet) is tried ever more slowly.
                lived = time.monotonic() - began > _LIVED_SECONDS
                pause = _AGAIN_AFTER_SECONDS if lived else min(2 * pause, _AGAIN_AT_MOST_SECONDS)
                _log.warning("the worker ended (%s) and is started again in %.0f s", code, pause)
                self._ending.wait(pause)
