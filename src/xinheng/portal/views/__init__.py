"""The public pages. One view makes one call for its content; ``frame.page`` puts the site around it."""

from xinheng.portal.views.downloads import list_table, subject_table
from xinheng.portal.views.feeds import feed
from xinheng.portal.views.law import law, law_clock, law_item, law_list, law_measure
from xinheng.portal.views.lists import public_list
from xinheng.portal.views.open_data import open_data
from xinheng.portal.views.reports import report, report_again, report_file
from xinheng.portal.views.search import home, search, suggestions
from xinheng.portal.views.sorry import (
    bad_request,
    forbidden,
    form_too_old,
    full,
    not_found,
    server_error,
    slow,
    too_many,
    unavailable,
    wrong_method,
)
from xinheng.portal.views.sources import sources
from xinheng.portal.views.statistics import statistics, statistics_csv
from xinheng.portal.views.subjects import objection_form, record, subject, subject_list
from xinheng.portal.views.texts import about, accessibility, favicon, help_page, privacy, robots
from xinheng.portal.views.verification import trust, verifier, verify

__all__ = [
    "about",
    "accessibility",
    "bad_request",
    "favicon",
    "feed",
    "forbidden",
    "form_too_old",
    "full",
    "help_page",
    "home",
    "law",
    "law_clock",
    "law_item",
    "law_list",
    "law_measure",
    "list_table",
    "not_found",
    "objection_form",
    "open_data",
    "privacy",
    "public_list",
    "record",
    "report",
    "report_again",
    "report_file",
    "robots",
    "search",
    "server_error",
    "slow",
    "sources",
    "statistics",
    "statistics_csv",
    "subject",
    "subject_list",
    "subject_table",
    "suggestions",
    "too_many",
    "trust",
    "unavailable",
    "verifier",
    "verify",
    "wrong_method",
]
