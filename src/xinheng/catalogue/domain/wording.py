"""What the catalogue's collections, fields and values are called in Chinese, for pages that compare two catalogues."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from xinheng.kernel.vocabulary import LabelledCode

COLLECTION_LABELS: Final[Mapping[str, str]] = {
    "instruments": "文件",
    "editions": "基础目录版本",
    "classes": "信息类",
    "code_lists": "代码表",
    "items": "信息事项",
    "clocks": "期限",
    "regimes": "公示规定",
    "list_types": "名单",
    "measures": "措施",
    "evaluations": "评价",
    "sectors": "领域",
    "organs": "机关",
    "townships": "乡镇街道",
    "calendar": "工作日历",
}

FIELD_LABELS: Final[Mapping[str, str]] = {
    "accepted": "是否接受录入",
    "adverse": "是否不利信息",
    "aliases": "别名",
    "amount": "数量",
    "annotate": "须另写说明",
    "any_kinds": "含有的处罚类别之一",
    "article": "条款",
    "basis": "依据",
    "category": "措施类别",
    "class_count": "类数",
    "class_id": "所属信息类",
    "classes": "分级规定",
    "clock_confidence": "起算的可信度",
    "clock_start": "起算日",
    "code": "代码",
    "code_list": "代码表",
    "confidence": "可信度",
    "content": "内容",
    "data_element": "数据元",
    "date": "日期",
    "disclosure": "公开范围",
    "display_clock": "公示期限",
    "document_prefix": "文书代字",
    "early_exit": "提前移出",
    "early_exit_months": "提前移出最早月数",
    "end_rule": "公示怎样结束",
    "entry": "列入情形",
    "fields": "字段",
    "hint": "填写提示",
    "holidays": "节假日",
    "id": "编号",
    "identity_document": "个人证件列",
    "implementer": "实施机关",
    "in_force": "施行日期",
    "in_lieu_working_days": "调休上班日",
    "instrument": "文件",
    "is_demo": "演示数据",
    "issuer": "制定机关",
    "item_id": "信息事项",
    "item_ids": "适用的信息事项",
    "key": "国家字段代码",
    "kind": "种类",
    "label": "名称",
    "lister": "列入机关",
    "lister_sectors": "列入机关的领域",
    "marker_columns": "特有的列",
    "max_length": "最多字数",
    "max_months": "最长月数",
    "mca_code": "民政代码",
    "measures": "措施",
    "min_fine_fen": "罚款下限（分）",
    "min_months": "最短月数",
    "multiple": "可填多个",
    "name": "名称",
    "natural_persons_only": "仅涉及自然人",
    "nature": "性质",
    "nbs_code": "统计代码",
    "note": "说明",
    "number": "文号",
    "officer": "核实人",
    "on_the_spot": "当场处罚",
    "only_kinds": "只含的处罚类别",
    "person_related": "与个人有关",
    "principles_only": "只有原则规定",
    "rank": "次序",
    "reference": "依据",
    "refused_because": "不接受的原因",
    "reporting_clock": "报送期限",
    "required": "是否必填",
    "responsible_organs": "报送机关",
    "retired_templates": "停用的模板",
    "role": "用途",
    "rows": "逐项内容",
    "secret_level": "密级",
    "sectors": "领域",
    "severity": "失信程度",
    "short_name": "简称",
    "shown": "是否公示",
    "since_edition": "自哪一版起",
    "source": "出处",
    "source_bodies": "来源单位",
    "start": "起算日",
    "sub_item": "所属子项",
    "sub_items": "子项",
    "sub_items_confidence": "子项的可信度",
    "subject_kinds": "主体类别",
    "target": "对象",
    "template_title": "模板名称",
    "template_version": "模板版本",
    "term": "期限",
    "term_confidence": "期限的可信度",
    "term_months": "期限（月）",
    "term_stated": "须逐条写明期限",
    "terms": "各等级的期限",
    "title": "名称",
    "township": "乡镇街道",
    "type": "类型",
    "unit": "单位",
    "until": "失效日期",
    "until_corrected": "改正即止",
    "values": "代码值",
    "verified": "核实",
    "versions": "历次版本",
    "why": "理由",
    "year": "年份",
}
"""Every field of every model of the catalogue; a test holds the two equal."""

NOTHING: Final = "（没有）"


def value_in_words(value: Any) -> str:
    """Return one plain value of a catalogue entry as people read it; structures are not plain values.

    >>> value_in_words(True), value_in_words(None), value_in_words(("罚款", "警告"))
    ('是', '（没有）', '罚款、警告')
    """
    if value is None or value in ("", (), []):
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, LabelledCode):
        return value.label or value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "、".join(value_in_words(part) for part in value)
    return str(value)
