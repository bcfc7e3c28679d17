"""A polite end (SIGTERM) of what a person starts: the command leaves, and the embedded server with it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from xinheng.adapters.postgres import Server


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "var"
    yield path
    server = _server(path)
    server._stop()
    for folder in (server.data.parent, server.socket_folder):
        shutil.rmtree(folder, ignore_errors=True)


def _server(home):
    return Server(home, os.environ.get("XINHENG_PG", "wheel"))


def _command(home, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "XINHENG_DEMO"))}
    return subprocess.Popen(
        [sys.executable, "-m", "xinheng", *arguments],
        env=environment | {"XINHENG_VAR": str(home), "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "xinheng.config.settings"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=settings.PROJECT,
    )  # fmt: skip


def _line_with(process, words):
    """Read until a line says ``words``; a process that ends before is a failure with all that it said."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return line
    pytest.fail("".join(said))


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_listens(process, port):
    """The server says that it started before its worker listens, so the port itself is asked."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
            break
    pytest.fail(f"nothing listens on port {port}")


def _end(process):
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def test_the_web_server_ends_with_its_database(home):
    port = _free_port()
    process = _command(home, "serve", "--port", str(port), "--workers", "1")
    _line_with(process, f"http://127.0.0.1:{port}/")
    assert _server(home).answers()
    _wait_until_it_listens(process, port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/about/", timeout=60) as answer:
        assert "关于与收录范围" in answer.read().decode()
    figures = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60).read().decode()
    assert 'xinheng_requests_total{method="GET",route="portal:about",status="200"} 1.0' in figures, "of all its processes"
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60).status == 200
    with pytest.raises(urllib.error.HTTPError, match="503"):  # nobody made its tables
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60)

    code, output = _end(process)

    assert code in {0, 143, -signal.SIGTERM}, output
    assert "Traceback" not in output
    assert not _server(home).answers(), "nobody holds it any more"


def test_a_demo_stopped_in_the_middle_leaves_no_server_and_begins_again(home):
    process = _command(home, "demo", "--once")
    _line_with(process, "数据库和法规目录已就绪")

    code, output = _end(process)

    assert code == 143, output
    assert "Traceback" not in output
    assert not _server(home).answers()
    assert not (home / "demo.json").exists(), "no report of a job that was not done"
