"""Parts of organisation names: what is common to thousands of names, and what makes one name its own (字号)."""

import re
from typing import Final

STOP_BIGRAMS: Final = frozenset({"有限", "限公", "公司", "限责", "责任", "任公", "股份", "份有", "分公", "司分"})
"""Pairs of characters that are in so many names that they select nothing."""

_LEGAL_FORM: Final = re.compile(
    "(股份有限公司|有限责任公司|有限公司|集团公司|总公司|公司|专业合作社联合社|专业合作社|合作社|合伙企业|普通合伙|有限合伙|分公司|经营部|"
    "服务部|门市部|个体工商户)"
)
_PLACE: Final = re.compile(
    "^(北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|"
    "甘肃|青海|宁夏|新疆|中国)?[省市]?([\u4e00-\u9fff]{2,4}?[市区县])?"
)


def bigrams(text: str) -> list[str]:
    """Return all pairs of neighbouring characters, in order; the database function ``bg`` gives the same.

    >>> bigrams("夔门云帆")
    ['夔门', '门云', '云帆']
    """
    return [text[position : position + 2] for position in range(len(text) - 1)]


def search_bigrams(text: str) -> list[str]:
    """Return the bigrams by which a name can be looked up: without those that are in too many names."""
    return [pair for pair in bigrams(text) if pair not in STOP_BIGRAMS]


def name_core(name_key: str) -> str:
    """Return a normalised name without place and legal form, or the whole name where nothing would be left.

    >>> name_core("重庆市奉节县夔门云帆食品有限公司")
    '夔门云帆食品'
    """
    core = _LEGAL_FORM.sub("", _PLACE.sub("", name_key.replace("(", "").replace(")", ""), count=1))
    return core if len(core) >= 2 else name_key
