"""What a reader is told when a page cannot be given."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError, connection

from xinheng.portal.views import texts

pytestmark = pytest.mark.django_db


def away(*_args, **_kwargs):
    raise OperationalError("could not connect to 10.0.0.1")


def canceled(*_args, **_kwargs):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(10)")


def raising(error):
    def broken(*_args, **_kwargs):
        raise error

    return broken


@pytest.mark.parametrize("path", ["/", "/help/", "/lists/licences.csv", "/api/v1/catalogue", "/nothing/"])
def test_a_host_that_is_not_ours_is_refused_in_words(client, path):
    response = client.get(path, headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()
    assert "这个地址读不懂" in response.content.decode()


@pytest.mark.parametrize(
    ("broken", "status", "heading"),
    [
        (raising(SuspiciousOperation("Invalid HTTP_HOST")), 400, "这个地址读不懂"),
        (raising(RequestDataTooBig("2621440")), 413, "提交的内容太大"),
        (raising(PermissionDenied("secret")), 403, "这一页不对外开放"),
        (away, 503, "数据库暂时连不上"),
        (raising(OSError(28, "No space left on /var/secret")), 503, "现在存不下新的内容"),
        (canceled, 503, "这一页算得太久，先停下了"),
    ],
)
def test_each_fault_has_a_considered_page(client, monkeypatch, broken, status, heading):
    monkeypatch.setattr(texts, "page", broken)
    client.raise_request_exception = False
    response = client.get("/about/")
    text = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in text
    assert f"<title>{heading}" in text
    assert "noindex" in response["X-Robots-Tag"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not [word for word in ("10.0.0.1", "secret", "HTTP_HOST", "Error", "statement") if word in text]
    assert (response.get("Retry-After") is not None) is (status == 503)
    assert 'href="/"' in text


def test_a_wrong_method_has_words_and_the_header(client):
    response = client.post("/about/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert "这一页不能这样打开" in response.content.decode()


def test_programs_get_problems(client, monkeypatch):
    from xinheng.publicity import api

    client.raise_request_exception = False
    for broken, code in ((away, "api.unavailable"), (canceled, "api.too_slow")):
        monkeypatch.setattr(api, "source_states", broken)
        response = client.get("/api/v1/sources")
        assert response.status_code == 503
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == code
        assert response["Retry-After"] == "30"
