"""Every kind of page of the site with addresses that show its states, for tests that look at all of them.

A route of the site that is missing here fails ``tests/architecture/test_page_families.py``: whoever adds a page adds its
examples, and has it read by axe, measured at 360 pixels and counted in queries.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories.portal import County

# Braces are fields of ``County``.
FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "portal:home": ("/",),
    "portal:search": (
        "/search/?q=云帆",
        "/search/?q=云帆&kind=ENTERPRISE",
        "/search/?q=奉市监处罚〔2026〕演示15号",
        "/search/?q=夔门云凡食品",
        "/search/?q=有限公司",
        "/search/?q=云",
        "/search/",
    ),
    "portal:subject": (
        "/subjects/{company}/?q=云帆",
        "/subjects/{trader}/?q=92500236MA00DEM0X6",
        "/subjects/{trader}/",
    ),
    "portal:report": ("/subjects/{company}/report/?q=云帆", "/subjects/{trader}/report/"),
    "portal:report_again": ("/reports/",),
    "portal:subject_list": ("/subjects/{company}/penalties/", "/subjects/{company}/honours/"),
    "portal:record": ("/records/{penalty}/", "/records/{disputed}/", "/records/{licence}/"),
    "portal:list": (
        "/lists/penalties/",
        "/lists/licences/?from=2026-01-01",
        "/lists/penalties/?from=2026-07-01&to=2026-03-01&organ=11500236DM0000240B",
        "/lists/serious/",
        "/lists/licences/?kind=1",
    ),
    "portal:law": ("/law/",),
    "portal:law_item": ("/law/administrative_penalty/", "/law/serious_list_entry/"),
    "portal:law_list": ("/law/lists/B01/", "/law/lists/B11/"),
    "portal:law_clock": ("/law/clocks/double_publicity_reporting/", "/law/clocks/penalty_display/"),
    "portal:law_measure": ("/law/measures/M01/",),
    "portal:help": ("/help/",),
    "portal:objection_form": ("/help/objection/", "/help/objection/?record={penalty}"),
    "portal:verify": ("/verify/", "/verify/?number=FJ20261122103201482913"),
    "portal:sources": ("/sources/",),
    "portal:statistics": ("/statistics/", "/statistics/?list=penalties"),
    "portal:open_data": ("/open-data/",),
    "portal:about": ("/about/",),
    "portal:privacy": ("/privacy/",),
    "portal:accessibility": ("/accessibility/",),
}
"""Route → addresses. The first of a family shows it at its fullest."""

API: Final[dict[str, str]] = {
    "/api/v1/organisations": "/api/v1/organisations?q=云帆",
    "/api/v1/organisations/{code}": "/api/v1/organisations/91500236MA00TE5T2K",
    "/api/v1/organisations/{code}/records": "/api/v1/organisations/91500236MA00TE5T2K/records",
    "/api/v1/records/{record_id}": "/api/v1/records/{penalty}",
    "/api/v1/lists/{item_id}": "/api/v1/lists/administrative_penalty",
    "/api/v1/statistics": "/api/v1/statistics",
    "/api/v1/sources": "/api/v1/sources",
    "/api/v1/catalogue": "/api/v1/catalogue",
    "/api/v1/snapshots": "/api/v1/snapshots",
    "/api/v1/log": "/api/v1/log",
    "/api/v1/log/records/{record_id}": "/api/v1/log/records/{penalty}",
}
"""Path of the OpenAPI description → an address that answers with something."""

API_OF_ITS_OWN: Final = frozenset(
    {
        "/api/v1/snapshots/{number}/{name}",
        "/api/v1/changes",
        "/api/v1/log/consistency",
        "/api/v1/reports/verification/number",
        "/api/v1/reports/verification/file",
        "/api/v1/submissions",
        "/api/v1/submissions/{report_id}",
        "/api/v1/submissions/{report_id}/rows",
        "/api/v1/submissions/{report_id}/check",
        "/api/v1/submissions/{report_id}/submit",
        "/api/v1/submissions/{report_id}/findings",
        "/api/v1/submissions/{report_id}/explanations",
    }
)
"""Paths that need more than a county to answer: a snapshot, a place in the feed, a report (test_open_data_api), a token, a log."""

NO_PAGES: Final = frozenset(
    {
        "portal:robots",
        "portal:favicon",
        "portal:report_trust",
        "portal:report_verifier",
        "portal:statistics_csv",
        "tlog:checkpoint",
        "tlog:key",
        "tlog:verifier",
    }
)
"""Routes that answer with something else than a page for people."""

FILES: Final[dict[str, str]] = {
    "portal:list_table": "/lists/licences.csv",
    "portal:subject_table": "/subjects/{company}/records.csv",
    "portal:feed": "/feeds/licences.atom",
    "tlog:tile": "/log/tile/0/000",
}
"""Route of something else than a page, with parameters → address."""

SENT: Final = frozenset({"portal:report_file"})
"""Routes that only answer what a form sends."""

FRAGMENTS: Final = frozenset({"portal:suggestions"})
"""Routes that answer with a part of a page, which a script puts in its place."""

NOT_FOUND: Final = "/nowhere/"


def site_routes() -> set[str]:
    """Return the names of all public routes; the API (``api-1``) describes itself."""
    return {
        name
        for name in all_routes()
        if not name.startswith(
            ("api-1:", "workbench:", "account_", "mfa_", "invitation", "oauth_", "openid_connect_", "socialaccount_")
        )
    }


def all_routes() -> set[str]:
    """Return the names of all routes."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern.url_patterns, space)
        else:
            yield f"{prefix}{pattern.name or pattern.pattern}"


def addresses(county: County, *, first_only: bool = False) -> list[str]:
    """Return the examples of every family for a county, or only the fullest of each."""
    values = asdict(county)
    return [path.format(**values) for paths in FAMILIES.values() for path in (paths[:1] if first_only else paths)]
