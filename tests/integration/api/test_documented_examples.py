"""The examples of docs/api.md are true, and every code that the API can answer with is in its table."""

import json
import re

import pytest
from django.conf import settings
from tests.factories.portal import TODAY, make_county
from tests.factories.systems import Door, make_system, token_of

from xinheng.adapters import clock
from xinheng.config import api
from xinheng.opendata.services import snapshot_make
from xinheng.subjects.models import Subject, SubjectCode

pytestmark = pytest.mark.django_db
PAGE = (settings.PROJECT / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"```http\n(GET|POST) (\S+)\n(.*?)```\n\n```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def number():
    with clock.fixed(TODAY):
        make_county()
        for subject in Subject.objects.exclude(uscc=None):
            SubjectCode.objects.get_or_create(subject=subject, code_type=SubjectCode.Type.USCC, code=subject.uscc)
        yield snapshot_make(on_date=TODAY, now=clock.now(), actor="officer-1").snapshot.manifest.number


def assert_contains(found, told, where=""):
    if told == "…":
        return
    if isinstance(told, dict):
        for name, value in told.items():
            assert name in found, f"{where}.{name}"
            assert_contains(found[name], value, f"{where}.{name}")
    elif isinstance(told, list):
        assert len(found) == len(told), where
        for one, other in zip(found, told, strict=True):
            assert_contains(one, other, where)
    else:
        assert found == told, where


@pytest.mark.parametrize(("method", "path", "body", "told"), EXAMPLES, ids=lambda value: value[:40])
def test_an_example_is_true(client, number, method, path, body, told):
    values, given = {"number": number}, {}
    if "/submissions" in path:
        door = Door(token_of(make_system()))
        row = {"CF_WSH": "奉市监罚字〔2026〕1号"}
        values |= {"report": door.begin(), "checked": door.send([row])}
        if path.endswith("/check"):
            door.post(f"/{values['report']}/rows", {"rows": [row]})
        given = {"HTTP_AUTHORIZATION": f"Bearer {door.token}", "HTTP_IDEMPOTENCY_KEY": "an-example"}
    for name, value in values.items():
        path, body = path.replace(f"{{{name}}}", value), body.replace(f'"{{{name}}}"', f'"{value}"')
        told = told.replace(f'"{{{name}}}"', f'"{value}"')
    if method == "GET":
        response = client.get(path, **given)
    else:
        response = client.post(path, json.loads(body), content_type="application/json", **given)
    assert_contains(response.json(), json.loads(told))


def test_there_are_examples():
    assert len(EXAMPLES) >= 7


def test_every_code_is_in_the_table_and_in_english():
    documented = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", PAGE, re.MULTILINE))
    assert documented == set(api._ENGLISH)


def test_every_operation_is_in_the_table():
    for path in api.openapi()["paths"]:
        for named in re.sub(r"^/api/v1", "", path).split("{")[:1]:
            assert named.rstrip("/") in PAGE, path
