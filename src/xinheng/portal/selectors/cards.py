"""Turns a public record into the card that pages show. What may be said was decided in ``publicity``; here it gets its form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.urls import reverse

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.kernel.dates import LONG_TERM, ONE_DAY, chinese_date
from xinheng.kernel.text import name_key
from xinheng.portal.domain import Fact, Ground, Moment, RecordCard, WhyStep
from xinheng.portal.selectors.addresses import address, page_address, subject_address
from xinheng.portal.selectors.law_words import confidence_tag, rule_version_words
from xinheng.publicity.domain import Provenance, PublicField, PublicRecord

# What publicity lets through and the page says elsewhere.
_SAID_ELSEWHERE: Final = frozenset({"document_no", "decision_date", "valid_from", "valid_to", "source_organ_name"})
_HEADLINES: Final = {
    ItemKind.LICENCE.value: ("certificate_name", "document_name"),
    ItemKind.HONOUR.value: ("title", "document_name"),
    ItemKind.COMMITMENT.value: ("reason", "commitment_type"),
}
_FIRST: Final = (
    "penalty_kinds",
    "fine",
    "confiscation",
    "revoked_licence",
    "violation_kind",
    "document_name",
    "licence_category",
    "certificate_name",
    "certificate_no",
    "title",
    "level",
    "reason",
    "content",
)


def found_exactly(*, query: str, names: Iterable[str], codes: Iterable[str]) -> bool:
    """Return whether ``query`` is a full name or a code of a subject (P2: a part of a name is not enough)."""
    key = name_key(query)
    return bool(key) and key in {name_key(text) for text in (*names, *codes)}


def card(record: PublicRecord, *, on_date: date, query: str = "") -> RecordCard:
    """Return one record in the form that every page shows, as read on ``on_date``.

    ``query`` is what the reader came with; it goes into the addresses, so that the way back and P2's condition hold.
    """
    headline = _headline(record)
    return RecordCard(
        record_id=str(record.record_id),
        url=address(reverse("portal:record", args=[record.record_id]), q=query),
        title=headline,
        item_id=record.item_id,
        item_title=record.list_title or record.item_title,
        item_url=page_address("portal:law_item", record.item_id),
        adverse=record.adverse,
        subject_name=record.subject_name,
        subject_url=subject_address(record.subject_id, query=query),
        organ_name=record.organ_name,
        document_no=record.document_no,
        decision_date=record.decision_date,
        last_day=record.display_until,
        facts=_facts(record, headline),
        grounds=tuple(Ground(text, confidence_tag(record.basis_confidence)) for text in record.basis.split("；")),
        source=_source(record),
        cells=_cells(record),
        objection_url=address(page_address("portal:objection_form"), record=str(record.record_id), q=query),
        first_repair_date=record.first_repair_date,
        may_repair_now=record.first_repair_date is not None and record.first_repair_date <= on_date,
        disputed_since=record.disputed_since,
        disputed_until=record.disputed_until,
        withheld="、".join(record.withheld),
        steps=tuple(_step(step.text, step.reference, step.confidence) for step in record.steps),
        moments=_moments(record, on_date),
    )


def _headline(record: PublicRecord) -> str:
    """Return what a reader looks for: what was permitted or honoured, or the number of the decision."""
    roles = _HEADLINES.get(record.item_kind, ())
    return next((text for role in roles if (text := record.field(role))), "") or record.document_no or record.item_title


def _step(text: str, reference: str, confidence: Confidence | None) -> WhyStep:
    tag = confidence_tag(confidence) if confidence is not None else None
    if not reference and tag is None:
        return WhyStep(text)
    # Where the sentence names its ground already, only how sure we are of it is left to say.
    return WhyStep(text, Ground("" if reference in text else reference, tag))


def _facts(record: PublicRecord, headline: str) -> tuple[Fact, ...]:
    fields = [field for field in record.fields if field.value and field.role not in _SAID_ELSEWHERE and field.value != headline]
    fields.sort(key=lambda field: _FIRST.index(field.role) if field.role in _FIRST else len(_FIRST))
    facts = [_fact(field) for field in fields]
    if record.document_no and record.document_no != headline:
        facts.append(Fact("文书号", record.document_no))
    facts.append(Fact("作出机关", record.organ_name))
    facts.append(Fact("决定日期", chinese_date(record.decision_date)))
    # P3 tells number, kind, category, amount, organ and date of a penalty: not how long the decision itself has effect.
    if not record.adverse and (record.valid_from or record.valid_to):
        facts.append(Fact("有效期", _validity(record.valid_from, record.valid_to)))
    if record.severity is not None:
        tag = confidence_tag(record.severity_confidence) if record.severity_confidence else None
        facts.append(Fact("等级", record.severity.label, tag=tag))
    return tuple(facts)


def _fact(field: PublicField) -> Fact:
    """Return a field as people read it: amounts are in yuan, so the template's unit leaves the label (and is told)."""
    label, unit, _ = field.title.replace("（万元）", "(万元)").partition("(万元)")
    if not field.written or field.written == field.value:
        return Fact(label if unit else field.title, field.value)
    return Fact(label, field.value, f"来文写作“{field.written}”{unit.replace('(', '（').replace(')', '）')}")


