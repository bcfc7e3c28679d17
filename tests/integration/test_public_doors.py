"""A process that has the public doors only answers every public address as the whole site does, under a role that can do no more."""

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from tests.factories.accounts import make_account, set_up_totp
from tests.factories.families import API, FAMILIES, FILES
from tests.factories.intake_world import ORGAN
from tests.factories.portal import FINE, TODAY, County, make_county, publish_item

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.adapters.postgres.roles import NARROW, PUBLIC_ROLE
from xinheng.adapters.postgres.supervisor import APP_ROLE
from xinheng.config import probes
from xinheng.opendata.selectors import feed_place
from xinheng.reports.services import Issued, report_issue
from xinheng.subjects.models import Subject
from xinheng.tlog.services import log_append

ELSEWHERE = {"portal:report", "portal:report_again"}
"""Families of public pages that write or sign: the other process has them."""
NOT_PUBLIC = ("workbench:", "account_", "mfa_", "invitation", "oauth_", "openid_connect_", "socialaccount_")


@pytest.fixture
def county(fresh_database):
    with clock.fixed(TODAY):
        with transaction.atomic():
            county = make_county()
        log_append(now=clock.now())
        yield county


@pytest.fixture
def issued(county) -> Issued:
    return report_issue(subject=Subject.objects.get(pk=county.company), now=clock.now(), actor="test")


@pytest.fixture
def addresses(county):
    """Return every public address that is only read, with a change in the feed, a proof and a part of the log."""
    place = feed_place(on_date=TODAY).text
    with transaction.atomic():
        publish_item(
            "administrative_penalty", subject_id=county.company, penalty_mask=FINE, document_no="奉市监处罚〔2026〕演示99号",
            decision_date=TODAY, row_no=99,
        )  # fmt: skip
    examples = [path for name, paths in FAMILIES.items() if name not in ELSEWHERE for path in paths]
    more = [
        "/statistics.csv",
        "/robots.txt",
        "/favicon.ico",
        "/search/suggestions/?q=云帆",
        "/log/checkpoint",
        "/readyz",
        "/nowhere/",
    ]
    paths = [path.format(**asdict(county)) for path in [*examples, *API.values(), *FILES.values(), *more]]
    return [*paths, f"/api/v1/changes?after={place}", "/api/v1/log/consistency?first=1&second=3"]


class _Doors:
    """Become a process with the public doors, and the whole site again."""

    def __init__(self, settings) -> None:
        self._settings, self._before = settings, list(settings.MIDDLEWARE)

    def open(self) -> None:
        connections.close_all()
        connection.settings_dict["USER"] = PUBLIC_ROLE
        self._settings.XINHENG_DOORS = "public"
        self._settings.MIDDLEWARE = [self._before[0], "xinheng.config.doors.PublicDoorsMiddleware", *self._before[1:]]
        probes.readiness.cache_clear()
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user")
            assert cursor.fetchone() == (PUBLIC_ROLE,)

    def close(self) -> None:
        connections.close_all()
        connection.settings_dict["USER"] = APP_ROLE
        probes.readiness.cache_clear()


@pytest.fixture
def doors(fresh_database, settings):
    doors = _Doors(settings)
    yield doors
    doors.close()


