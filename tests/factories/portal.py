"""A very small invented county for the pages: one organisation with a bit of everything, one sole trader, two others."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.factories.records import BATCH, draft
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.text import name_key
from xinheng.records import services
from xinheng.records.domain import PublishResult
from xinheng.records.models import CurrentRecord
from xinheng.rules.domain import kinds_to_mask
from xinheng.subjects.models import Subject, SubjectCode, SubjectName

TODAY = date(2026, 11, 22)
SUPERVISION = "奉节县市场监督管理局"
FINE = kinds_to_mask(["3"])


@dataclass(frozen=True)
class County:
    """Ids of what the pages are asked for."""

    company: int
    trader: int
    penalty: UUID
    disputed: UUID
    ended: UUID
    licence: UUID
    trader_penalty: UUID


def make_organisation(*, name: str, uscc: str, kind: str = "ENTERPRISE", former: str = "", **values: Any) -> int:
    """Make an invented organisation with its names and return its id."""
    row = {"status": "ACTIVE", "township": "夔州街道", "area": "奉节县", "register_organ": SUPERVISION, "is_demo": True}
    subject = Subject.objects.create(
        name=name, name_key=name_key(name), uscc=uscc, kind=kind, **{**row, "established_date": date(2019, 5, 6), **values}
    )
    SubjectName.objects.create(subject=subject, name=name, name_key=name_key(name), is_current=True)
    SubjectCode.objects.create(subject=subject, code_type=SubjectCode.Type.USCC, code=uscc)
    if former:
        SubjectName.objects.create(
            subject=subject, name=former, name_key=name_key(former), is_current=False,
            valid_from=date(2019, 5, 6), valid_to=date(2022, 6, 1),
        )  # fmt: skip
    return int(subject.pk)


def publish_item(item_id: str, **changes: Any) -> UUID:
    """Publish one record of a catalogue item under the real catalogue and return its id."""
    catalogue = catalogue_current()
    item = catalogue.item(item_id)
    organ = catalogue.organ_by_name(changes.pop("organ_name", SUPERVISION))
    assert organ is not None
    fields = changes.pop("fields", {})
    row = draft(organ_code=organ.code, organ_name=organ.name, **changes)
    row = replace(row, fields={"document_no": row.document_no, **fields})
    batch = replace(
        BATCH,
        item_id=item_id,
        item_kind=item.kind.value,
        item_version=catalogue.item_version(item_id),
        catalogue_hash=catalogue.hash,
        legal_basis=catalogue.basis_text(item.basis),
        basis_confidence=item.confidence.value,
        columns={"document_no": "N", "fine": "T", "violation_kind": "O", "penalty_kinds": "R", "certificate_name": "Q"},
        reported_date=row.decision_date + timedelta(days=7),
    )
    result: PublishResult = services.versions_publish(
        batch=batch, drafts=[row], now=datetime.combine(batch.reported_date, datetime.min.time(), CHINA)
    )
    return UUID(result.outcomes["record_id"][0].as_py())


def make_county() -> County:
    """Make the county in the caller's transaction."""
    company = make_organisation(
        name="夔门云帆食品有限公司（演示）", uscc="91500236MA00TE5T2K", former="奉节云帆食品有限公司（演示）",
        address="奉节县夔州街道演示路1号",
    )  # fmt: skip
    trader = make_organisation(
        name="云帆小吃店（演示）", uscc="92500236MA00DEM0X6", kind="SOLE_TRADER", township="永安街道",
        address="奉节县永安街道演示巷某号",
    )  # fmt: skip
    make_organisation(name="奉节县云帆茶叶专业合作社（演示）", uscc="93500236MA00DEM1X1", kind="COOPERATIVE")
    fine = {"fine": "2.000000", "penalty_kinds": "罚款", "violation_kind": "标签不符合规定"}
    texts = {"facts": "演示事实：标签没有标注生产日期", "legal_representative": "演示人甲", "remark": "演示备注"}
    penalty = publish_item(
        "administrative_penalty", subject_id=company, penalty_mask=FINE, decision_date=date(2026, 3, 12),
        fields={**fine, **texts},
    )  # fmt: skip
    disputed = publish_item(
        "administrative_penalty", subject_id=company, penalty_mask=FINE, document_no="奉市监处罚〔2026〕演示88号",
        decision_date=date(2026, 6, 1), row_no=16, fields=fine,
    )  # fmt: skip
    services.record_dispute(
        record_id=disputed, event_date=date(2026, 11, 18), until=date(2026, 11, 27), ground="演示异议申请",
        actor="credit-office", now=datetime(2026, 11, 18, 9, tzinfo=CHINA),
    )  # fmt: skip
    ended = publish_item(
        "administrative_penalty", subject_id=company, penalty_mask=FINE, document_no="奉市监处罚〔2021〕演示7号",
        decision_date=date(2021, 6, 1), row_no=17, fields=fine,
    )  # fmt: skip
    licence = publish_item(
        "administrative_licence", subject_id=company, document_no="奉市监许可〔2026〕演示3号", certificate_no="JY演示0001",
        decision_date=date(2026, 11, 20), valid_from=date(2026, 11, 20), valid_to=date(2031, 11, 19), penalty_mask=0, fine_fen=None,
        fields={"certificate_name": "食品经营许可证", "certificate_no": "JY演示0001", "licence_category": "普通", "content": "演示许可内容"},
    )  # fmt: skip
    trader_penalty = publish_item(
        "administrative_penalty", subject_id=trader, is_sole_trader=True, penalty_mask=FINE,
        document_no="奉市监处罚〔2026〕演示21号", decision_date=date(2026, 4, 20), row_no=18, fields=fine,
    )  # fmt: skip
    return County(company, trader, penalty, disputed, ended, licence, trader_penalty)


def records_stored() -> int:
    """Return how many records there are, shown or not."""
    return CurrentRecord.objects.count()
