"""What was found in a submission, as those who mend it read it: by severity and rule, and cell by cell."""

from collections.abc import Collection, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db.models import Count, Min, Window
from django.db.models.functions import RowNumber

from xinheng.accounts.domain import Actor
from xinheng.intake.domain import FindingSeverity
from xinheng.intake.errors import CellNotFound
from xinheng.intake.models import Explanation, Submission, SubmissionFinding, SubmissionRow
from xinheng.intake.selectors import (
    DOUBTED,
    amended_cells,
    explanations_of,
    findings_of_submission,
    submission_visible_to,
)
from xinheng.intake.services import row_cells
from xinheng.workbench.domain import CellLine, FindingLine, FindingsPage, RuleGroup, SeverityGroup
from xinheng.workbench.selectors.organs import item_fields

PER_PAGE: Final = 50
_PLACES: Final = 5
_MEANINGS: Final = {
    FindingSeverity.REFUSE: "不改，这一行不能提交；其余的行可以先提交",
    FindingSeverity.EXPLAIN: "写明原因即可提交",
    FindingSeverity.NOTE: "不影响提交",
}
_ELSEWHERE: Final = {DOUBTED: "在“主体存疑”里确认是哪一家，不用在这里说明。"}
Explanations = Mapping[tuple[str, str, int], Explanation]


def severities_of(*, submission: Submission) -> tuple[SeverityGroup, ...]:
    """Return the findings by severity and rule, most frequent first, with a few places of each. Three queries."""
    findings = SubmissionFinding.objects.filter(submission=submission)
    counted = list(findings.values("rule").annotate(count=Count("id"), severity=Min("severity")).order_by("-count", "rule"))
    if not counted:
        return ()
    said = explanations_of(submission)
    placed = findings.annotate(place=Window(RowNumber(), partition_by="rule", order_by="id")).filter(place__lte=_PLACES)
    places = {rule: list(found) for rule, found in groupby(placed.order_by("rule", "id"), key=attrgetter("rule"))}
    groups: dict[FindingSeverity, list[RuleGroup]] = {severity: [] for severity in FindingSeverity}
    for entry in counted:
        first = places[entry["rule"]][0]
        groups[FindingSeverity(first.severity)].append(
            RuleGroup(
                rule=first.rule,
                message=first.message,
                fix=first.fix,
                count=entry["count"],
                places=tuple(place_text(finding) for finding in places[first.rule]),
                severity=first.severity,
                explanation=_said(said, first.rule) or _ELSEWHERE.get(first.rule, ""),
            )
        )
    return tuple(
        SeverityGroup(
            heading=f"{severity.label}（{sum(group.count for group in found):,}处）",
            meaning=_MEANINGS[severity],
            is_explained=severity is FindingSeverity.EXPLAIN,
            groups=tuple(found),
        )
        for severity, found in groups.items()
        if found
    )


def _said(said: Explanations, rule: str, sheet: str = "", row: int = 0) -> str:
    found = said.get((rule, sheet, row)) or said.get((rule, "", 0))
    return "" if found is None else found.text


def findings_page(*, actor: Actor, number: str, rule: str, page: int) -> FindingsPage:
    """Return a portion of what one rule found, in the order of the file. ``page`` counts from 1.

    Raises:
        SubmissionNotFound: there is none, or not for this actor.
        CellNotFound: the rule found nothing there.
    """
    submission = submission_visible_to(actor=actor, number=number)
    found = findings_of_submission(number=number).filter(rule=rule)
    count = found.count()
    pages = max(1, -(-count // PER_PAGE))
    at = min(max(page, 1), pages)
    lines = list(found[(at - 1) * PER_PAGE : at * PER_PAGE])
    if not lines:
        raise CellNotFound(number=number, row=0)
    said = explanations_of(submission)
    records = records_at(submission=submission, rows=[finding.row for finding in lines])
    first = lines[0]
    return FindingsPage(
        number=number,
        rule=rule,
        message=first.message,
        severity=first.severity,
        severity_label=FindingSeverity(first.severity).label,
        ground=first.ground,
        confidence=first.confidence,
        count=count,
        lines=tuple(_line(finding, said, records) for finding in lines),
        explanation=_said(said, rule),
        number_of_page=at,
        pages=pages,
    )


def records_at(*, submission: Submission, rows: Collection[int]) -> Mapping[tuple[str, int], str]:
    """Return the numbers of the records that some rows became, by sheet and row; the newest line of a row counts."""
    found = SubmissionRow.objects.filter(submission=submission, row__in=rows).exclude(record_id=None).order_by("id")
    return {(sheet, row): str(record_id) for sheet, row, record_id in found.values_list("sheet", "row", "record_id")}


def _line(finding: SubmissionFinding, said: Explanations, records: Mapping[tuple[str, int], str]) -> FindingLine:
    return FindingLine(
        place=f"{finding.sheet} 第{finding.row}行".strip() if finding.row else finding.sheet or "整份文件",
        column=finding.column,
        value=finding.value,
        expected=finding.expected,
        fix=finding.fix,
        message=finding.message,
        sheet=finding.sheet,
        row=finding.row,
        field=finding.field,
        explanation=_said(said, finding.rule, finding.sheet, finding.row),
        record_id=records.get((finding.sheet, finding.row), ""),
    )


def place_text(finding: SubmissionFinding) -> str:
    """Return where a finding is, and the value that is there."""
    where = f"{finding.sheet} 第{finding.row}行" if finding.row else finding.sheet or "整份文件"
    column = f"，{finding.column}列" if finding.column else ""
    value = f"：“{finding.value}”" if finding.value else ""
    return f"{where}{column}{value}"


def row_lines(*, submission: Submission, sheet: str, row: int, asked: str) -> tuple[CellLine, ...]:
    """Return every cell of a row with what is wrong with it; the one that was ``asked`` for is marked.

    Raises:
        CellNotFound, RowNotKept: there is no such row, or none of which anything was kept.
    """
    cells = row_cells(submission=submission, sheet=sheet, row=row)
    problems: dict[str, list[str]] = {}
    for finding in findings_of_submission(number=submission.number).filter(sheet=sheet, row=row):
        problems.setdefault(finding.field, []).append(finding.message)
    changed = {cell.field for cell in amended_cells(submission) if (cell.sheet, cell.row) == (sheet, row)}
    return tuple(
        CellLine(
            key=field.key,
            title=field.title,
            value=cells[field.key],
            problems=tuple(problems.get(field.key, ())),
            is_asked=field.key == asked,
            is_fixed=field.key in changed,
        )
        for field in item_fields(submission.item_id)
        if field.key in cells and not field.identity_document
    )
