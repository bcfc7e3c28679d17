"""The register's own template as a workbook: headings with notes, drop-downs, one page of explanation."""

from pathlib import Path
from typing import Final

import xlsxwriter

from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus
from xinheng.subjects.domain.register_columns import COLUMNS

TEMPLATE_VERSION: Final = "2026.11"

_ROWS: Final = 5_000
_TEXT_COLUMNS: Final = frozenset({"uscc", "registration_no", "organisation_code", "previous_uscc", "merged_into_uscc"})
_EXPLANATION: Final = (
    f"信衡登记库导入模板（版本 {TEMPLATE_VERSION}）",
    "一行一个组织（企业、个体工商户、农民专业合作社、机关、事业单位、社会组织等）；不收自然人。",
    "“名称”必填；“统一社会信用代码”“注册号”“组织机构代码”至少填一个。代码列已设为文本格式，请勿改为数字格式。",
    "再次导入按代码找到已登记的组织，只处理变化：改名、换代码、迁址、注销、合并；空白单元格表示“没有说明”，不会抹去原有内容。",
    "换了统一社会信用代码的，请在“原统一社会信用代码”列填写原代码；合并的，请在“并入主体代码”列填写存续主体的代码。",
    "不要填写法定代表人、联系电话、证件号码：这些列即使存在也不会读取。",
    "也可以保存为 CSV（UTF-8 或 GB18030），表头相同即可，列的顺序不限。",
)


def register_template_write(*, out: Path) -> None:
    """Write the template to ``out`` (XLSX); an existing file is replaced."""
    workbook = xlsxwriter.Workbook(str(out), {"strings_to_numbers": False})
    heading = workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = workbook.add_format({"num_format": "@"})
    sheet = workbook.add_worksheet("登记信息")
    choices = {
        "kind": list(KIND_LABELS.values()),
        "status": [label for status, label in STATUS_LABELS.items() if status is not RegistrationStatus.UNKNOWN],
    }
    for position, column in enumerate(COLUMNS):
        sheet.set_column(position, position, 24 if column.key in {"name", "uscc", "address"} else 16, text)
        sheet.write_string(0, position, column.title, heading)
        if column.note:
            sheet.write_comment(0, position, column.note)
        if column.key in choices:
            sheet.data_validation(1, position, _ROWS, position, {"validate": "list", "source": choices[column.key]})
        if column.key in _TEXT_COLUMNS:
            sheet.set_column(position, position, 24, text)
    sheet.freeze_panes(1, 1)
    notes = workbook.add_worksheet("填写说明")
    notes.set_column(0, 0, 110, workbook.add_format({"text_wrap": True}))
    for row, line in enumerate(_EXPLANATION):
        notes.write_string(row, 0, line)
    for row, column in enumerate(COLUMNS, start=len(_EXPLANATION) + 1):
        also = f"（也认：{'、'.join(column.aliases)}）" if column.aliases else ""
        notes.write_string(row, 0, f"{column.title}：{column.note or '选填。'}{also}")
    workbook.close()
