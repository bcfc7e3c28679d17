"""The workbook a department fills in: national labels, drop-downs, notes, and the version it is checked by."""

from pathlib import Path
from typing import Any

import xlsxwriter

from xinheng.catalogue.domain import Catalogue, CodeList, Field, FieldType, Item, Required
from xinheng.intake.domain import column_letter
from xinheng.intake.workbooks.texts import sheet_name
from xinheng.kernel.spreadsheet_safety import neutralise

NOTES_SHEET = "填表说明"
CODES_SHEET = "代码表"
VERSION_NAME = "模板版本"

_HEADER_ROW = 2
_LAST_ROW = 1_048_575
_REQUIRED_LABELS = {
    Required.ALWAYS: "必填",
    Required.NEVER: "选填",
    Required.CONDITIONAL: "满足条件时必填",
    Required.ORGANISATION: "单位必填",
    Required.PERSON: "不填",
}
_TYPE_LABELS = {
    FieldType.TEXT: "文字",
    FieldType.DATE: "日期，如 2026-04-09",
    FieldType.AMOUNT_WAN: "金额，单位万元，最多 6 位小数",
    FieldType.CODE: "从代码表选",
    FieldType.USCC: "18 位统一社会信用代码",
}


def template_write(*, item: Item, catalogue: Catalogue, out: Path) -> None:
    """Write the template (填报模板) of ``item`` to ``out``: XLSX with drop-downs, notes and version.

    Columns with numbers of persons' documents are left out: they are not collected. The version stands in the second
    row, on the notes sheet and under the defined name 模板版本; reading a filled template compares it.
    """
    fields = [field for field in item.fields if not field.identity_document]
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": item.template_title, "comments": f"模板版本：{item.template_version}"})
        _Template(book=book, item=item, catalogue=catalogue, fields=fields).write()


def field_hint(*, field: Field) -> str:
    """Return how a column is filled in: whether it must be, what kind of text, how long, and the catalogue's own hint."""
    parts = [_REQUIRED_LABELS[field.required], _TYPE_LABELS[field.type]]
    if field.max_length is not None and field.type in (FieldType.TEXT, FieldType.CODE):
        parts.append(f"不超过 {field.max_length} 字")
    if field.multiple:
        parts.append("可填多个，用英文分号“;”分开")
    return "；".join(parts) + "。" + (field.hint or "")


