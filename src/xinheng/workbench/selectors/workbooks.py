"""The marked workbook of a submission as its page shows it: not ordered, being made, ready, or why not."""

from dataclasses import dataclass

from xinheng.intake.models import Submission, WorkbookOrder
from xinheng.intake.services import MARKED_FINDINGS, workbook_order_of, workbook_progress
from xinheng.portal.domain import Tag, Tone
from xinheng.workbench.domain import RowsDone
from xinheng.workbench.selectors.progress import rows_done_of

_TONES = {WorkbookOrder.State.READY: Tone.DONE, WorkbookOrder.State.FAILED: Tone.ATTENTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookPage:
    """One marked workbook: where it is, in words, and what can be taken away."""

    number: str
    state: Tag | None
    sentence: str
    rows: RowsDone | None
    is_working: bool
    is_ready: bool
    rest: int
    may_ask: bool


def workbook_page(*, submission: Submission) -> WorkbookPage:
    """Return where the marked workbook of the submission, as it stands now, is. Three queries."""
    order = workbook_order_of(submission)
    state = None if order is None else WorkbookOrder.State(order.state)
    is_working = state == WorkbookOrder.State.WAITING
    return WorkbookPage(
        number=submission.number,
        state=None if state is None else Tag(state.label, _TONES.get(state, Tone.NEUTRAL)),
        sentence=_sentence(order),
        rows=rows_done_of(workbook_progress(order_id=order.pk)) if order is not None and is_working else None,
        is_working=is_working,
        is_ready=state == WorkbookOrder.State.READY,
        rest=0 if order is None else order.rest,
        may_ask=order is None or state == WorkbookOrder.State.FAILED,
    )


def _sentence(order: WorkbookOrder | None) -> str:
    if order is None:
        return "还没有做。在平台上改正过以后，要重新做一份。"
    if order.state == WorkbookOrder.State.READY:
        beyond = f"表里标出前{order.marked:,}处，其余{order.rest:,}处在另一份清单里。" if order.rest else ""
        return f"标出了{order.marked:,}处问题。{beyond}保存7天，原件销毁时一同销毁；以后需要可以再做。"
    if order.state == WorkbookOrder.State.NOTHING:
        return "没有要改正或说明的问题，不用做标记表。"
    if order.state == WorkbookOrder.State.FAILED:
        return f"做不了：{order.problem}"
    return f"正在做，可以离开这一页，做好后回来下载。最多标{MARKED_FINDINGS:,}处，其余列在另一份清单里。"
