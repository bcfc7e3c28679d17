"""Every route of the workbench as every role, asked what nobody means: no server error, no other organ's data (issue 6).

The pages have no OpenAPI description, so Hypothesis draws from the table of addresses. A few here; thousands in ``tests/fuzz``.
"""

from io import BytesIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import hostile
from tests.factories.accounts import NOW, OTHER_ORGAN
from tests.factories.intake_world import ORGAN, file_write, penalty
from tests.factories.walls import FREE, OWNED
from tests.integration.workbench.test_every_route import walled_routes

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake.services import submission_advance, submission_receive

EXAMPLES = 15
"""For each role here; more in ``tests/fuzz/test_hostile_at_length.py``."""
SECRET = "异字〔2026〕第777号"
"""In the other organ's report only, as the number of a document and as a day that is none."""
ORGANS_OWN = {Role.CLERK, Role.REVIEWER}


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def known(db, tmp_path):
    """Return values for the names in addresses: things of the market supervision, and a report of another organ."""
    own = _received(tmp_path / "处罚.csv", ORGAN, [penalty(1), penalty(2, CF_JDRQ="2026-02-30")])
    foreign = _received(
        tmp_path / "别处.csv",
        OTHER_ORGAN,
        [penalty(3, CF_WSH=SECRET, CF_JDRQ=SECRET)],
    )
    # A list that was compared is a file of a kind that a row of ours does not stand for: its own tests make real ones.
    made = {name: make(own) for name, make in OWNED.items() if name != "reconciliation_id"}
    known = {name: [str(value)] for name, value in (made | FREE).items()}
    known["number"].append(foreign)
    return known


def _received(path, organ, rows):
    number = submission_receive(
        path=file_write(path, rows), organ_code=organ, clerk="demo.clerk", item_id="administrative_penalty", now=NOW
    ).number
    submission_advance(number=number, actor="demo.clerk", now=NOW)
    return number


def kinds_of(path, view, names):
    from django.urls import get_resolver

    pattern = next(p for p in get_resolver().url_patterns if str(p.pattern) == "workbench/")
    for route in pattern.url_patterns:
        if route.callback is view and set(route.pattern.converters) == set(names):
            return {
                name: type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                for name, converter in route.pattern.converters.items()
            }
    raise LookupError(path)


def ask(client, request):
    """Send a request and return its answer; what it did is undone, an exception of the view is ours."""
    before = transaction.savepoint()
    try:
        if request.raw is not None:
            response = client.generic("POST", request.address, request.raw, content_type=request.content_type)
        elif request.method == "post":
            uploads = {}
            for name, (file_name, content) in request.uploads.items():
                uploads[name] = BytesIO(content)
                uploads[name].name = file_name
            response = client.post(request.address, dict(request.data) | uploads)
        else:
            response = getattr(client, request.method)(request.address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
    finally:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(before)
    return response, content


def hostile_to(role, clients, known, *, examples, seedless=True):
    """Ask every route as ``role`` what is drawn, and look at every answer."""
    routes = [(name, path, kinds_of(path, view, names)) for name, path, view, names in walled_routes()]
    asked = []

    @settings(
        max_examples=examples, deadline=None, derandomize=seedless, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def every(data):
        name, path, kinds = data.draw(st.sampled_from(routes))
        request = data.draw(hostile.requests(path, kinds, known))
        response, content = ask(clients[role], request)
        asked.append(name)
        assert response.status_code < 500, (name, request)
        assert b"Traceback" not in content
        if role in ORGANS_OWN:
            assert SECRET.encode() not in content, (name, request)

    every()
    return asked


def test_no_request_brings_down_a_page_or_opens_anothers(clients, known):
    for role in Role:
        assert len(hostile_to(role, clients, known, examples=EXAMPLES)) >= EXAMPLES


def test_the_other_organs_number_is_seen_by_whoever_may_see_it(clients, known):
    """The check above can fail: the office finds what it looks for."""
    response = clients[Role.CREDIT_OFFICER].get(f"/workbench/submissions/{known['number'][1]}/findings.csv")
    assert SECRET in response.getvalue().decode()