class _Template:
    """One template in the making."""

    def __init__(self, *, book: Any, item: Item, catalogue: Catalogue, fields: list[Field]) -> None:
        self.book, self.item, self.catalogue, self.fields = book, item, catalogue, fields
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.small = book.add_format({"font_color": "#444444"})
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
        self.head = book.add_format(head | {"bg_color": "#E7EEF7"})
        self.head_required = book.add_format(head | {"bg_color": "#FCE4D6"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        self.text = book.add_format({"num_format": "@"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.amount = book.add_format({"num_format": "0.######"})

    def write(self) -> None:
        """Write the three sheets."""
        taken: set[str] = {NOTES_SHEET, CODES_SHEET}
        name = sheet_name(self.item.template_title, taken=taken)
        sheet = self.book.add_worksheet(name)
        notes, codes = self.book.add_worksheet(NOTES_SHEET), self.book.add_worksheet(CODES_SHEET)
        ranges = self._codes(codes)
        self._entry(sheet, ranges)
        self._notes(notes)
        self.book.define_name(VERSION_NAME, f"='{NOTES_SHEET}'!$B$2")

    def _entry(self, sheet: Any, ranges: dict[str, str]) -> None:
        sheet.write_string(0, 0, self.item.template_title, self.title)
        said = f"模板版本：{self.item.template_version}　模板编号：{self.item.id}　从第 {_HEADER_ROW + 2} 行填起，每行一条；列名不要改。"
        sheet.write_string(1, 0, said, self.small)
        sheet.set_row(_HEADER_ROW, 48)
        for column, field in enumerate(self.fields):
            must = field.required in (Required.ALWAYS, Required.ORGANISATION)
            label = f"*{field.title}" if field.required is Required.ALWAYS else field.title
            sheet.write_string(_HEADER_ROW, column, label, self.head_required if must else self.head)
            sheet.write_comment(_HEADER_ROW, column, field_hint(field=field), {"x_scale": 2.2, "y_scale": 1.4})
            sheet.set_column(column, column, _width(field), self._cells(field))
            self._validation(sheet, column, field, ranges)
        sheet.freeze_panes(_HEADER_ROW + 1, 1)
        sheet.set_landscape()
        sheet.repeat_rows(_HEADER_ROW)

    def _cells(self, field: Field) -> Any:
        return {FieldType.DATE: self.date, FieldType.AMOUNT_WAN: self.amount}.get(field.type, self.text)

    def _validation(self, sheet: Any, column: int, field: Field, ranges: dict[str, str]) -> None:
        rule = self._rule(field, ranges)
        if rule is None:
            return
        sheet.data_validation(
            _HEADER_ROW + 1,
            column,
            _LAST_ROW,
            column,
            rule | {"input_title": field.title[:32], "input_message": field_hint(field=field)[:255], "ignore_blank": True},
        )

    def _rule(self, field: Field, ranges: dict[str, str]) -> dict[str, Any] | None:
        if field.code_list is not None and field.code_list in ranges:
            # Several values, or one with an explanation, are typed by hand: the list offers, it does not insist.
            values = self.catalogue.code_list(field.code_list).values
            free = field.multiple or any(value.annotate for value in values)
            said = {"error_title": "请从下拉选项中选择", "error_message": "这一列只能填代码表里的值。"}
            return {"validate": "list", "source": ranges[field.code_list], "show_error": not free, **said}
        if field.type is FieldType.DATE:
            letter = column_letter(self.fields.index(field))
            first = f"{letter}{_HEADER_ROW + 2}"
            return {
                "validate": "custom",
                "value": f"=OR(ISNUMBER({first}),LEN({first})>=8)",
                "error_title": "请填日期",
                "error_message": "请填 2026-04-09 这样的日期。",
            }
        if field.type is FieldType.AMOUNT_WAN:
            said = {"error_title": "请填金额", "error_message": "单位是万元，只填数字，不带单位。"}
            return {"validate": "decimal", "criteria": ">=", "value": 0, **said}
        limit = 18 if field.type is FieldType.USCC else field.max_length
        if limit is None:
            return {"validate": "any"}
        said = {"error_title": "太长", "error_message": f"这一列最多 {limit} 个字。"}
        return {"validate": "length", "criteria": "<=", "value": limit, **said}

    def _codes(self, sheet: Any) -> dict[str, str]:
        """Write the code lists side by side; return the range of each one's labels."""
        sheet.write_string(0, 0, f"模板编号：{self.item.id}　各列下拉选项的来源，请勿修改。", self.small)
        ranges: dict[str, str] = {}
        wanted = dict.fromkeys(field.code_list for field in self.fields if field.code_list)
        for column, code_list in enumerate(self.catalogue.code_list(list_id) for list_id in wanted):
            sheet.write_string(1, column, f"代码表：{code_list.title}", self.head)
            labels = _labels(code_list)
            for row, label in enumerate(labels):
                sheet.write_string(row + 2, column, neutralise(label))
            sheet.set_column(column, column, max(12, *(len(label) * 2 + 2 for label in labels)))
            letter = column_letter(column)
            ranges[code_list.id] = f"='{CODES_SHEET}'!${letter}$3:${letter}${len(labels) + 2}"
        return ranges

    def _notes(self, sheet: Any) -> None:
        facts = [
            ("模板编号", self.item.id),
            ("模板版本", self.item.template_version),
            ("信息类别", self.item.title),
            ("依据", self.catalogue.basis_text(self.item.basis)),
            ("可信度", self.item.confidence.label),
            ("不收集", "自然人的记录、个人证件类型和号码、电话、银行卡号、家庭住址。填了会被遮盖或退回。"),
            ("怎样填", "从第一张表的第 4 行填起，每行一条；可以调换列的顺序，不要改列名；空着的格留空，不用填“无”。"),
        ]
        for row, (name, value) in enumerate(facts):
            sheet.write_string(row, 0, f"{name}：" if row == 0 else name, self.head)
            sheet.write_string(row, 1, value, self.wrap)
        top = len(facts) + 1
        for column, heading in enumerate(("列名", "国家字段代码", "是否必填", "怎样填")):
            sheet.write_string(top, column, heading, self.head)
        for row, field in enumerate(self.fields, start=top + 1):
            for column, cell in enumerate((field.title, field.key, _REQUIRED_LABELS[field.required], field_hint(field=field))):
                sheet.write_string(row, column, neutralise(cell), self.wrap)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 2, 14)
        sheet.set_column(3, 3, 60)


def _labels(code_list: CodeList) -> list[str]:
    return [f"{value.label}-" if value.annotate else value.label for value in code_list.values]


def _width(field: Field) -> int:
    if field.type in (FieldType.DATE, FieldType.AMOUNT_WAN):
        return 14
    if field.type is FieldType.USCC:
        return 22
    return 36 if (field.max_length or 0) >= 500 else max(12, min(28, len(field.title) * 2 + 2))
