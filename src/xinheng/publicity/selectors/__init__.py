"""The public view. Every door reads here; nothing else decides what is shown."""

from xinheng.publicity.selectors.bulk import displays_in_bulk
from xinheng.publicity.selectors.bulk_columns import BULK_SCHEMA
from xinheng.publicity.selectors.catalogue import catalogue_plain
from xinheng.publicity.selectors.counts import DisplayGroup, display_count, displays_counted, displays_grouped
from xinheng.publicity.selectors.deciding import decide
from xinheng.publicity.selectors.displays import display_ends, displays, without_sole_traders
from xinheng.publicity.selectors.explaining import explain
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.publicity.selectors.pages import (
    ListFilter,
    bulk_records,
    corrections_of,
    display_get,
    display_list,
    display_list_of_subject,
    displays_by_document_no,
    displays_newest_of_subject,
    displays_of_subject,
    public_records,
)
from xinheng.publicity.selectors.public import fields_in_lists
from xinheng.publicity.selectors.simulation import ChangedDisplay, DisplayEffect, display_effects, displays_changed
from xinheng.publicity.selectors.sources import STALE_DAYS, source_states
from xinheng.publicity.selectors.state import DataState, kept_under, state_of_data

__all__ = [
    "BULK_SCHEMA",
    "STALE_DAYS",
    "ChangedDisplay",
    "DataState",
    "DisplayEffect",
    "DisplayGroup",
    "DisplayLaw",
    "ListFilter",
    "bulk_records",
    "catalogue_plain",
    "corrections_of",
    "decide",
    "display_count",
    "display_effects",
    "display_ends",
    "display_get",
    "display_list",
    "display_list_of_subject",
    "displays",
    "displays_by_document_no",
    "displays_changed",
    "displays_counted",
    "displays_grouped",
    "displays_in_bulk",
    "displays_newest_of_subject",
    "displays_of_subject",
    "explain",
    "fields_in_lists",
    "kept_under",
    "law_current",
    "public_records",
    "source_states",
    "state_of_data",
    "without_sole_traders",
]
