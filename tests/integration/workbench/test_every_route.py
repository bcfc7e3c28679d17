"""All roles × all routes × foreign objects (P11): the routes are read from the table of addresses, so a new one is tried too.

``test_gate.py`` says by hand whose each page of the workbench is; here everything is tried with what is not one's own.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.factories.accounts import NOW, ORGAN, OTHER_ORGAN, make_account, set_up_totp, signed_in_client
from tests.factories.intake_world import file_write, penalty
from tests.factories.walls import FREE, OWNED, values_of

from xinheng.accounts.domain import OFFICE_ROLES, Role
from xinheng.adapters import clock
from xinheng.audit.models import Read, ReadSent
from xinheng.config.api import openapi
from xinheng.exchange.api import router
from xinheng.intake.services import submission_advance, submission_receive
from xinheng.workbench.selectors.page_words import OPERATION_WORDS, PAGE_WORDS, THING_WORDS
from xinheng.workbench.views.gate import THINGS
from xinheng.workbench.views.purposes import PURPOSES, purpose_of

METHODS: Final = ("get", "post", "put", "patch", "delete")
REFUSED: Final = {401, 403, 404, 405}
QUIET: Final = {"workbench:record_draft_discard": "what is not there to be given up is given up already"}
"""Acts that answer the same to whoever has nothing there, and do nothing: the tables are compared."""
# Who has no foreign objects: the credit office reads every organ's reports, administrators manage everybody's posts.
NOTHING_FOREIGN: Final = OFFICE_ROLES | {Role.ADMINISTRATOR}


def routes(patterns=None, prefix="", names=(), found=()) -> Iterator[tuple[str, str, Callable[..., object], tuple[str, ...]]]:
    """Yield every route of the site: its name, its path with ``{names}``, its view, the names in the path."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path, named = prefix + _plain(pattern.pattern), (*names, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path, named, (*found, pattern.namespace or ""))
        else:
            assert isinstance(pattern, URLPattern)
            yield ":".join(part for part in (*found, pattern.name or path) if part), f"/{path}", pattern.callback, named


def _plain(pattern) -> str:
    route = str(pattern)
    for name in pattern.converters:
        before, _, rest = route.partition("<")
        inside, _, after = rest.partition(">")
        assert inside.rpartition(":")[2] == name
        route = f"{before}{{{name}}}{after}"
    return route


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def values(db, tmp_path):
    """Return a value for every name in a path: objects of the market supervision, each with something to find in it."""
    path = file_write(tmp_path / "处罚.csv", [penalty(1), penalty(2, CF_JDRQ="2026-02-30")])
    number = submission_receive(
        path=path, organ_code=ORGAN, clerk="demo.clerk", item_id="administrative_penalty", now=NOW
    ).number
    submission_advance(number=number, actor="demo.clerk", now=NOW)
    return values_of(number=number)


@pytest.fixture
def strangers(db):
    """Return, signed in, every role in another organ, and somebody without any."""
    found = {
        role.value: signed_in_client(make_account(f"demo.{role.value.lower()[:12].replace('_', '-')}", role, OTHER_ORGAN))
        for role in Role
        if role not in NOTHING_FOREIGN
    }
    nobody = make_account("demo.nobody", Role.CLERK, ORGAN)
    set_up_totp(nobody)
    nobody.grants.update(revoked_at=NOW, revoked_ground="调离")
    client = Client()
    client.force_login(nobody)
    return found | {"no role any more": client}


