"""What pages, things and tables are called where an auditor reads of them: the trail keeps codes, people read words."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.apps import apps

PAGE_WORDS: Final[Mapping[str, str]] = {
    "home": "工作台首页",
    "notices": "通知",
    "notices_seen": "把通知标为已读",
    "contact": "通知方式",
    "submissions": "报送批次列表",
    "upload": "上报文件",
    "submission": "报送批次",
    "progress": "批次进度",
    "give_up": "放弃批次",
    "findings": "批次的问题",
    "explain": "填写说明",
    "findings_csv": "下载问题清单",
    "marked": "标注文件",
    "marked_progress": "标注文件的进度",
    "marked_file": "下载标注文件",
    "marked_rest": "下载标注文件放不下的行",
    "cell": "查看原件的一格",
    "recheck": "重新检查",
    "submit": "提交审核",
    "unlock": "收回已提交的批次",
    "certify": "审核发布",
    "send_back": "退回批次",
    "withdraw": "撤回批次",
    "record": "记录",
    "record_start": "选择要填报的事项",
    "record_form": "逐条填报",
    "record_fields": "填报表的字段检查",
    "record_draft_discard": "删除草稿",
    "doubts": "主体复核列表",
    "doubt": "主体复核",
    "doubt_decide": "提出复核意见",
    "doubt_confirm": "确认复核意见",
    "doubt_decline": "不同意复核意见",
    "doubt_undo": "收回复核决定",
    "deadlines": "报送期限",
    "quality": "报送质量",
    "quality_rows": "报送质量的明细",
    "overview": "全县概览",
    "bulletin": "通报",
    "table": "下载统计表",
    "zero_reports": "零报告",
    "zero_report_state": "填写零报告",
    "zero_report_certify": "审核零报告",
    "zero_report_return": "退回零报告",
    "zero_report_withdraw": "撤回零报告",
    "gaps": "断号",
    "gap_explain": "说明断号",
    "reconciliations": "对账列表",
    "reconciliation": "对账结果",
    "reconcile": "对账",
    "waivers": "豁免列表",
    "waiver_ask": "申请豁免",
    "waiver": "豁免",
    "waiver_decide": "决定豁免",
    "waiver_revoke": "撤销豁免",
    "catalogue_proposals": "目录修改列表",
    "catalogue_propose": "提出目录修改",
    "catalogue_proposal": "目录修改",
    "catalogue_proposal_adopt": "采用目录修改",
    "catalogue_proposal_refuse": "不采用目录修改",
    "practice": "练习",
    "practice_item": "练习的事项",
    "practice_sample": "下载练习样表",
    "people": "人员列表",
    "invite": "邀请",
    "invitation_withdraw": "收回邀请",
    "person": "人员",
    "grant": "授予岗位",
    "close": "停用账号",
    "revoke": "收回岗位",
    "clients": "接入的系统",
    "client_register": "登记系统",
    "client_revoke": "停用系统",
    "trail": "审计",
    "trail_file": "下载审计记录",
}
"""Name of a page of the workbench → what people call it. A page that is not here fails a test."""

OPERATION_WORDS: Final[Mapping[str, str]] = {
    "report_begin": "开始接口报送",
    "report": "查询接口报送",
    "report_rows": "送数据行",
    "report_check": "检查接口报送",
    "report_explain": "填写说明",
    "report_submit": "提交接口报送",
    "report_findings": "查询问题",
}
THING_WORDS: Final[Mapping[str, str]] = {
    "submission": "批次",
    "zero_report": "零报告",
    "reconciliation": "对账",
    "doubt": "主体复核",
    "record": "记录",
    "record_draft": "填报草稿",
    "catalogue_proposal": "目录修改",
    "waiver": "豁免",
    "invitation": "邀请",
    "account": "账号",
    "grant": "岗位",
    "client": "系统",
    "report": "接口报送",
}


def done_text(what: str) -> str:
    """Return a page or an operation in words, anything else (a command) as it is.

    >>> done_text("workbench:submission"), done_text("xinheng intake load")
    ('报送批次', 'xinheng intake load')
    """
    house, _, name = what.partition(":")
    return {"workbench": PAGE_WORDS, "api": OPERATION_WORDS}.get(house, {}).get(name, what)


def case_text(case: str) -> str:
    """Return a thing in words with its number.

    >>> case_text("submission:FJ-20260331-0007"), case_text("")
    ('批次 FJ-20260331-0007', '')
    """
    kind, mark, number = case.partition(":")
    return f"{THING_WORDS[kind]} {number}" if mark and kind in THING_WORDS else case


def table_text(table: str) -> str:
    """Return a table of ours by what its rows are called.

    >>> table_text("no_such_table")
    'no_such_table'
    """
    return _tables().get(table, table)


@cache
def _tables() -> Mapping[str, str]:
    described = (model._meta for model in apps.get_models())  # noqa: SLF001 - the documented way to a model's names
    return {one.db_table: str(one.verbose_name) for one in described}
