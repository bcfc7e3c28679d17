"""The columns of a register file: what each is called in the files that exist, and in our own template."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xinheng.kernel.shown import shown


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """One column that the register can read (登记库导入列)."""

    key: str
    title: str
    note: str
    aliases: tuple[str, ...] = ()


COLUMNS: Final[tuple[RegisterColumn, ...]] = (
    RegisterColumn(
        "name",
        "名称",
        "必填。登记的现用名称全称。",
        ("企业名称", "主体名称", "单位名称", "机构名称", "市场主体名称", "name", "ztmc"),
    ),
    RegisterColumn(
        "uscc",
        "统一社会信用代码",
        "18位。与注册号、组织机构代码至少填一个；请把单元格设为文本格式。",
        ("统一社会信用代码(原样)", "社会信用代码", "信用代码", "统一代码", "uscc", "tyshxydm"),
    ),
    RegisterColumn(
        "registration_no", "注册号", "改用统一社会信用代码前的工商注册号，15位或13位。", ("工商注册号", "营业执照注册号", "zch")
    ),
    RegisterColumn("organisation_code", "组织机构代码", "9位，可带短横线。有统一社会信用代码时可不填。", ("zzjgdm",)),
    RegisterColumn("kind", "主体类别", "企业、个体工商户、农民专业合作社等。", ("ztlb", "类别")),
    RegisterColumn(
        "type_text", "登记类型", "如 有限责任公司、分公司。", ("企业类型", "公司类型", "市场主体类型", "type", "lx")
    ),
    RegisterColumn("status", "登记状态", "存续、吊销未注销、吊销已注销、注销、撤销、迁出。", ("经营状态", "企业状态", "jyzt")),
    RegisterColumn("status_date", "状态日期", "注销、吊销等的日期。", ("注销日期", "吊销日期", "注销吊销日期")),
    RegisterColumn("established_date", "成立日期", "如 2019-05-06。", ("注册日期", "登记日期", "设立日期", "est_date", "clrq")),
    RegisterColumn("register_organ", "登记机关", "", ("djjg",)),
    RegisterColumn("province", "所在省份", "", ("省份", "province")),
    RegisterColumn("area", "所在区县", "", ("地区", "区县", "城市", "city", "area")),
    RegisterColumn("township", "乡镇（街道）", "", ("乡镇", "街道", "乡镇街道")),
    RegisterColumn(
        "address", "住所", "个体工商户的住所只公开到乡镇（街道）。", ("注册地址", "地址", "经营场所", "住所(经营场所)", "dz")
    ),
    RegisterColumn("capital_text", "注册资本", "按登记内容原样填写。", ("注册资金", "capital", "zczb")),
    RegisterColumn("business_scope", "经营范围", "", ("jyfw",)),
    RegisterColumn("change_date", "变更日期", "本行所载变更（改名、换代码、迁址）的生效日期。", ("核准日期", "变更核准日期")),
    RegisterColumn("former_names", "曾用名", "多个用分号隔开。", ("原名称", "曾用名称")),
    RegisterColumn("previous_uscc", "原统一社会信用代码", "代码变更时填写变更前的代码，据此找到原主体。", ("原代码",)),
    RegisterColumn(
        "merged_into_uscc", "并入主体代码", "被合并时填写存续主体的统一社会信用代码。", ("并入主体统一社会信用代码", "合并至")
    ),
)
"""In the order of the template."""

_UNUSED: Final = frozenset({"来源年份", "文件年份", "file_year", "file_prov", "按gb32100应有校验码", "错误类别", "序号"})
_PERSONAL: Final = re.compile(
    "法定代表人|法人代表|负责人|经营者|投资人|股东|联系人|电话|手机|身份证|证件|邮箱|fddbr|phone|mobile|email"
)
_LONGEST: Final = 500
_DECORATION: Final = re.compile(r"[\s*＊:：]")


def _heading(text: str) -> str:
    return _DECORATION.sub("", unicodedata.normalize("NFKC", text)).lower()


_BY_HEADING: Final = {_heading(text): column.key for column in COLUMNS for text in (column.title, *column.aliases)}


@dataclass(frozen=True, slots=True)
class RegisterHeader:
    """Where the columns of one file stand, and which of its columns are not taken."""

    positions: Mapping[str, int]
    unused: tuple[str, ...]
    personal: tuple[str, ...]


def register_header(cells: Sequence[str]) -> RegisterHeader | None:
    """Return where the known columns stand in a header row, or ``None`` if the row is no header of a register.

    A register has a column for the name and one for a code. The first of two columns for the same thing counts.
    Columns about persons (法定代表人, 电话, …) are named, so that the report can say that they were not taken (P4).
    """
    positions: dict[str, int] = {}
    unused: list[str] = []
    personal: list[str] = []
    for position, cell in enumerate(cells):
        heading = _heading(cell[:_LONGEST])
        key = _BY_HEADING.get(heading)
        if key is not None and key not in positions:
            positions[key] = position
        elif _PERSONAL.search(heading):
            personal.append(shown(cell.strip()))
        elif heading and heading not in _UNUSED:
            unused.append(shown(cell.strip()))
    if "name" not in positions or not positions.keys() & {"uscc", "registration_no", "organisation_code"}:
        return None
    return RegisterHeader(positions=positions, unused=tuple(unused), personal=tuple(personal))
