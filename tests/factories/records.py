"""Records made through the services, for invented subjects."""

from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.kernel.text import document_no_key, name_key
from xinheng.records import services
from xinheng.records.domain import PublishResult, RecordDraft, ReportBatch
from xinheng.subjects.models import Subject

NOW = datetime(2026, 3, 20, 10, 41, tzinfo=CHINA)
BATCH = ReportBatch(
    item_id="administrative_penalty",
    item_kind="PENALTY",
    item_version="administrative_penalty@2026.11#0badcafe",
    catalogue_hash="0badcafe",
    legal_basis="《演示条例》第一条",
    basis_confidence="SOURCED",
    submission_id="FJ-20260320-0001",
    file_sha256="ab" * 32,
    rule_set_version="rules@1",
    reported_date=date(2026, 3, 19),
    actor="reviewer-1",
    columns={"document_no": "N"},
)


def draft(**changes: Any) -> RecordDraft:
    """Return a draft of an invented penalty."""
    document_no = changes.pop("document_no", "奉市监处罚〔2026〕演示15号")
    values: dict[str, Any] = {
        "row_no": 15,
        "sheet": "处罚",
        "subject_id": 1,
        "organ_code": "11500236MB演示0001",
        "organ_name": "奉节县市场监督管理局",
        "document_no": document_no,
        "document_no_key": document_no_key(document_no),
        "decision_date": date(2026, 3, 12),
        "penalty_mask": 1 << 3,
        "fine_fen": 2_000_000,
        "fields": {"document_no": document_no, "fine": "2.000000"},
        "person": {"legal_representative": "张演示"},
    }
    return RecordDraft(**values | changes)


def publish(*drafts: RecordDraft, **changes: Any) -> PublishResult:
    """Publish in a transaction of its own."""
    with transaction.atomic():
        return services.versions_publish(batch=replace(BATCH, **changes), drafts=drafts, now=NOW)


_numbers = count(1)


def make_subject(*, name: str = "夔门云帆食品有限公司（演示）", **values: Any) -> int:
    """Make an invented subject and return its id."""
    row: dict[str, Any] = {
        "kind": "ENTERPRISE",
        "name": name,
        "name_key": name_key(name),
        "registration_no": f"5002360演示{next(_numbers)}",
        "is_demo": True,
    }
    return Subject.objects.create(**row | values).pk
