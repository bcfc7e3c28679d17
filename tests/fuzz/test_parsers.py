"""Every other reader of what comes from outside: whatever the bytes are, an answer or its own refusal, in bounded time and memory."""

from random import Random

import pytest
from tests.fuzz.mutate_bytes import mangle
from tests.fuzz.parsers import JSON, PDF, Parser, parsers
from tests.integration.reports.conftest import NOW, organisation  # noqa: F401 - a fixture

from xinheng.reports import offline_verifier, services

SHARE, ALL = 60, 3_000
SEED = "xinheng-parsers-1"


def _tried(parser: Parser, count: int) -> None:
    each = max(count // parser.share // len(parser.sound), 1)
    for name, content in parser.sound.items():
        for number in range(each):
            dice = Random(f"{SEED}:{parser.name}:{name}:{number}")
            _read(parser, f"{name} {number}", mangle(dice, content, parser.grafts))


def _read(parser: Parser, story: str, content: bytes) -> None:
    try:
        parser.read(content)
    except parser.refusals:
        pass
    except Exception as error:
        raise AssertionError(f"{parser.name}, {story}: {content[:300]!r}") from error


def test_a_share_of_what_every_reader_may_get(tmp_path):
    for parser in parsers(tmp_path):
        _tried(parser, SHARE)


def test_what_once_failed_does_not_fail_again(tmp_path):
    kept = [(parser, story, content) for parser in parsers(tmp_path) for story, content in parser.found.items()]
    for parser, story, content in kept:
        _read(parser, story, content)
    assert len(kept) >= 7


@pytest.mark.fuzz
def test_all_that_every_reader_may_get(tmp_path):
    for parser in parsers(tmp_path):
        _tried(parser, ALL)


def _reports(made):
    trust = offline_verifier.trust_read(services.trust_file(now=NOW))
    read = lambda content: offline_verifier.verify(content, trust)
    return [
        Parser("a report's data", {"json": made.data}, read, grafts=JSON),
        Parser("a report's pages", {"pdf": made.pdf}, read, grafts=PDF),
    ]


def test_a_share_of_damaged_reports(organisation):  # noqa: F811 - the fixture
    for parser in _reports(services.report_issue(subject=organisation, now=NOW, actor="test")):
        _tried(parser, SHARE)


@pytest.mark.fuzz
def test_all_damaged_reports(organisation):  # noqa: F811 - the fixture
    for parser in _reports(services.report_issue(subject=organisation, now=NOW, actor="test")):
        _tried(parser, ALL // 3)
