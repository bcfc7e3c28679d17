"""No line of the log holds a value of anybody's."""

import json
import logging
from types import SimpleNamespace

import psycopg
import pytest

from xinheng.adapters.logs import JsonLines, PlainLines
from xinheng.adapters.tracing import request_numbered

RESIDENT = "11010519491231002X"


def _record(name, message, *args, exc_info=None, **extra):
    record = logging.getLogger(name).makeRecord(name, logging.WARNING, __file__, 1, message, args, exc_info)
    vars(record).update(extra)
    return record


def _request(path, view_name=None):
    match = None if view_name is None else SimpleNamespace(view_name=view_name)
    return SimpleNamespace(path=path, method="GET", resolver_match=match)


def _both(record):
    return JsonLines().format(record), PlainLines().format(record)


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (_record("django.request", "Not Found: %s", f"/subjects/{RESIDENT}/", request=_request(f"/subjects/{RESIDENT}/"), status_code=404), "404 GET -"),
        (_record("django.security.csrf", "Forbidden (%s): %s", "x", "/account/login/?name=李四", request=_request("/account/login/", "account_login"), status_code=403), "403 GET account_login"),
        (_record("django.security.DisallowedHost", "Invalid HTTP_HOST header: '李四.example'.", request=_request("/"), status_code=400), "400 GET -"),
        (_record("axes", "login failure by %s from %s", "李四", "203.0.113.9"), "login failure by"),
        (_record("xinheng.intake", "row 3 of FJ-1 holds %s", RESIDENT), "row 3 of FJ-1 holds"),
        (_record("some.library", f"card {RESIDENT} refused"), "refused"),
    ],
)  # fmt: skip
def test_values_stay_out_and_words_stay(record, kept):
    for line in _both(record):
        assert kept in line
        assert not [value for value in (RESIDENT, "李四", "203.0.113.9") if value in line]


def test_an_exception_is_told_by_kind_and_place_and_never_by_its_words():
    try:
        try:
            raise psycopg.errors.UniqueViolation(f"Key (uscc)=({RESIDENT}) already exists, 李四")
        except psycopg.Error as inner:
            raise ValueError("李四的记录") from inner
    except ValueError as error:
        record = _record("xinheng.intake", "a step failed", exc_info=(type(error), error, error.__traceback__))
    line, plain = _both(record)
    assert [one["kind"] for one in json.loads(line)["error"]] == ["builtins.ValueError", "psycopg.errors.UniqueViolation"]
    assert "test_logs.py" in json.loads(line)["error"][0]["frames"][-1]
    assert "builtins.ValueError" in plain
    assert "李四" not in line + plain
    assert RESIDENT not in line + plain


def test_a_line_names_its_request_and_nothing_that_was_not_foreseen():
    record = _record(
        "xinheng.requests", "request", route="portal:home", status=200, seconds=0.01, address="203.0.113.9", path="/李四"
    )
    with request_numbered("0a1b2c3d4e5f"):
        told = json.loads(JsonLines().format(record))
    assert told["request"] == "0a1b2c3d4e5f"
    assert (told["route"], told["status"]) == ("portal:home", 200)
    assert set(told) == {"time", "level", "logger", "request", "message", "route", "status", "seconds"}
    assert told["time"].endswith("+08:00")


def test_a_message_of_several_lines_is_one_line():
    assert "\n" not in JsonLines().format(_record("xinheng.intake", "one\ntwo"))
