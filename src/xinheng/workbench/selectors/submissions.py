"""Submissions as those who may see them read them. The gate is intake's: ``submissions_visible_to``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from xinheng.accounts.domain import Actor
from xinheng.accounts.selectors import names_of
from xinheng.adapters.clock import CHINA
from xinheng.intake.models import Amendment, Submission, SubmissionEvent, SubmissionState
from xinheng.intake.selectors import submission_visible_to, submissions_visible_to
from xinheng.intake.services import Receipt, receipt_of
from xinheng.kernel.dates import chinese_date
from xinheng.notices.domain import days_left
from xinheng.portal.domain import Fact, Tag, Tone
from xinheng.workbench.domain import Act, SubmissionLine, SubmissionPage
from xinheng.workbench.selectors.acts import WORKING, acts_of
from xinheng.workbench.selectors.findings import severities_of
from xinheng.workbench.selectors.organs import item_title
from xinheng.workbench.selectors.progress import progress_steps, rows_done

LISTED: Final = 50
_PLACES: Final = 5
_TONES: Final = {
    SubmissionState.PUBLISHED: Tone.DONE,
    SubmissionState.RETURNED: Tone.ATTENTION,
    SubmissionState.REFUSED: Tone.ATTENTION,
    SubmissionState.SUBMITTED: Tone.ATTENTION,
}
_ACTIONS: Final = {
    "received": "收到文件",
    "rechecked": "在平台上改正后重新检查",
    "amended": "改正一格",
    "explained": "填写说明",
    "original_read": "取出原件",
    "original_destroyed": "销毁原件",
    "original_handed_over": "原件转给改正后的批次",
    "marked_workbook_made": "做标记表",
    "marked_workbook_read": "下载标记表",
    "decisions_carried": "带来原批次的存疑决定",
    "doubt_decided": "确认主体存疑",
    "doubt_proposed": "提出存疑意见，等另一人复核",
    "doubt_declined": "复核不同意存疑意见",
    "doubt_undone": "撤销存疑确认",
}


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


def submission_page(*, actor: Actor, number: str, today: date) -> SubmissionPage:
    """Return one submission with its findings by rule, most frequent first, and what this person can do with it.

    Raises:
        SubmissionNotFound: there is none, or not for this actor: the same answer for both.
    """
    submission = submission_visible_to(actor=actor, number=number)
    receipt = receipt_of(number=number)
    events = list(submission.events.order_by("id"))
    names = names_of(login_names=[submission.clerk, submission.reviewer, *(event.actor for event in events)])
    acts = acts_of(actor=actor, submission=submission)
    facts = [
        Fact("报送机关", submission.organ_name),
        Fact("信息类别", receipt.item or "未识别"),
        Fact("文件", f"{submission.file_name}（{submission.file_size:,}字节）"),
        Fact("文件SHA-256", submission.file_sha256),
        Fact("经办人", names.get(submission.clerk, submission.clerk)),
        Fact("审核人", names.get(submission.reviewer, submission.reviewer) or "（还没有）"),
        Fact("收到", f"{chinese_date(submission.received_at.astimezone(CHINA).date())}"),
        Fact("原件保存到", receipt.original_until or "已销毁，或已转给改正后的批次"),
        Fact("声明", _declared(submission)),
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
        severities=severities_of(submission=submission),
        timeline=tuple(_moment(event, names) for event in events),
        steps=progress_steps(submission.state),
        rows=rows_done(number=number) if submission.state in WORKING else None,
        acts=acts,
        sentence=_sentence(submission, receipt),
        notes=tuple(_notes(submission, acts=acts, actor=actor, today=today)),
        is_working=submission.state in WORKING,
        state_code=submission.state,
        amended=Amendment.objects.filter(submission=submission).count() if Act.AMEND in acts else 0,
        successor=_successor(submission),
    )


def _moment(event: SubmissionEvent, names: Mapping[str, str]) -> tuple[datetime, str, str, str]:
    return event.at, event_text(event), names.get(event.actor, event.actor), event.note


def event_text(event: SubmissionEvent) -> str:
    """Return what happened in words."""
    if event.action == "amended":
        return f"改正第{event.facts.get('row')}行的一格"
    if event.action == "decisions_carried":
        return f"沿用{event.facts.get('count')}行的存疑确认"
    return _ACTIONS.get(event.action) or (SubmissionState(event.to_state).label if event.to_state else event.action)


def _declared(submission: Submission) -> str:
    words = (
        ("不含涉密信息", submission.is_secret_free),
        ("事实文字已脱敏", submission.is_desensitised),
        ("均为当场处罚", submission.is_on_the_spot),
        ("旧站数据", submission.is_legacy),
    )
    return "；".join(word for word, is_so in words if is_so)


_SENTENCES: Final = {
    SubmissionState.SUBMITTED: "已提交，等待本机关的审核人确认。确认前可以收回修改。",
    SubmissionState.CERTIFIED: "已确认，正在入库。",
    SubmissionState.WITHDRAWN: "已撤回。需要时重新报送同一份文件即可。",
    SubmissionState.SUPERSEDED: "已由改好的新批次代替，不用再办。",
}


def _sentence(submission: Submission, receipt: Receipt) -> str:
    """Return in one sentence where it stands and what comes next."""
    state = SubmissionState(submission.state)
    if state in WORKING and state != SubmissionState.CERTIFIED:
        return "已收到，正在检查。可以离开这一页，查完会通知你。"
    if state == SubmissionState.REFUSED:
        return f"没有接收：{receipt.refusal}"
    if state in (SubmissionState.MATCHED, SubmissionState.RETURNED):
        left = receipt.returned + receipt.doubtful
        rest = f"，{left:,}行要处理" if left else ""
        return f"{receipt.rows:,}行中{receipt.accepted:,}行可以提交{rest}。"
    if state == SubmissionState.PUBLISHED:
        return f"已确认入库：新增{receipt.new:,}条，更正{receipt.corrected:,}条。"
    return _SENTENCES.get(state, state.label)


def _notes(submission: Submission, *, acts: frozenset[Act], actor: Actor, today: date) -> list[str]:
    notes = []
    if submission.counts.get("mend_by") and submission.state in _OPEN_FOR_MENDING:
        notes.append(days_left(date.fromisoformat(submission.counts["mend_by"]), today=today))
        if submission.counts.get("mend_by_provisional"):
            notes.append("期限落在放假安排还没有公布的日子，按周一至周五推算，暂定。")
    if submission.counts.get("mend_late"):
        notes.append(f"其中{submission.counts['mend_late']:,}行已过报送期限，请尽快。")
    if Act.RETURN in acts and Act.CERTIFY not in acts:
        notes.append("这批由你经办过，要由本机关的另一位审核人确认。")
    if submission.state == SubmissionState.SUBMITTED and actor.login_name == submission.clerk and Act.RETURN not in acts:
        notes.append("你是这批的经办人，不能自己确认。")
    return [note for note in notes if note]


_OPEN_FOR_MENDING: Final = (SubmissionState.MATCHED, SubmissionState.RETURNED, SubmissionState.PUBLISHED)


def _successor(submission: Submission) -> str:
    """Return the number of the submission that replaced this one, nothing where none did."""
    if submission.state != SubmissionState.SUPERSEDED:
        return ""
    found = Submission.objects.filter(supersedes=submission).first()
    return "" if found is None else found.number
