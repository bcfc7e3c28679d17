"""The rules that frictionless, pandera and we can all state, on the columns of a penalty file (ours checks many more).

=====================  =========================================  ==========================================  ================
rule                   frictionless                               pandera                                     ours
=====================  =========================================  ==========================================  ================
``REQUIRED``           ``constraints.required``                   ``nullable=False``                          C01
``MAX_LENGTH``         ``constraints.maxLength``                  ``Check.str_length(max_value=…)``           C02
``PATTERN``            ``constraints.pattern``                    ``Check.str_matches(…)``                    V01, V08, C04
``ONE_OF``             ``constraints.enum``                       ``Check.isin(…)``                           C03
=====================  =========================================  ==========================================  ================

What neither peer states: check characters, dates that do not exist, two columns together, several values in one cell,
repeated rows, personal numbers, masking, and words for the clerk.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

_CODE = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
_DAY = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_AMOUNT = r"^[0-9]{1,12}(,[0-9]{3})*(\.[0-9]{1,6}0*)?$"


class Kind(StrEnum):
    """What a rule asks of a cell; an empty cell breaks ``REQUIRED`` only."""

    REQUIRED = "required"
    MAX_LENGTH = "max_length"
    PATTERN = "pattern"
    ONE_OF = "one_of"


@dataclass(frozen=True, slots=True)
class SharedRule:
    """One rule on one column, named by its title; ``ours`` is the rule of ours that says it."""

    column: str
    kind: Kind
    value: Any
    ours: str


_LENGTHS = {
    "行政相对人名称": 200, "行政相对人代码_2(工商注册号)": 50, "行政相对人代码_4(税务登记号)": 15, "行政相对人代码_5(事业单位证书号)": 12,
    "法定代表人": 50, "行政处罚决定书文号": 128, "违法行为类型": 2000, "违法事实": 5000, "处罚依据": 2048, "处罚类别": 255, "处罚内容": 4000,
    "暂扣或吊销证照名称及编号": 200, "处罚机关": 255, "数据来源单位": 200, "备注": 512,
}  # fmt: skip

RULES: tuple[SharedRule, ...] = (
    *(SharedRule(column, Kind.MAX_LENGTH, length, "C02") for column, length in _LENGTHS.items()),
    SharedRule("行政相对人名称", Kind.REQUIRED, True, "C01"),
    SharedRule("行政相对人类别", Kind.REQUIRED, True, "C01"),
    SharedRule("行政相对人类别", Kind.ONE_OF, ("法人及非法人组织", "个体工商户", "自然人"), "C03"),
    SharedRule("行政相对人代码_1(统一社会信用代码)", Kind.PATTERN, _CODE, "V01"),
    SharedRule("行政处罚决定书文号", Kind.REQUIRED, True, "C01"),
    SharedRule("违法行为类型", Kind.REQUIRED, True, "C01"),
    SharedRule("违法事实", Kind.REQUIRED, True, "C01"),
    SharedRule("处罚依据", Kind.REQUIRED, True, "C01"),
    SharedRule("处罚类别", Kind.REQUIRED, True, "C01"),
    SharedRule("处罚内容", Kind.REQUIRED, True, "C01"),
    SharedRule("罚款金额(万元)", Kind.PATTERN, _AMOUNT, "V08"),
    SharedRule("没收违法所得、没收非法财物的金额(万元)", Kind.PATTERN, _AMOUNT, "V08"),
    SharedRule("处罚决定日期", Kind.REQUIRED, True, "C01"),
    SharedRule("处罚决定日期", Kind.PATTERN, _DAY, "C04"),
    SharedRule("处罚有效期", Kind.PATTERN, _DAY, "C04"),
    SharedRule("公示截止期", Kind.PATTERN, _DAY, "C04"),
    SharedRule("处罚机关", Kind.REQUIRED, True, "C01"),
    SharedRule("处罚机关统一社会信用代码", Kind.REQUIRED, True, "C01"),
    SharedRule("处罚机关统一社会信用代码", Kind.PATTERN, _CODE, "V01"),
    SharedRule("数据来源单位", Kind.REQUIRED, True, "C01"),
    SharedRule("数据来源单位统一社会信用代码", Kind.PATTERN, _CODE, "V01"),
)


def columns_of(file: Path) -> list[str]:
    """Return the titles in the first line of a UTF-8 file."""
    with file.open(encoding="utf-8-sig") as lines:
        return lines.readline().rstrip("\r\n").split(",")


def by_column(column: str) -> dict[Kind, Any]:
    """Return what is asked of one column."""
    return {rule.kind: rule.value for rule in RULES if rule.column == column}
