"""What exchange does: the file for the city's upload, remembered; reports of systems, taken in once."""

from xinheng.exchange.services.export import ExportReport, export_make
from xinheng.exchange.services.once import once
from xinheng.exchange.services.reporting import (
    FIRST_ROW,
    draft_append,
    draft_check,
    draft_explain,
    draft_open,
    draft_submit,
    drafts_lapse,
    scope_refuse,
)

__all__ = [
    "FIRST_ROW",
    "ExportReport",
    "draft_append",
    "draft_check",
    "draft_explain",
    "draft_open",
    "draft_submit",
    "drafts_lapse",
    "export_make",
    "once",
    "scope_refuse",
]
