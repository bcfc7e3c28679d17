"""The public pages. One view makes one call for its content; ``frame.page`` puts the site around it."""

from xinheng.portal.views.frame import not_found, server_error, too_many
from xinheng.portal.views.law import law, law_clock, law_item, law_list, law_measure
from xinheng.portal.views.lists import public_list
from xinheng.portal.views.open_data import open_data
from xinheng.portal.views.search import home, search, suggestions
from xinheng.portal.views.sources import sources
from xinheng.portal.views.statistics import statistics, statistics_csv
from xinheng.portal.views.subjects import objection_form, record, subject, subject_list
from xinheng.portal.views.texts import about, accessibility, help_page, privacy, robots
from xinheng.portal.views.verification import trust, verifier, verify

__all__ = [
    "about",
    "accessibility",
    "help_page",
    "home",
    "law",
    "law_clock",
    "law_item",
    "law_list",
    "law_measure",
    "not_found",
    "objection_form",
    "open_data",
    "privacy",
    "public_list",
    "record",
    "robots",
    "search",
    "server_error",
    "sources",
    "statistics",
    "statistics_csv",
    "subject",
    "subject_list",
    "suggestions",
    "too_many",
    "trust",
    "verifier",
    "verify",
]