def _told(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # The moment of the answer, and its own number.
    content = re.sub(rb'"as_of": ?"[^"]+"', b"", content)
    return answer.status_code, dict(answer.headers) | {"X-Request-ID": ""}, content


def _answers(paths, issued):
    client = Client()
    answers = {path: _told(client.get(path)) for path in paths}
    held = {"number": issued.number, "check_code": issued.check_code}
    answers["verified"] = _told(client.post("/verify/", held))
    answers["verified by a program"] = _told(
        client.post("/api/v1/reports/verification/number", json.dumps(held), content_type="application/json")
    )
    return answers


def test_every_public_address_is_answered_as_by_the_whole_site(addresses, issued, doors):
    whole = _answers(addresses, issued)
    assert {path for path, (status, _, _) in whole.items() if status != 200} == {
        "/favicon.ico",
        "/nowhere/",
        FILES["tlog:tile"],
    }
    doors.open()
    narrow = _answers(addresses, issued)
    assert {path for path in whole if narrow[path][0] != whole[path][0]} == set()
    assert {path for path in whole if narrow[path] != whole[path]} == set()
    assert "报告真实" in narrow["verified"][2].decode()


def test_the_role_has_no_right_that_no_public_answer_needs(addresses, issued, doors):
    doors.open()
    with CaptureQueriesContext(connection) as queries:
        _answers(addresses, issued)
    asked = " ".join(query["sql"] for query in queries)
    role = NARROW[PUBLIC_ROLE]
    with connection.cursor() as cursor:  # what a function or a view calls is called by whoever asks
        cursor.execute("SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname = ANY(%s)", [list(role.calls)])
        bodies = cursor.fetchone()[0]
    assert [name for name in role.reads if not re.search(rf"\b{name}\b", asked)] == []
    assert [name for name in role.calls if not re.search(rf"\b{name}\b", f"{asked} {bodies}")] == []
    columns = {column for columns in role.reads.values() for column in columns}
    assert [column for column in sorted(columns) if not re.search(rf"\b{column}\b", asked)] == []


def _routes(patterns=None, prefix="", names=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from _routes(pattern.url_patterns, path, space)
        else:
            yield f"{names}{pattern.name or ''}", path


def _example(path: str, county: County) -> str:
    values = {"int": str(county.company), "uuid": str(county.penalty), "slug": "x", "str": "x", "path": "x"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values[found[1] or "str"], path)


def test_everything_else_is_not_found_whoever_asks(county, doors):
    signed_in = Client()
    account = make_account("demo.office", Role.CREDIT_OFFICER, ORGAN, now=clock.now())
    set_up_totp(account)
    signed_in.force_login(account)
    assert signed_in.get("/workbench/").status_code == 200
    others = [
        _example(path, county)
        for name, path in _routes()
        if name.startswith(NOT_PUBLIC) or name in {*ELSEWHERE, "portal:report_file"} or "/submissions" in path
    ]
    assert len(others) > 100
    doors.open()
    client = Client(raise_request_exception=False)
    client.cookies = signed_in.cookies
    found = {
        (method, path): answer.status_code
        for path in others
        for method in ("get", "post", "put", "delete")
        if (answer := getattr(client, method)(path)).status_code != 404
    }
    assert found == {}
    answer = client.get("/")
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_figures_are_of_what_the_process_can_know(doors):
    doors.open()
    text = Client().get("/metrics").content.decode()
    assert "xinheng_database_up 1.0" in text
    assert "jobs_waiting" not in text


_PROCESS = """
import django, json
django.setup()
from django.conf import settings
from django.db import connection, connections
from django.test import Client
with connection.cursor() as cursor:
    cursor.execute("SELECT session_user, current_setting('default_transaction_read_only')")
    role = cursor.fetchone()
client = Client()
print(json.dumps([list(connections), role, client.get("/").status_code, client.get("/workbench/").status_code]))
"""


def test_the_setting_makes_such_a_process_that_knows_no_other_address_and_no_key(fresh_database, postgres_server, tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("XINHENG_", "DATABASE_", "DJANGO_"))
    }
    environment |= {
        "DJANGO_SETTINGS_MODULE": "xinheng.config.settings",
        "XINHENG_DOORS": "public",
        "XINHENG_VAR": str(tmp_path / "var"),
        "DATABASE_PUBLIC_URL": f"postgres://{PUBLIC_ROLE}@/{postgres_server.socket_folder}/{fresh_database}",
    }
    done = subprocess.run([sys.executable, "-c", _PROCESS], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [["default"], [PUBLIC_ROLE, "on"], 200, 404]
    assert not (tmp_path / "var" / "keys").exists()
