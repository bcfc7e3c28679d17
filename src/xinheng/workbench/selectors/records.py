"""One record as those who report and review it read it: what it says, by which reports it came, and what was explained."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xinheng.accounts.domain import Actor
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.domain import RowExplanation
from xinheng.intake.models import Amendment
from xinheng.intake.services import RecordReport, record_read
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Fact
from xinheng.records.domain import EVENT_LABELS, Event
from xinheng.workbench.selectors.organs import item_title
from xinheng.workbench.selectors.persons import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationLine:
    """What a rule asked about a row, and what was said: by whom, when."""

    rule: str
    asked: str
    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedLine:
    """One cell of a row that was put right on the platform."""

    label: str
    before: str
    after: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLines:
    """One report of a record: the batch and the row it came in, who reported and who certified, what was said of it."""

    event: str
    number: str
    facts: tuple[Fact, ...]
    explanations: tuple[ExplanationLine, ...]
    amendments: tuple[AmendedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """One record: what identifies it, and its reports, newest first."""

    heading: str
    facts: tuple[Fact, ...]
    reports: tuple[ReportLines, ...]


def record_page(*, actor: Actor, record_id: UUID, now: datetime) -> RecordPage:
    """Return a record that the actor may see; reading it is logged (P11).

    Raises:
        RecordNotFound: there is none, or not for this actor: the same answer for both.
    """
    reports = record_read(record_id=record_id, actor=actor, now=now)
    people = {name for report in reports for name in (report.submission.clerk, report.submission.reviewer)}
    people |= {said.actor for report in reports for said in report.explanations}
    people |= {amended.actor for report in reports for amended in report.amendments}
    names = names_of(people)
    newest = reports[0].version
    return RecordPage(
        heading=f"{item_title(newest.item_id)}：{newest.document_no}",
        facts=(
            Fact("单位", newest.subject.name),
            Fact("文书号", newest.document_no),
            Fact("机关", newest.organ_name),
            Fact("决定日期", chinese_date(newest.decision_date)),
            Fact("记录编号", str(record_id)),
        ),
        reports=tuple(_report(report, names) for report in reports),
    )


def _report(report: RecordReport, names: dict[str, str]) -> ReportLines:
    submission, version = report.submission, report.version
    place = f"{version.sheet} 第{version.row_no}行".strip()
    facts = (
        Fact("文件", submission.file_name, place),
        Fact(
            "报送日期",
            chinese_date(version.reported_date),
            f"迟{version.late_workdays}个工作日" if version.late_workdays else "",
        ),
        Fact("经办人", names.get(submission.clerk, submission.clerk)),
        Fact("审核人", names.get(submission.reviewer, submission.reviewer)),
        Fact("入库", chinese_date(version.recorded_at.astimezone(CHINA).date())),
    )
    return ReportLines(
        event=EVENT_LABELS[Event(version.event)],
        number=submission.number,
        facts=facts,
        explanations=explanation_lines(report.explanations, names),
        amendments=tuple(_amended(one, version.item_id, names) for one in report.amendments),
    )


def explanation_lines(said: tuple[RowExplanation, ...], names: dict[str, str] | None = None) -> tuple[ExplanationLine, ...]:
    """Return explanations with the names of who gave them; one query where ``names`` are not at hand."""
    known = names_of(one.actor for one in said) if names is None else names
    return tuple(
        ExplanationLine(rule=one.rule, asked=one.message, text=one.text, who=known.get(one.actor, one.actor), at=one.at)
        for one in said
    )


def _amended(one: Amendment, item_id: str, names: dict[str, str]) -> AmendedLine:
    fields = next((item.fields for item in catalogue_current().items if item.id == item_id), ())
    label = next((field.title for field in fields if field.key == one.field), one.field)
    return AmendedLine(label=label, before=one.before, after=one.after, who=names.get(one.actor, one.actor), at=one.at)
