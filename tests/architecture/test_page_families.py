"""Every route of the site has examples, so that no page is left out by the tests that look at all of them."""

import re

from django.test import Client
from django.urls import Resolver404, get_resolver
from tests.factories.families import API, API_OF_ITS_OWN, FAMILIES, FILES, FRAGMENTS, NO_PAGES, SENT, all_routes, site_routes
from tests.factories.workbench import ACTS, OUTSIDE, PARTS_AND_FILES, PROVEN_ONCE_MORE, WORKBENCH

from xinheng.config.api import openapi


def test_every_route_has_examples_or_is_no_page():
    assert site_routes() == set(FAMILIES) | NO_PAGES | set(FILES) | SENT | FRAGMENTS, (
        "name the new route in tests/factories/families.py"
    )
    assert all(FAMILIES.values())


def test_every_route_of_the_workbench_has_an_example_or_is_an_act():
    routes = {name for name in all_routes() if name.startswith(("workbench:", "account_", "mfa_", "invitation"))}
    named = set(WORKBENCH) | ACTS | set(OUTSIDE) | PARTS_AND_FILES | set(PROVEN_ONCE_MORE)
    assert {name for name in routes if name.startswith("workbench:")} <= named, "name it in tests/factories/workbench.py"
    assert named <= routes


def test_every_answer_of_the_api_has_an_example():
    assert set(openapi()["paths"]) == set(API) | API_OF_ITS_OWN, "name the new answer in tests/factories/families.py"


def test_examples_lead_to_their_own_route():
    for name, paths in FAMILIES.items():
        for path in paths:
            plain = re.sub(r"\{(company|trader)\}", "1", path).partition("?")[0]
            plain = re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", plain)
            try:
                assert get_resolver().resolve(plain).view_name == name, path
            except Resolver404:
                raise AssertionError(f"{path} is no address of the site") from None


def test_what_is_no_page_is_none(db):
    for name in NO_PAGES:
        from django.urls import reverse

        assert not Client().get(reverse(name))["Content-Type"].startswith("text/html"), name