def _validity(start: date | None, end: date | None) -> str:
    begins = f"{chinese_date(start)}" if start else ""
    if end is None:
        return f"{begins}起"
    if end >= LONG_TERM:
        return f"{begins}起长期有效" if begins else "长期有效"
    return f"{begins}至{chinese_date(end)}" if begins else f"到{chinese_date(end)}"


def _source(record: PublicRecord) -> tuple[Fact, ...]:
    """Return where the record comes from, the line that most readers need first. Posts are named, persons never."""
    origin = record.provenance
    organ = record.field("source_organ_name") or record.organ_name
    reported = f"{organ}，{chinese_date(origin.reported_date)}{'转入的历史数据' if origin.is_legacy else '报送'}"
    return (
        Fact("来源", reported),
        Fact("批次", origin.submission_id),
        Fact("原表位置", f"工作表“{origin.sheet}”第{origin.row_no}行" if origin.sheet else f"第{origin.row_no}行"),
        Fact("文件指纹", origin.file_sha256, "SHA-256"),
        Fact("检查规则", origin.rule_set_version),
        Fact("目录项版本", origin.item_version),
        *(Fact("公示规则版本", rule_version_words(version), version) for version in record.rule_versions),
        Fact("记录版本", f"第{origin.version_no}版，公示序号{origin.seq}"),
    )


def _cells(record: PublicRecord) -> tuple[Fact, ...]:
    row = record.provenance.row_no
    return tuple(
        Fact(field.title, field.value, f"{field.column}{row}") for field in record.fields if field.column and field.value
    )


def _late(origin: Provenance) -> str:
    return f"（迟报{origin.late_workdays}个工作日）" if origin.late_workdays and not origin.is_legacy else ""


def _moments(record: PublicRecord, on_date: date) -> tuple[Moment, ...]:
    origin = record.provenance
    moments = [
        (record.decision_date, "作出决定", ""),
        (origin.reported_date, f"{'转入历史数据' if origin.is_legacy else '报送'}{_late(origin)}", ""),
        (record.display_from, "开始公示", ""),
    ]
    if record.disputed_since:
        moments.append((record.disputed_since, "收到异议，开始核查", ""))
    if record.disputed_until:
        moments.append((record.disputed_until, "核查期限届满", "将到核查期限，查不清的停止公示"))
    if record.first_repair_date:
        moments.append((record.first_repair_date, "起可申请修复", "起可申请修复"))
    if record.display_until:
        moments.append((record.display_until + ONE_DAY, "停止公示", "将自动停止公示"))
    # Python's sort is stable: on one day the decision stays before the report, and the report before the display.
    moments.sort(key=lambda moment: moment[0])
    return tuple(
        Moment(on, future if on > on_date and future else text, is_future=on > on_date) for on, text, future in moments
    )
