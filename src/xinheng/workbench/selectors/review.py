"""What a reviewer sees before certifying, in words: rows by verdict, rows drawn by lot, the difference to the last batch."""

from dataclasses import dataclass
from typing import Final

from xinheng.intake.models import Submission
from xinheng.intake.selectors import rule_titles
from xinheng.intake.services import COMPARED_ROWS, LastBatch, Review, ReviewRow, review_of
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Fact

_RULES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """How often a rule was broken, here and in the batch before, in words with the share of the rows."""

    rule: str
    title: str
    here: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLines:
    """What the page of a review shows. ``sentence`` says how the rows were drawn, ``not_compared`` why nothing was."""

    verdicts: tuple[Fact, ...]
    sample: tuple[ReviewRow, ...]
    sentence: str
    before_number: str
    differences: tuple[Fact, ...]
    rules: tuple[RuleLine, ...]
    new_rows: tuple[ReviewRow, ...]
    ended_rows: tuple[ReviewRow, ...]
    not_compared: str


def review_lines(*, submission: Submission) -> ReviewLines | None:
    """Return what is looked at before certifying; ``None`` unless the submission waits for review. Five queries at most."""
    found = review_of(submission=submission)
    if found is None:
        return None
    return ReviewLines(
        verdicts=_verdicts(found),
        sample=found.sample,
        sentence=_drawn(found),
        before_number="" if found.before is None else found.before.number,
        differences=_differences(submission, found),
        rules=() if found.before is None else _rules(submission, found.before),
        new_rows=found.new_rows,
        ended_rows=found.ended_rows,
        not_compared=_not_compared(found),
    )


def _verdicts(found: Review) -> tuple[Fact, ...]:
    counted = (
        ("确认后入库，按目录公示", found.shown, ""),
        ("入库，不公示", found.not_shown, "当场处罚等"),
        ("其中主体由人确认", found.decided, "确认过主体的人不能审核这一批"),
        ("主体存疑，留下", found.doubtful, "确认是哪一家以后另外入库"),
        ("退回改正", found.returned, "不入库"),
        ("与前面的行相同", found.repeated, "不会记两次"),
        ("自然人，不收", found.person, "只计数，不保存"),
    )
    return tuple(Fact(label, f"{count:,}条", note) for label, count, note in counted if count or label.startswith("确认后"))


def _drawn(found: Review) -> str:
    whole = found.shown + found.not_shown
    if whole <= len(found.sample):
        return f"要入库的{whole:,}条全部列在下面。"
    return (
        f"从要入库的{whole:,}条里抽出{len(found.sample)}条。抽法由批次编号、文件指纹和提交时间算出："
        "谁来看都是同样的行，经办人提交前不知道会抽到哪些。"
    )


def _differences(submission: Submission, found: Review) -> tuple[Fact, ...]:
    facts = []
    if found.before is not None:
        rows = submission.counts.get("rows", 0)
        facts.append(Fact("行数", f"{rows:,}行", f"上一批{found.before.rows:,}行（{chinese_date(found.before.day)}入库）"))
    if found.new_subjects is not None:
        facts.append(Fact("本机关第一次报这类信息的单位", f"{found.new_subjects:,}家"))
    if found.again is not None:
        note = "内容相同的不会记两次，不同的按更正入库" if found.again else ""
        facts.append(Fact("文书号库中已有", f"{found.again:,}条", note))
    if found.ended is not None:
        note = "确认后会重新入库，请逐条核对决定书" if found.ended else ""
        facts.append(Fact("文书号曾被撤销、移出或撤回", f"{found.ended:,}条", note))
    return tuple(facts)


def _rules(submission: Submission, before: LastBatch) -> tuple[RuleLine, ...]:
    titles = rule_titles()
    rows = submission.counts.get("rows", 0)
    return tuple(
        RuleLine(
            rule=counted.rule,
            title=titles.get(counted.rule, counted.rule),
            here=_share(counted.count, rows),
            before=_share(counted.before, before.rows),
        )
        for counted in before.rules[:_RULES]
    )


def _share(count: int, rows: int) -> str:
    return f"{count:,}处（{count / rows:.1%}）" if rows else f"{count:,}处"


def _not_compared(found: Review) -> str:
    if found.new_subjects is not None:
        return ""
    if found.shown + found.not_shown > COMPARED_ROWS:
        return f"超过{COMPARED_ROWS:,}条，没有逐条和库中记录比对。"
    return "这类表改的是库中已有的记录，没有新单位和同号可比。"
