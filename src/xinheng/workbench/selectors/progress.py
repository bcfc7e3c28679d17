"""The way of a submission and how far the running step is, in the clerk's words."""

from typing import Final

from xinheng.adapters.progress import Progress
from xinheng.intake.models import SubmissionState
from xinheng.intake.services import submission_progress
from xinheng.workbench.domain import ProgressStep, RowsDone

_STEPS: Final = (
    ("收到文件", (SubmissionState.RECEIVED,)),
    ("检查", (SubmissionState.LANDED, SubmissionState.CHECKED)),
    ("处理问题", (SubmissionState.MATCHED, SubmissionState.RETURNED)),
    ("提交审核", (SubmissionState.SUBMITTED,)),
    ("确认入库", (SubmissionState.CERTIFIED, SubmissionState.PUBLISHED)),
)
"""The way of a submission in the clerk's words; states beside the way (refused, withdrawn, replaced) have no step."""

_WORDS: Final = {
    "land": "正在读入：已读{done:,}行",
    "rules": "正在核对规则：已核对{done:,} / {total:,}行",
    "compare": "正在行与行比对：第{done:,}项，共{total:,}项",
    "findings": "正在写下检查结果：{done:,} / {total:,}处",
    "match": "正在核对主体：已核对{done:,} / {total:,}行",
    "publish": "正在入库：{done:,} / {total:,}行",
    "mark": "正在写标记表：{done:,} / {total:,}行",
}
"""What each part of a step counts; rows where nothing else is said."""


def progress_steps(state: str) -> tuple[ProgressStep, ...]:
    """Return the steps of the way with what is done, what is now and what comes; none where it left the way."""
    at = next((index for index, (_, states) in enumerate(_STEPS) if state in states), None)
    if at is None:
        return ()
    done = at + (state == SubmissionState.PUBLISHED)
    return tuple(
        ProgressStep(label=label, state="done" if index < done else "now" if index == at else "later")
        for index, (label, _) in enumerate(_STEPS)
    )


def rows_done(*, number: str) -> RowsDone | None:
    """Return how far the running step is with its rows; ``None`` where no step is at work just now."""
    return rows_done_of(submission_progress(number=number))


def rows_done_of(progress: Progress | None) -> RowsDone | None:
    """Return in words what was told; ``None`` for nothing, and for what has no words here."""
    if progress is None or progress.what not in _WORDS:
        return None
    ordinal = progress.what == "compare"
    text = _WORDS[progress.what].format(done=progress.done + ordinal, total=progress.total or 0)
    return RowsDone(text=text, done=progress.done, total=progress.total or 0)
