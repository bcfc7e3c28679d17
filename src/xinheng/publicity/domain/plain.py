"""A public record as plain JSON values: the one form in which data doors (API, exports, reports, snapshots) tell it."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from xinheng.publicity.domain.public import PublicRecord, SourceState
from xinheng.rules.domain import ExplainStep


def record_plain(record: PublicRecord) -> dict[str, Any]:
    """Return everything that may be said of a record as strings, integers, booleans, lists, objects and null.

    Days are ``YYYY-MM-DD`` (Asia/Shanghai), ``display.until`` the last day shown, null for long-term. Keys are English, values
    as pages show them. Callers that publish many records leave out what they do not need; they add nothing.
    """
    origin = record.provenance
    return {
        "id": str(record.record_id),
        "version": {"seq": origin.seq, "number": origin.version_no, "item": origin.item_version},
        "item": {"id": record.item_id, "title": record.item_title, "kind": record.item_kind},
        "adverse": record.adverse,
        "subject": {"id": record.subject_id, "name": record.subject_name, "code": record.subject_code},
        "organ": {"code": record.organ_code, "name": record.organ_name},
        "document_no": record.document_no,
        "list_title": record.list_title or None,
        "decision_date": _day(record.decision_date),
        "valid_from": _day(record.valid_from),
        "valid_to": _day(record.valid_to),
        "fields": [
            {"name": field.name, "title": field.title, "value": field.value, "written": field.written or None}
            for field in record.fields
        ],
        "withheld": list(record.withheld),
        "severity": None
        if record.severity is None
        else {
            "code": record.severity.value,
            "label": record.severity.label,
            "confidence": record.severity_confidence.value if record.severity_confidence else None,
        },
        "display": {
            "from": _day(record.display_from),
            "until": _day(record.display_until),
            "first_repair_date": _day(record.first_repair_date),
            "rules": list(record.rule_versions),
        },
        "dispute": None
        if record.disputed_since is None
        else {"since": _day(record.disputed_since), "until": _day(record.disputed_until)},
        "basis": {"text": record.basis, "confidence": record.basis_confidence.value},
        "reasons": [_step(step) for step in record.steps],
        "source": {
            "submission": origin.submission_id,
            "file_sha256": origin.file_sha256,
            "sheet": origin.sheet,
            "row": origin.row_no,
            "rule_set": origin.rule_set_version,
            "reported_date": _day(origin.reported_date),
            "late_workdays": origin.late_workdays,
            "is_legacy": origin.is_legacy,
        },
    }


def source_plain(state: SourceState) -> dict[str, Any]:
    """Return how far one source has reported as plain JSON values."""
    return {"organ": state.organ_name, "last_reported": _day(state.last_day), "cannot_say": state.cannot_say}


BULK_COLUMNS: Final[Mapping[str, type]] = {
    "id": str,
    "version.seq": int,
    "version.number": int,
    "version.item": str,
    "item.id": str,
    "item.title": str,
    "item.kind": str,
    "adverse": bool,
    "subject.id": int,
    "subject.name": str,
    "subject.code": str,
    "organ.code": str,
    "organ.name": str,
    "document_no": str,
    "list_title": str,
    "decision_date": date,
    "valid_from": date,
    "valid_to": date,
    "fields": list,
    "withheld": list,
    "severity.code": str,
    "severity.label": str,
    "severity.confidence": str,
    "display.from": date,
    "display.until": date,
    "display.first_repair_date": date,
    "display.rules": list,
    "dispute.since": date,
    "dispute.until": date,
    "basis.text": str,
    "basis.confidence": str,
    "source.submission": str,
    "source.file_sha256": str,
    "source.sheet": str,
    "source.row": int,
    "source.rule_set": str,
    "source.reported_date": date,
    "source.late_workdays": int,
    "source.is_legacy": bool,
}
"""The columns of records in bulk and what they hold; ``list`` is JSON text. All of :func:`record_plain` but ``reasons``."""


def record_bulk_plain(record: PublicRecord) -> dict[str, Any]:
    """Return :func:`record_plain` as bulk doors (snapshot, change feed) tell it: all of it but ``reasons``."""
    plain = record_plain(record)
    del plain["reasons"]
    return plain


def record_bulk(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain record as the one row that bulk files have for it: members by their path, lists as JSON text.

    The definition that the set-based form (``selectors.displays_in_bulk``) is held to.
    """
    row: dict[str, Any] = {}
    for column, kind in BULK_COLUMNS.items():
        value: Any = plain
        for member in column.split("."):
            value = None if value is None else value[member]
        row[column] = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if kind is list else value
    return row


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _step(step: ExplainStep) -> dict[str, Any]:
    confidence = step.confidence.value if step.confidence is not None else None
    return {"text": step.text, "reference": step.reference or None, "confidence": confidence}
