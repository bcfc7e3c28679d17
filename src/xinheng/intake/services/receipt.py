"""The receipt (回执): number, time, what became of the rows, what comes next and by when, how to undo."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from xinheng.adapters.clock import CHINA
from xinheng.adapters.demonstration import demo_lines
from xinheng.catalogue.domain import ItemKind
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import ABANDONABLE, Doubt, DoubtState, Submission, SubmissionState
from xinheng.intake.selectors import doubts_decided
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._targets import CORRECTION
from xinheng.kernel.dates import chinese_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a department keeps of a submission. Moments are in Asia/Shanghai; counts are rows of the file.

    ``accepted`` is what is in the records through this file, or will be once it is certified; ``duplicate`` rows were
    there before with the same content. ``person`` rows are about natural persons: counted, not stored.
    """

    number: str
    state: str
    state_label: str
    at: str
    organ: str
    item: str
    clerk: str
    reviewer: str
    file_name: str
    file_sha256: str
    is_act: bool
    rows: int
    accepted: int
    new: int
    corrected: int
    duplicate: int
    not_shown: int
    late: int
    returned: int
    doubtful: int
    person: int
    withdrawn: int
    refusal: str
    original_until: str
    next_steps: tuple[str, ...]
    undo: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the receipt for software."""
        return asdict(self)


def receipt_of(*, number: str) -> Receipt:
    """Return the receipt of a submission as it stands now; it can be asked for again at any time.

    Raises:
        SubmissionNotFound: no submission has this number.
    """
    try:
        submission = Submission.objects.select_related("original").get(number=number)
    except Submission.DoesNotExist:
        raise SubmissionNotFound(number=number) from None
    counts = submission.counts
    item = catalogue_of(submission).item(submission.item_id) if submission.item_id else None
    is_published = submission.published_at is not None
    moment = submission.published_at or submission.submitted_at or submission.received_at
    doubts = Doubt.objects.filter(submission=submission, state=DoubtState.OPEN).count()
    return Receipt(
        number=number,
        state=submission.state,
        state_label=SubmissionState(submission.state).label,
        at=_minute(moment),
        organ=submission.organ_name,
        item="" if item is None else item.title,
        clerk=submission.clerk,
        reviewer=submission.reviewer,
        file_name=submission.file_name,
        file_sha256=submission.file_sha256,
        is_act=item is not None and item.kind is ItemKind.ACT,
        rows=counts.get("rows", 0),
        accepted=counts.get("new", 0) + counts.get("corrected", 0) if is_published else _to_come(submission),
        new=counts.get("new", 0),
        corrected=counts.get("corrected", 0),
        duplicate=counts.get("duplicate", counts.get("repeated", 0)),
        not_shown=counts.get("not_shown", 0),
        late=counts.get("late", 0),
        returned=counts.get("returned", 0),
        doubtful=doubts,
        person=counts.get("person", 0),
        withdrawn=counts.get("withdrawn", 0),
        refusal=submission.refusal_text,
        original_until="" if _original_is_gone(submission) else chinese_date(submission.original.destroy_after),
        next_steps=tuple(_next_steps(submission, doubts=doubts)),
        undo=tuple(_undo(submission)),
    )


def _to_come(submission: Submission) -> int:
    """Return how many rows become records once they are certified: those that passed, and doubts decided since."""
    return int(submission.counts.get("accepted", 0)) + doubts_decided(submission)


def _minute(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{chinese_date(local.date())} {local:%H:%M}"


def _original_is_gone(submission: Submission) -> bool:
    return submission.original.destroyed_at is not None


_WAITING = {
    SubmissionState.RECEIVED: "正在处理。处理中断过的，用 xinheng intake resume 继续，不会重复。",
    SubmissionState.LANDED: "正在检查。检查中断过的，用 xinheng intake resume 继续，不会重复。",
    SubmissionState.CHECKED: "正在核对主体。中断过的，用 xinheng intake resume 继续，不会重复。",
    SubmissionState.MATCHED: "等待经办人提交审核。",
    SubmissionState.SUBMITTED: "等待审核人确认；确认前可以撤回。",
    SubmissionState.CERTIFIED: "已确认，正在入库。中断过的，用 xinheng intake resume 继续，不会重复。",
    SubmissionState.REFUSED: "按上面的说明改好后重新报送。",
    SubmissionState.WITHDRAWN: "已经撤回，不再公示。需要恢复的，重新报送同一份文件即可。",
    SubmissionState.SUPERSEDED: "已由改好的新批次代替，不用再办。",
}


def _next_steps(submission: Submission, *, doubts: int) -> list[str]:
    steps: list[str] = []
    counts = submission.counts
    waiting = _WAITING.get(SubmissionState(submission.state))
    if submission.state == SubmissionState.WITHDRAWN and _sets_marks(submission):
        waiting = "已经撤回，这批作出的标记已取消，有关记录按原来的情形公示。"
    if waiting is not None:
        steps.append(waiting)
    if submission.state in (SubmissionState.REFUSED, SubmissionState.WITHDRAWN, SubmissionState.SUPERSEDED):
        return steps
    if counts.get("returned"):
        text = f"退回的{counts['returned']}行：在标记表上改好，整份再传即可；已入库的行会判为重复，不会记两次。"
        if counts.get("mend_by"):
            beyond = "；放假安排还没有公布，按周一至周五推算，暂定" if counts.get("mend_by_provisional") else ""
            text += f"最近一条应在{chinese_date(date.fromisoformat(counts['mend_by']))}前报送（含当日{beyond}）。"
        if counts.get("mend_late"):
            text += f"其中{counts['mend_late']}行已过报送期限，请尽快。"
        steps.append(text)
    if doubts:
        steps.append(
            f"主体存疑的{doubts}行：用 xinheng intake doubts {submission.number} 看候选，由两人确认；"
            f"{_until(submission)}前没有确认的，随原件销毁，需要重新报送。"
        )
    if counts.get("person"):
        steps.append(f"自然人的{counts['person']}行没有收，内容没有保存；请按原渠道报送。")
    if submission.state == SubmissionState.PUBLISHED and not steps:
        steps.append("没有要办的事。")
    return steps


def _until(submission: Submission) -> str:
    return chinese_date(submission.original.destroy_after)


def _undo(submission: Submission) -> list[str]:
    withdraw = f'xinheng intake withdraw {submission.number} --by 办理人 --reason "理由"'
    if submission.state in ABANDONABLE:
        return [f"放弃本批：{withdraw}。"]
    if submission.state != SubmissionState.PUBLISHED:
        return []
    if submission.item_id == CORRECTION:
        return [f"整批撤回：{withdraw}，更正过的记录立即停止公示；更正前的内容不会自动放回，需要时重新报送。"]
    if _sets_marks(submission):
        return [f"整批撤回：{withdraw}，这批作出的标记随即取消。"]
    return [
        f"整批撤回：{withdraw}，立即停止公示。",
        '只停一条：xinheng record hold 记录编号 --by 办理人 --reason "理由"。',
    ]


def _sets_marks(submission: Submission) -> bool:
    """Return whether the submission is an act that marks records: a correction reports their content again instead."""
    is_act = bool(submission.item_id) and catalogue_of(submission).item(submission.item_id).kind is ItemKind.ACT
    return is_act and submission.item_id != CORRECTION


def receipt_text(receipt: Receipt) -> str:
    """Return the receipt as it is printed: one fact a line, nothing that is not known."""
    lines = [
        *demo_lines(),
        f"回执 {receipt.number}　{receipt.state_label}　{receipt.at}",
        f"报送机关：{receipt.organ}　信息类别：{receipt.item or '（未能识别）'}",
        f"经办人：{receipt.clerk}　审核人：{receipt.reviewer or '（未确认）'}",
        f"文件：{receipt.file_name}",
        f"文件SHA-256：{receipt.file_sha256}",
    ]
    if receipt.refusal:
        lines.append(f"没有接收：{receipt.refusal}")
    else:
        lines.append(f"共{receipt.rows:,}行：")
        lines += _count_lines(receipt)
    if receipt.withdrawn and receipt.is_act and not receipt.corrected:
        lines.append(f"已取消标记{receipt.withdrawn:,}个。")
    elif receipt.withdrawn:
        lines.append(f"已撤回记录{receipt.withdrawn:,}条，停止公示。")
    if receipt.original_until:
        lines.append(f"原件已加密保存，{receipt.original_until}后销毁；文件SHA-256长期保留。")
    elif not receipt.refusal:
        lines.append("原件保存期已满，已经销毁；文件SHA-256长期保留。")
    if receipt.next_steps:
        lines.append("下一步：")
        lines += [f"　· {step}" for step in receipt.next_steps]
    if receipt.undo:
        lines.append("发现有误：")
        lines += [f"　· {way}" for way in receipt.undo]
    return "\n".join(lines)


def _count_lines(receipt: Receipt) -> list[str]:
    is_published = receipt.state in (SubmissionState.PUBLISHED, SubmissionState.WITHDRAWN)
    if not is_published:
        accepted = f"　可以提交 {receipt.accepted:,}"
    elif receipt.is_act:
        accepted = f"　已生效 {receipt.accepted:,}（作出标记{receipt.new:,}，更正{receipt.corrected:,}）"
    else:
        accepted = f"　入库 {receipt.accepted:,}（新增{receipt.new:,}，更正{receipt.corrected:,}）"
    if receipt.not_shown:
        accepted += f"，其中入库不公示 {receipt.not_shown:,}"
    if receipt.late:
        accepted += f"，其中{'超过法定撤回期限' if receipt.is_act else '迟报'} {receipt.late:,}"
    lines = [
        accepted,
        f"　退回改正 {receipt.returned:,}",
        f"　主体存疑 {receipt.doubtful:,}",
        f"　重复 {receipt.duplicate:,}（与库中或同一文件前面的行相同，没有记两次）",
    ]
    if receipt.person:
        lines.append(f"　自然人，不收 {receipt.person:,}")
    return lines
