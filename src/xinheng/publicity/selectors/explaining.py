"""Why a record is or is not shown, step by step, in plain Chinese; the same for page and command line."""

from datetime import date
from uuid import UUID

from xinheng.kernel.dates import ONE_DAY, chinese_date
from xinheng.publicity.domain import Decision, Explanation
from xinheng.publicity.selectors.deciding import decide
from xinheng.publicity.selectors.displays import is_sole_traders
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.publicity.selectors.public import list_title_of
from xinheng.records.errors import RecordNotFound
from xinheng.records.models import CurrentRecord
from xinheng.records.selectors import records_current
from xinheng.rules.domain import ExplainStep


def explain(*, record_id: UUID, on_date: date, law: DisplayLaw | None = None) -> Explanation:
    """Return why the record, as known now, is or is not shown on ``on_date`` (Asia/Shanghai day). One query.

    For officers and the subject: it answers for records that are not public, too.

    Raises:
        RecordNotFound: there is no such record.
    """
    law = law or law_current()
    record = records_current().filter(record_id=record_id).select_related("subject__merged_into").first()
    if record is None:
        raise RecordNotFound(record=record_id)
    decision = decide(record=record, on_date=on_date, law=law)
    steps = list(decision.steps)
    if is_sole_traders(record=record) and record.item_id in law.adverse_items:
        steps.append(
            ExplainStep(
                text="当事人是个体工商户：处罚和名单只在用全称或代码查询时显示，不进列表、订阅和导出。",
                reference="平台的保护规则P2",
            )
        )
    return Explanation(
        record_id=record_id,
        on_date=on_date,
        shown=decision.shown,
        facts=_facts(record, law),
        steps=tuple(steps),
        conclusion=conclusion(decision=decision, on_date=on_date),
    )


def conclusion(*, decision: Decision, on_date: date) -> str:
    """Return the answer in one sentence."""
    if not decision.shown:
        if decision.end is not None and decision.end <= on_date:
            return (
                f"结论：公示到{chinese_date(decision.end - ONE_DAY)}（含当日），已经自动停止，{chinese_date(on_date)}不公示。"
            )
        return f"结论：{chinese_date(on_date)}不公示。"
    if decision.end is None:
        return f"结论：{chinese_date(on_date)}公示；长期有效，直到撤回、撤销或者注销。"
    last = chinese_date(decision.end - ONE_DAY)
    return f"结论：公示到{last}（含当日），次日零时自动停止，无须申请。"


def _facts(record: CurrentRecord, law: DisplayLaw) -> tuple[tuple[str, str], ...]:
    item = law.items.get(record.item_id)
    subject = record.subject.merged_into or record.subject
    facts = [
        ("信息项", item.title if item is not None else record.item_id),
        ("文书号", record.document_no),
        ("主体", subject.name),
        ("机关", record.organ_name),
        ("决定日期", chinese_date(record.decision_date)),
        ("名单", list_title_of(record=record, law=law)),
        ("来源", f"批次{record.submission_id}，{f'工作表“{record.sheet}”' if record.sheet else ''}第{record.row_no}行"),
        ("版本", f"第{record.version_no}版，公示序号{record.seq}，{record.get_event_display()}"),
    ]
    return tuple((label, value) for label, value in facts if value)
