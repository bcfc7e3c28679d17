"""What reading a file has to tell, as findings: rules F01 and on, one wording each."""

from collections.abc import Sequence

from xinheng.intake.domain import Finding, FindingSeverity

_TEMPLATE = "本平台模板说明"
_DATA = "不收集名单（P3、P4）"


def _note(
    rule: str, *, message: str, sheet: str = "", column: str = "", expected: str = "", fix: str = "", ground: str = ""
) -> Finding:
    return Finding(
        rule=rule,
        severity=FindingSeverity.NOTE,
        sheet=sheet,
        column=column,
        message=message,
        expected=expected,
        fix=fix,
        ground=ground or _TEMPLATE,
    )


def unknown_column(*, sheet: str, label: str, letter: str) -> Finding:
    """A column that the template does not have."""
    return _note(
        "F01",
        sheet=sheet,
        column=label,
        message=f"模板里没有“{label}”（{letter} 列）这一列，内容随原文件保留（遮盖证件号码后），不入库、不公示。",
        expected="列名与模板一致",
        fix="如果这一列本应入库，请把列名改成模板里的写法；否则不用处理。",
    )


def identity_column(*, sheet: str, label: str, letter: str, count: int) -> Finding:
    """A column with numbers or kinds of persons' documents: dropped."""
    return _note(
        "F03",
        sheet=sheet,
        column=label,
        message=f"“{label}”（{letter} 列）是个人证件信息，本平台不收集；其中 {count:,} 格有内容，已删除，没有保存。",
        expected="空白",
        fix="下次请不要填这一列。",
        ground=_DATA,
    )


def formulas(*, count: int, cells: Sequence[str]) -> Finding:
    """Formulas: what the file says was their result is taken."""
    where = f"（如 {'、'.join(cells)}）" if cells else ""
    return _note(
        "F04",
        message=f"文件里有 {count:,} 个公式{where}，按保存时的计算结果读取；没有保存结果的按空白读取。",
        expected="填写数值，不用公式",
        fix="请核对这些单元格；最好复制后“选择性粘贴—数值”再传。",
    )


def formula_errors(*, count: int) -> Finding:
    """Cells whose value is an error such as #N/A."""
    return _note(
        "F05",
        message=f"文件里有 {count:,} 个单元格的值是公式错误（如 #N/A、#REF!），按空白读取。",
        expected="填写数值",
        fix="请把这些单元格改成实际内容。",
    )


def sheet_skipped(*, sheet: str, rows: int) -> Finding:
    """A sheet without a header: not read."""
    return _note(
        "F06",
        sheet=sheet,
        message=f"工作表“{sheet}”（{rows:,} 行）没有认出表头，没有读取。",
        expected="有与模板一致的列名",
        fix="如果里面有要报送的数据，请补上表头再传；否则不用处理。",
    )


def sheet_hidden(*, sheet: str) -> Finding:
    """A hidden sheet was read all the same."""
    return _note(
        "F07", sheet=sheet, message=f"工作表“{sheet}”是隐藏的，里面的数据也已读取。", fix="如果不该报送，请删去这张表再传。"
    )


def merged_cells(*, sheet: str, places: Sequence[str]) -> Finding:
    """Cells merged downwards: each row takes the same value."""
    shown = "、".join(places[:5]) + ("等" if len(places) > 5 else "")
    return _note(
        "F08",
        sheet=sheet,
        message=f"有 {len(places):,} 处上下合并的单元格（{shown}），合并的各行都按同一内容读取。",
        expected="每行各填各的，不合并",
        fix="请核对这些行；最好取消合并后再传。",
    )


def serial_dates(*, sheet: str, label: str, count: int) -> Finding:
    """Day numbers in a date column."""
    return _note(
        "F09",
        sheet=sheet,
        column=label,
        message=f"“{label}”有 {count:,} 格是 Excel 的日期序号（如 46121），已按日期读取。",
        expected="2026-04-09 这样的日期",
        fix="请核对；最好把这一列的格式设为日期。",
    )


def long_numbers(*, sheet: str, label: str, count: int, row: int) -> Finding:
    """Numbers longer than a spreadsheet program can keep."""
    return Finding(
        rule="F10",
        severity=FindingSeverity.NOTE,
        sheet=sheet,
        row=row,
        column=label,
        ground=_TEMPLATE,
        message=f"“{label}”有 {count:,} 格是超过 15 位的数字（第 {row:,} 行起），Excel 已把后面几位改成 0。",
        expected="文本格式的代码",
        fix="请把这一列设为文本格式，重新填写完整的号码。",
    )


def repeated_headers(*, sheet: str, count: int, row: int) -> Finding:
    """Header rows repeated among the data."""
    return _note(
        "F11", sheet=sheet, message=f"有 {count:,} 行是重复的表头（第 {row:,} 行起），没有当作数据。", fix="不用处理。"
    )


def person_rows(*, count: int) -> Finding:
    """Rows about natural persons: refused, nothing of them is kept."""
    return _note(
        "F12",
        message=f"有 {count:,} 行的行政相对人是自然人，本平台不收集，内容已删除，没有保存。",
        expected="法人及非法人组织、个体工商户",
        fix="自然人的处罚、许可请按原渠道报送，不要放在这份表里。",
        ground="个人信息保护法；不收集名单（P2、P4）",
    )


def lost_characters(*, sheet: str, count: int, row: int) -> Finding:
    """Characters that an earlier conversion destroyed."""
    return Finding(
        rule="F13",
        severity=FindingSeverity.NOTE,
        sheet=sheet,
        row=row,
        ground=_TEMPLATE,
        message=f"有 {count:,} 行含有已经损坏的字（“�”或“锟斤拷”，第 {row:,} 行起），是此前转码造成的。",
        expected="完整的文字",
        fix="请从原系统重新导出，或手工改正这些字。",
    )


def spare_fields(*, sheet: str, row: int, count: int) -> Finding:
    """Rows with more fields than the header; rule F14 of the check refuses each of them."""
    return Finding(
        rule="F14",
        severity=FindingSeverity.NOTE,
        sheet=sheet,
        row=row,
        ground=_TEMPLATE,
        message=f"有 {count:,} 行（第 {row:,} 行起）比表头多出内容，多半是文字里有没加引号的分隔符，各列可能已错位。",
        expected="与表头一样多的列",
        fix="请给含分隔符的文字加英文双引号，或另存为 XLSX 后再传。",
    )


def suffix_differs(*, name: str, kind: str) -> Finding:
    """The file's name says another kind than its content."""
    return _note("F15", message=f"文件名是“{name}”，内容其实是 {kind}，已按内容读取。", fix="不用处理；下次请用正确的扩展名。")
