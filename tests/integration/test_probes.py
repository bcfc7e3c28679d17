"""What machines ask: alive, ready, figures; and what every answer and every line of the log carries."""

import json
import logging
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client

from xinheng.adapters import database
from xinheng.adapters.jobs import QueueState, job_defer, queue_state
from xinheng.adapters.logs import JsonLines
from xinheng.config import probes
from xinheng.config.probes import Readiness

pytestmark = pytest.mark.django_db
ELSEWHERE = {"host": "10.0.0.7:8000"}


@pytest.fixture(autouse=True)
def _own_readiness():
    probes.readiness.cache_clear()
    yield
    probes.readiness.cache_clear()


@pytest.fixture
def lines():
    """Give the lines that the log of requests wrote."""
    found = []

    class Kept(logging.Handler):
        def emit(self, record):
            found.append(json.loads(JsonLines().format(record)))

    handler, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield found
    root.removeHandler(handler)
    root.setLevel(before)


def test_alive_and_ready_under_any_name_without_a_cookie(client):
    for path in ("/healthz", "/readyz"):
        response = client.get(path, headers=ELSEWHERE)
        assert response.status_code == 200, response.content
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
    assert json.loads(client.get("/readyz").content) == {"ready": True, "database": True, "tables": True}
    assert client.post("/readyz").status_code == 405


def test_not_ready_without_a_database_and_alive_all_the_same(client, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("could not connect to 10.0.0.1")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert json.loads(ready.content) == {"ready": False, "database": False, "tables": False}
    assert client.get("/healthz").status_code == 200
    assert b"xinheng_database_up 0.0" in client.get("/metrics").content


def test_not_ready_while_a_migration_is_missing(client, monkeypatch):
    assert database.migrations_missing() == []
    leaves = {*database.MigrationLoader(None).graph.leaf_nodes(), ("audit", "9999_of_the_next_release")}
    monkeypatch.setattr(
        database, "MigrationLoader", lambda _: SimpleNamespace(graph=SimpleNamespace(leaf_nodes=lambda: leaves))
    )
    assert database.migrations_missing() == ["audit.9999_of_the_next_release"]
    assert json.loads(client.get("/readyz").content) == {"ready": False, "database": True, "tables": False}


def test_the_database_is_asked_once_a_second_however_many_ask(django_assert_num_queries):
    moment = [100.0]
    asked = Readiness(moment=lambda: moment[0])
    asked.state()
    with django_assert_num_queries(0):
        asked.state()
    moment[0] += 1.0
    with django_assert_num_queries(1):
        assert asked.state() == {"database": True, "tables": True}


def test_figures_are_given_to_the_machine_itself_only(client, settings):
    client.get("/about/")
    text = client.get("/metrics").content.decode()
    assert 'xinheng_requests_total{method="GET",route="portal:about",status="200"}' in text
    assert "xinheng_database_up 1.0" in text
    assert "xinheng_jobs_waiting" in text
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404, "a proxy nobody told us of"
    settings.XINHENG_PROXIES = 1
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1, 203.0.113.9"}).status_code == 404
    settings.XINHENG_METRICS_FROM = ["203.0.113.0/24"]
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1, 203.0.113.9"}).status_code == 200


def test_no_path_becomes_a_name_of_a_figure(client):
    client.get("/subjects/11010519491231002X/")
    client.get("/没有/这一页/")
    client.generic("张三", "/about/")
    text = client.get("/metrics").content.decode()
    assert "11010519491231002X" not in text
    assert "没有" not in text
    assert "张三" not in text
    assert 'route="-",status="404"' in text


def test_every_answer_has_a_number_and_its_line_has_the_route_and_no_more(client, lines, settings):
    response = client.get("/search/?q=演示某某", headers={"x-request-id": "forged-line-1"})
    number = response["X-Request-ID"]
    assert len(number) == 32
    (line,) = [line for line in lines if line["logger"] == "xinheng.config.requests"]
    assert (line["request"], line["route"], line["method"], line["status"]) == (
        number,
        "portal:search",
        "GET",
        response.status_code,
    )
    client.get("/search/?q=11010519491231002X", follow=True)
    said = json.dumps(lines, ensure_ascii=False)
    assert "11010519491231002X" not in said
    assert "演示某某" not in said
    settings.XINHENG_PROXIES = 1
    assert client.get("/about/", headers={"x-request-id": "of-our-proxy-1"})["X-Request-ID"] == "of-our-proxy-1"


def test_the_number_on_the_error_page_is_the_one_in_the_log(lines, monkeypatch):
    from xinheng.portal.views import texts

    def broken(*_args, **_kwargs):
        raise ValueError("演示企业某某的秘密")

    monkeypatch.setattr(texts, "page", broken)
    client = Client(raise_request_exception=False)
    response = client.get("/about/")
    assert response["X-Request-ID"][:8].upper() in response.content.decode()
    (told,) = [line for line in lines if line.get("incident")]
    assert told["incident"] == response["X-Request-ID"][:8].upper()
    assert told["route"] == "portal:about"
    assert "秘密" not in json.dumps(lines, ensure_ascii=False)


def test_the_queue_tells_how_long_its_first_job_waits():
    empty = queue_state()
    job_defer(task="jobs.rescue", timestamp=0)
    full = queue_state()
    assert full == QueueState(
        waiting=empty.waiting + 1, oldest_seconds=full.oldest_seconds, failed=empty.failed, workers=empty.workers
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '90 s'")
    assert queue_state().oldest_seconds >= 90
