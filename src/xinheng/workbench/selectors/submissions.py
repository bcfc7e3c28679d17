"""Submissions as those who may see them read them. The gate is intake's: ``submissions_visible_to``."""

from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db.models import Count, Window
from django.db.models.functions import RowNumber

from xinheng.accounts.domain import Actor
from xinheng.accounts.models import Account
from xinheng.adapters.clock import CHINA
from xinheng.intake.models import Submission, SubmissionFinding, SubmissionState
from xinheng.intake.selectors import submission_visible_to, submissions_visible_to
from xinheng.intake.services import receipt_of
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Fact, Tag, Tone
from xinheng.workbench.domain import RuleGroup, SubmissionLine, SubmissionPage
from xinheng.workbench.selectors.organs import item_title

LISTED: Final = 50
_PLACES: Final = 5
_TONES: Final = {
    SubmissionState.PUBLISHED: Tone.DONE,
    SubmissionState.RETURNED: Tone.ATTENTION,
    SubmissionState.REFUSED: Tone.ATTENTION,
    SubmissionState.SUBMITTED: Tone.ATTENTION,
}
_ACTIONS: Final = {"received": "收到文件"}


def submission_lines(*, actor: Actor, state: str = "", limit: int = LISTED) -> tuple[SubmissionLine, ...]:
    """Return the newest submissions that the actor may see, of one state where one is named. One query."""
    found = submissions_visible_to(actor=actor)
    if state:
        found = found.filter(state=state)
    return tuple(_line(submission) for submission in found.order_by("-received_at", "-id")[:limit])


def _line(submission: Submission) -> SubmissionLine:
    counts = submission.counts
    words = [
        f"{counts[name]:,}条{label}"
        for name, label in (("rows", ""), ("returned", "退回"), ("doubtful", "存疑"), ("person", "自然人不收"))
        if counts.get(name)
    ]
    return SubmissionLine(
        number=submission.number,
        organ=submission.organ_name,
        item=item_title(submission.item_id),
        state=_tag(submission),
        received_at=submission.received_at,
        counts="，".join(words),
    )


def _tag(submission: Submission) -> Tag:
    state = SubmissionState(submission.state)
    return Tag(state.label, _TONES.get(state, Tone.NEUTRAL))


def submission_page(*, actor: Actor, number: str) -> SubmissionPage:
    """Return one submission with its findings by rule, most frequent first.

    Raises:
        SubmissionNotFound: there is none, or not for this actor: the same answer for both.
    """
    submission = submission_visible_to(actor=actor, number=number)
    receipt = receipt_of(number=number)
    names = dict(
        Account.objects.filter(login_name__in=[submission.clerk, submission.reviewer]).values_list("login_name", "display_name")
    )
    facts = [
        Fact("报送机关", submission.organ_name),
        Fact("信息类别", receipt.item or "未识别"),
        Fact("文件", f"{submission.file_name}（{submission.file_size:,}字节）"),
        Fact("文件SHA-256", submission.file_sha256),
        Fact("经办人", names.get(submission.clerk, submission.clerk)),
        Fact("审核人", names.get(submission.reviewer, submission.reviewer) or "（还没有）"),
        Fact("收到", f"{chinese_date(submission.received_at.astimezone(CHINA).date())}"),
        Fact("原件保存到", receipt.original_until or "已销毁"),
    ]
    outcomes = [
        Fact(label, f"{count:,}条", note)
        for label, count, note in (
            ("文件中的行", receipt.rows, ""),
            ("可以入库或已入库", receipt.accepted, ""),
            ("与库中记录相同", receipt.duplicate, "不用再报"),
            ("退回改正", receipt.returned, "下面写了哪一格、怎么改"),
            ("主体存疑", receipt.doubtful, "由信用办和你们确认是哪一家"),
            ("迟报", receipt.late, ""),
            ("自然人，不收", receipt.person, "只计数，不保存"),
            ("入库不公示", receipt.not_shown, ""),
        )
        if count or label == "文件中的行"
    ]
    return SubmissionPage(
        number=number,
        heading=f"{receipt.item or '报送'}：{number}",
        state=_tag(submission),
        facts=tuple(facts),
        outcomes=tuple(outcomes),
        groups=_groups(submission),
        timeline=tuple(
            (
                event.at,
                SubmissionState(event.to_state).label if event.to_state else _ACTIONS.get(event.action, event.action),
                event.note,
            )
            for event in submission.events.order_by("id")
        ),
    )


def _groups(submission: Submission) -> tuple[RuleGroup, ...]:
    """Return the findings by rule. Two queries, whatever their number: counts, and a few places of each."""
    findings = SubmissionFinding.objects.filter(submission=submission)
    counted = {entry["rule"]: entry for entry in findings.values("rule").annotate(count=Count("id")).order_by("-count", "rule")}
    placed = findings.annotate(place=Window(RowNumber(), partition_by="rule", order_by="id")).filter(place__lte=_PLACES)
    places = {rule: list(found) for rule, found in groupby(placed.order_by("rule", "id"), key=attrgetter("rule"))}
    return tuple(
        RuleGroup(
            rule=rule,
            message=places[rule][0].message,
            fix=places[rule][0].fix,
            count=entry["count"],
            places=tuple(_place(finding) for finding in places[rule]),
        )
        for rule, entry in counted.items()
    )


def _place(finding: SubmissionFinding) -> str:
    where = f"{finding.sheet} 第{finding.row}行" if finding.row else finding.sheet or "整份文件"
    column = f"，{finding.column}列" if finding.column else ""
    value = f"：“{finding.value}”" if finding.value else ""
    return f"{where}{column}{value}"