def everything() -> str:
    """Return a hash of all business tables."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        kept = ("django_", "audit_", "axes_", "mfa_", "account_")
        for (table,) in cursor.fetchall():
            if not table.startswith(kept):
                cursor.execute(f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {table} t")
                digest.update(f"{table}{cursor.fetchone()[0]}".encode())
    return digest.hexdigest()


def walled_routes():
    """Return the routes that need a sign-in."""
    return [route for route in routes() if route[0].startswith("workbench:")]


def test_every_page_of_the_workbench_has_the_gate():
    for name, _path, view, _names in walled_routes():
        assert getattr(view, "xinheng_roles", None), f"{name} is not behind signed_in(...)"


def test_every_name_in_a_path_is_said_to_be_owned_or_free():
    named = {name for _route, _path, _view, names in walled_routes() for name in names}
    assert named <= set(OWNED) | set(FREE), "say in tests/factories/walls.py whose objects the new name means"


def test_what_is_anothers_is_refused_to_every_role(values, strangers, record_property):
    before = everything()
    tried = 0
    for name, path, view, names in walled_routes():
        if not set(names) & set(OWNED):
            continue
        for who, client in strangers.items():
            for method in METHODS:
                address = path.format(**values)
                response = getattr(client, method)(address)
                tried += 1
                # Whoever may not see the page is told so; whoever may, of a thing that is not theirs, that there is none.
                is_quiet = name in QUIET and response.status_code == 302
                assert is_quiet or response.status_code in REFUSED, (name, who, method, response.status_code)
                # The page repeats the address that was asked for, and nothing else of it.
                assert values["number"] not in response.content.decode(errors="replace").replace(address, ""), (
                    name,
                    who,
                    method,
                )
                if who in view.xinheng_roles and method == "get":
                    assert response.status_code in {404, 405}, (name, who, response.status_code)
    assert everything() == before
    record_property("refusals_tried_by_route", tried)
    assert tried >= 5 * len(METHODS) * 4


def test_lists_name_nothing_of_anothers(values, strangers, record_property):
    tried = 0
    for name, path, _view, names in walled_routes():
        if set(names) & set(OWNED):
            continue
        for who, client in strangers.items():
            response = client.get(path.format(**values))
            tried += 1
            if not response.streaming:
                assert values["number"] not in response.content.decode(errors="replace"), (name, who)
    record_property("refusals_tried_by_route", tried)


def test_wrong_roles_are_refused_everywhere(values, clients, record_property):
    """Every role of the same organ on the pages that are not its own: none opens, by no method."""
    before, tried = everything(), 0
    for name, path, view, _names in walled_routes():
        for role in set(Role) - view.xinheng_roles:
            for method in METHODS:
                response = getattr(clients[role], method)(path.format(**values))
                tried += 1
                assert response.status_code in {403, 405}, (name, role, method, response.status_code)
    assert everything() == before
    record_property("refusals_tried_by_route", tried)


def test_nobody_without_signing_in(values, record_property):
    tried = 0
    for name, path, _view, _names in walled_routes():
        for method in METHODS:
            response = getattr(Client(), method)(path.format(**values))
            tried += 1
            assert response.status_code in {302, 405}, (name, method)
            assert response.get("Location", "/account/login/").startswith("/account/login/"), (name, method)
    record_property("refusals_tried_by_route", tried)


PUBLIC: Final = {
    "organisations",
    "records",
    "lists",
    "catalogue",
    "statistics",
    "sources",
    "snapshots",
    "changes",
    "reports",
    "log",
}
"""What of the API is for everybody, by the first word of its path; whatever else there is needs a token."""


def test_every_answer_of_the_api_is_public_or_needs_a_token(values, strangers, record_property):
    """Signing in on the site opens nothing of the API: a door that is not public takes the token of a system only."""
    tried = 0
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            is_public = path.removeprefix("/api/v1/").split("/")[0] in PUBLIC
            assert is_public != ("security" in operation), f"{method} {path}: public, or does it need a token?"
            for client in () if is_public else (Client(), *strangers.values()):
                address = re.sub(r"{\w+}", "00000000-0000-4000-8000-000000000000", path)
                response = getattr(client, method)(address)
                tried += 1
                assert response.status_code == 401, (path, method, response.status_code)
    assert tried
    record_property("refusals_tried_by_route", tried)


def test_whoever_is_let_in_is_in_the_trail_first(values, clients):
    """Every page and act leaves a line with its purpose, confirmed with the answer; who is refused leaves none."""
    for name, path, view, names in walled_routes():
        address = path.format(**values)
        before = Read.objects.count()
        for refused in (set(Role) - view.xinheng_roles) and [clients[min(set(Role) - view.xinheng_roles)]]:
            refused.get(address)
        Client().get(address)
        assert Read.objects.count() == before, f"{name}: who is refused reads nothing"
        role = min(view.xinheng_roles)
        clients[role].raise_request_exception = False  # a page may find the made-up rows strange: it was asked for all the same
        for method in ("get", "post"):
            response = getattr(clients[role], method)(address)
            if response.streaming:
                b"".join(response.streaming_content)
        found = list(Read.objects.order_by("pk")[before:])
        assert found, f"{name}: nothing was logged"
        for line in found:
            assert line.what == name
            assert name.removeprefix("workbench:") in PURPOSES, "say in views/purposes.py what the page is read for"
            assert name.removeprefix("workbench:") in PAGE_WORDS, "say in selectors/page_words.py what people call the page"
            assert line.purpose == purpose_of(name.removeprefix("workbench:"), [role])
            assert role in line.roles.split(",")
            assert bool(line.object_id) == bool(set(names) & set(THINGS)), name
            assert ReadSent.objects.filter(pk=line.pk).exists(), f"{name}: not confirmed"


def test_everything_that_the_trail_names_has_words():
    """Pages, operations of the interface and things: an auditor reads words, not names of routes."""
    assert {name.removeprefix("workbench:") for name, *_ in walled_routes()} <= set(PAGE_WORDS)
    operations = {one.view_func.__name__ for path in router.path_operations.values() for one in path.operations}
    assert operations == set(OPERATION_WORDS)
    assert {*THINGS.values(), "report"} == set(THING_WORDS)
