"""The served site as a process of its own: what it and its web server say of requests, whole and broken ones, at the most talkative."""

import contextlib
import http.client
import socket
import subprocess

import pytest
from tests.factories import planted
from tests.factories.collecting import files_below
from tests.factories.commands import environment, started

_ASKED = 4


@pytest.fixture
def site(postgres_server, fresh_database, tmp_path):
    """Give the port of a served site, and afterwards a function that ends it and returns all that it said."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = environment(postgres_server, database=fresh_database, var=tmp_path / "served")
    talkative = {
        "XINHENG_LOG_LEVEL": "DEBUG",
        "PYTHONUNBUFFERED": "1",
        "XINHENG_ALLOWED_HOSTS": "127.0.0.1",
        "RUST_LOG": "debug",
    }
    process = started("serve", "--port", str(port), "--jobs", "0", "--workers", "1", environment=settings | talkative)
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if "Started worker" in line:
            break
    for _ in range(600):  # the server says that it started before its worker listens
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
            pytest.fail("".join(said))

    def ended() -> str:
        process.terminate()
        said.append(process.communicate(timeout=60)[0])
        return "".join(said)

    yield port, ended
    if process.poll() is None:
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=10)


def _answered(port: int, request: bytes) -> bytes:
    """Send bytes as they are and return what comes until the other side closes or says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        parts = []
        with contextlib.suppress(ConnectionError, TimeoutError):
            while part := wire.recv(65536):
                parts.append(part)
    return b"".join(parts)


@pytest.mark.personal_data
def test_neither_the_site_nor_its_server_tells_what_was_typed(site, tmp_path):
    port, ended = site
    number, text = planted.resident(1), planted.all_of(2)
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for method, path, body in (
        ("GET", f"/search/?q={number}", None),
        ("GET", "/search/?q=%E5%A4%94", None),
        (number, "/", None),
        ("GET", f"/{planted.phone(3)}/{number}", None),
        ("GET", f"/api/v1/organisations?q={planted.card(4)}", None),
        ("POST", "/account/login/", f"login={number}&password={planted.phone(5)}"),
        ("POST", f"/verify/?x={number}", "number=" + number),
        ("OPTIONS", f"/{number}", None),
    ):
        client.request(method, path, body, {"User-Agent": planted.phone(6), "Referer": f"http://x/{number}"})
        answer = client.getresponse()
        content = answer.read()
        told = f"{answer.status} {answer.headers}".encode() + content
        assert planted.found_in(told) == [], (method, path)
    client.close()
    # What is no request is refused by the web server itself, which may say so in its own lines.
    head = f"Host: 127.0.0.1\r\nX-Name: {number}\r\n".encode()
    for request in (
        f"GET /{number} HTTP/9.9\r\n".encode() + head + b"\r\n",
        f"{number} / HTTP/1.1\r\n".encode() + head + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: " + number.encode() + b"@!\r\n\r\n",
        f"GET /{number} {text} HTTP/1.1\r\n".encode() + head + b"\r\n",
        b"POST /verify/ HTTP/1.1\r\nContent-Length: 99999\r\n" + head + b"\r\nnumber=" + number.encode(),
        b"GET /search/?q=%" + number.encode() + b" HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n",
    ):
        assert planted.found_in(_answered(port, request)) == []
    said = ended()
    assert said.count("xinheng.config.requests") >= _ASKED, said[-2000:]
    assert "route=portal:search" in said
    assert planted.found_in(said.encode()) == []
    looked = [name for name, content in files_below(tmp_path / "served", but=("keys",)) if planted.found_in(content) == []]
    assert len(looked) > 10
    assert not [name for name, content in files_below(tmp_path / "served", but=("keys",)) if planted.found_in(content)]
