"""The content of a report as plain JSON values: the data that is signed, and that the page is set from.

Only strings, integers, booleans, null, lists and objects with ASCII keys: their RFC 8785 form is the same in every language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from xinheng.kernel.dates import chinese_date
from xinheng.publicity.domain import PublicRecord, SourceState, record_plain, source_plain
from xinheng.reports.domain.sections import OTHER, SECTIONS, Section, section_of

Json = dict[str, Any]

FORMAT: Final = "xinheng-report/1"
VERSION: Final = "V2.0"
NOTES: Final = (
    "本报告只汇集正在公示的公共信用信息，不作评价，不打分，不是无违法记录证明。",
    "“0”或者“没有”，是指各来源没有报来，或者没有仍在公示期内的信息；来源更新到哪天，见“来源与更新”。",
    "信息与事实不符的，可以提异议；已经改正的，可以申请信用修复；都不收费。不服决定本身的，依法申请行政复议或者提起行政诉讼。",
    "报告内容以出具的时刻为准，之后数据可能变化；请用报告编号和校验码核验。",
)
_NOTHING: Final = "截至出具时，没有查到正在公示的信息。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom a report is about: ``registration`` and ``changes`` are label and value (and period) as pages show them."""

    subject_id: int
    name: str
    code: str
    kind: str
    status: str
    is_sole_trader: bool
    registration: Sequence[tuple[str, str]]
    changes: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The circumstances of issuing: who, when, for which purpose, as of which publication."""

    number: str
    purpose_code: str
    purpose: str
    at: datetime
    known_seq: int
    catalogue_hash: str
    issuer: str
    platform: str
    is_demo: bool


def document_of(*, issue: Issue, facts: Json) -> Json:
    """Return the whole document that is signed: the circumstances of its issue around ``facts``."""
    return {
        "format": FORMAT,
        "report_version": VERSION,
        "number": issue.number,
        "purpose": {"code": issue.purpose_code, "title": issue.purpose},
        "issued_at": issue.at.isoformat(timespec="seconds"),
        "as_of": {
            "date": issue.at.date().isoformat(),
            "publication": issue.known_seq,
            "catalogue": issue.catalogue_hash,
        },
        "issuer": issue.issuer,
        "platform": issue.platform,
        "is_demo": issue.is_demo,
        "notes": list(NOTES),
        **facts,
    }


def facts_of(*, party: Party, records: Sequence[PublicRecord], sources: Sequence[SourceState], on_date: date) -> Json:
    """Return what a report says of an organisation, apart from when and for what it is issued.

    Two reports with equal facts tell the same; that is how a later change of the data is noticed.
    """
    lines = {"一": _registration(party), "十": _advice(records, on_date)}
    sections = [_section(section, records, lines.get(section.number, [])) for section in SECTIONS]
    return {
        "subject": {
            "id": party.subject_id,
            "name": party.name,
            "code": party.code,
            "kind": party.kind,
            "status": party.status,
            "is_sole_trader": party.is_sole_trader,
        },
        "summary": _summary(sections),
        "sections": sections,
        "sources": [source_plain(state) for state in sources],
    }


def _summary(sections: Sequence[Json]) -> list[Json]:
    """Return the counts at the head of the report, in the order of its parts."""
    return [
        {"title": group["title"], "count": len(group["records"])}
        for section in sections
        for group in section["groups"]
        if group["title"] != OTHER.groups[0][0] or group["records"]
    ]


def _section(section: Section, records: Sequence[PublicRecord], lines: list[Json]) -> Json:
    groups = [
        {"title": title, "records": [record_plain(record) for record in records if _belongs(record, section, items)]}
        for title, items in section.groups
    ]
    note = section.absent
    if groups and not any(group["records"] for group in groups):
        note = _NOTHING
    return {"number": section.number, "title": section.title, "note": note, "lines": lines, "groups": groups}


def _belongs(record: PublicRecord, section: Section, items: Sequence[str]) -> bool:
    return record.item_id in items or (not items and section_of(record.item_id) is section)


def _registration(party: Party) -> list[Json]:
    lines = [{"label": label, "value": value} for label, value in party.registration]
    changes = [(label, f"{value}（{period}）" if period else value) for label, value, period in party.changes]
    return lines + [{"label": label, "value": value} for label, value in changes]


def _advice(records: Sequence[PublicRecord], on_date: date) -> list[Json]:
    """Return what the organisation can do about each adverse record and from when; nothing where there is none."""
    lines = []
    for record in records:
        if not record.adverse:
            continue
        ending = f"公示到{chinese_date(record.display_until)}（含当日），自动停止，无须申请" if record.display_until else ""
        first = record.first_repair_date
        repair = ""
        if first is not None:
            repair = "已可申请信用修复" if first <= on_date else f"{chinese_date(first)}起可申请信用修复"
        words = "；".join(text for text in (repair, ending) if text)
        lines.append({"label": record.document_no or record.item_title, "value": f"{words}。"})
    return lines or [
        {"label": "建议", "value": "没有正在公示的不利信息。按时年报、履行承诺、及时更新登记信息，有助于保持信用状况。"}
    ]
