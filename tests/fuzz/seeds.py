"""Make the kept corpus anew: ``python -m tests.fuzz seeds``. Everything in it is invented, no row is anybody's data.

``corpus/sound`` is accepted by its door, ``corpus/strange`` is refused; mutants are made of both. The files are kept, not
only this code, so that a mutant stays the same when a library writes its bytes differently.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt
from tests.factories import intake_world as world
from tests.factories.intake_files import RESIDENT_ID, csv_bytes, real_catalogue

CORPUS = Path(__file__).with_name("corpus")
MADE_ON = datetime(2026, 4, 20, 10, 41)
Table = Sequence[Sequence[Any]]


def table_of(rows: Sequence[Mapping[str, Any]], *, item_id: str = "administrative_penalty") -> list[list[Any]]:
    """Return rows under the Chinese labels of the template."""
    fields = real_catalogue().item(item_id).fields
    return [[f.title for f in fields], *([row.get(f.key, "") for f in fields] for row in rows)]


def penalties(first: int = 0) -> list[dict[str, Any]]:
    """Return two good rows, one in doubt, one to be mended, one of a natural person and one that is there twice."""
    person = {"CF_XDR_MC": "演示人甲", "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "CF_XDR_ZJHM": RESIDENT_ID}
    return [
        world.penalty(first + 1, subject=1),
        world.penalty(first + 2, subject=2, CF_SY=f"当事人证件号{RESIDENT_ID}，销售过期食品。"),
        world.penalty(first + 3, subject=1, CF_XDR_MC=world.name(2)),
        world.penalty(first + 4, subject=2, CF_NR_FK="很多"),
        world.penalty(first + 5, subject=3, **person),
        world.penalty(first + 1, subject=1),
    ]


def register_table() -> list[list[Any]]:
    """Return a register file: good rows, a code with a wrong check character, a resident ID in the code column."""
    header = ["名称", "统一社会信用代码", "注册号", "登记状态", "成立日期", "住所", "曾用名", "法定代表人"]
    rows = [
        [world.name(n), world.code(n), "", "存续", "2019-05-06", f"演示县永安街道人和街{n}号", "", "演示人"]
        for n in range(1, 5)
    ]
    rows += [
        [world.name(5), world.code(5)[:17] + "0", "", "注销", "2019/5/6", "", "演示旧名有限公司", ""],
        ["演示人乙", RESIDENT_ID, "", "存续", "", "", "", ""],
        [world.name(6), "", "500236000000017", "存续", "43591", "", "", ""],
        [world.name(1), world.code(1), "", "存续", "2019-05-06", "", "", ""],
    ]
    return [header, *rows]


def xlsx(write: Callable[[Any], None], **options: Any) -> bytes:
    """Return the workbook that ``write`` fills; the same bytes every time."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy/mm/dd"} | options) as book:
        book.set_properties({"created": MADE_ON})
        write(book)
    return out.getvalue()


def sheet_fill(sheet: Any, table: Table) -> None:
    """Write a table; dates become real dates."""
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and not cell.startswith("="):
                sheet.write_string(row, column, cell)
            else:
                sheet.write(row, column, cell)


def simple_xlsx(table: Table, **options: Any) -> bytes:
    """Return a workbook of one sheet."""
    return xlsx(lambda book: sheet_fill(book.add_worksheet("处罚"), table), **options)


def xls(*tables: Table) -> bytes:
    """Return an XLS workbook, one sheet for each table."""
    book, out = xlwt.Workbook(), io.BytesIO()
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, table in enumerate(tables, start=1):
        sheet = book.add_sheet(f"表{number}")
        for row, line in enumerate(table):
            for column, cell in enumerate(line):
                sheet.write(row, column, cell, style) if isinstance(cell, date) else sheet.write(row, column, cell)
    book.save(out)
    return out.getvalue()


def repacked(
    data: bytes, *, edit: Callable[[str, bytes], bytes] | None = None, extra: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a package with its parts edited and others added; always the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {name: source.read(name) for name in source.namelist()} | dict(extra or {})
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            target.writestr(info, edit(name, content) if edit else content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _texts() -> Iterator[tuple[str, bytes]]:
    table = table_of(penalties())
    body = csv_bytes(table).decode()
    quoted = [world.penalty(1, CF_SY='第一行\n第二行，说"是"'), world.penalty(2, CF_SY="一，二\r\n三")]
    yield "penalty.csv", body.encode()
    yield "penalty_bom.csv", body.encode("utf-8-sig")
    yield (
        "penalty_gb18030.csv",
        csv_bytes(table_of([*penalties(), world.penalty(6, CF_SY="𠮷字与㐂字，ẞ")]), encoding="gb18030"),
    )
    yield "penalty_utf16.csv", body.encode("utf-16")
    yield "penalty_utf16be.csv", b"\xfe\xff" + body.encode("utf-16-be")
    yield "penalty_lf.csv", body.replace("\r\n", "\n").encode()
    yield "penalty_cr.csv", body.replace("\r\n", "\r").encode()
    for name, delimiter in {"tab": "\t", "semicolon": ";", "pipe": "|"}.items():
        yield f"penalty_{name}.csv", csv_bytes(table, delimiter=delimiter)
    yield "penalty_quoted.csv", csv_bytes(table_of(quoted))
    yield "penalty_marks_inside.csv", csv_bytes(table).replace("销售超过".encode(), '销售"超过"'.encode())
    yield "penalty_titled.csv", csv_bytes([["演示县行政处罚公示表"], ["填报单位", "演示机关"], *table])
    rows = penalties()
    keys = list(rows[0])
    yield "penalty_codes.csv", csv_bytes([keys, *([row.get(key, "") for key in keys] for row in rows)])
    yield (
        "licence.csv",
        csv_bytes(table_of([world.licence(1), world.licence(2)], item_id="administrative_licence"), encoding="gb18030"),
    )
    acts = [world.act("revocation", 1, ACT_ORGAN_NAME="演示县人民政府")]
    yield "revocation.csv", csv_bytes(table_of(acts, item_id="revocation"))
    extra = [[*row, more, ""] for row, more in zip(table, ["内部备注", "联系13800138000", *["无"] * 9], strict=False)]
    yield "penalty_unknown_columns.csv", csv_bytes(extra)


def _workbooks() -> Iterator[tuple[str, bytes]]:
    table = table_of(penalties())
    dated = table_of([row | {"CF_JDRQ": date(2026, 4, 15), "CF_NR_FK": 2.0} for row in penalties()])
    yield "shared.xlsx", simple_xlsx(table)
    yield "inline.xlsx", simple_xlsx(table, constant_memory=True)
    yield "dates.xlsx", simple_xlsx(dated)
    yield "dates_1904.xlsx", simple_xlsx(dated, date_1904=True)
    yield "formulas.xlsx", simple_xlsx(table_of([row | {"CF_NR_FK": "=1+1", "CF_SY": '="a"&"b"'} for row in penalties()]))
    yield (
        "escapes.xlsx",
        simple_xlsx(table_of([world.penalty(1, CF_SY="一_x000D_\n二"), world.penalty(2, CF_WFXW="a_x0000_b")])),
    )

    def merged(book: Any) -> None:
        sheet = book.add_worksheet("处罚")
        sheet_fill(sheet, table)
        sheet.merge_range(1, 3, 3, 3, "演示人甲")
        sheet.merge_range(4, 5, 5, 6, "并格")
        sheet.write_comment(1, 1, f"批注{RESIDENT_ID}")

    def several(book: Any) -> None:
        notes = book.add_worksheet("说明")
        sheet_fill(notes, [["填表说明"], ["请按模板填写"]])
        sheet_fill(book.add_worksheet("一科"), table)
        hidden = book.add_worksheet("二科")
        sheet_fill(hidden, table_of(penalties(20)))
        hidden.hide()
        book.add_chartsheet("图")
        book.define_name("范围", "=一科!$A$1:$C$5")

    yield "merged.xlsx", xlsx(merged)
    yield "several.xlsx", xlsx(several)
    extra = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "xl/externalLinks/externalLink1.xml": b'<?xml version="1.0"?><externalLink xmlns="x"><externalBook r="1"/></externalLink>',
        "xl/activeX/activeX1.bin": bytes(range(256)),
        "docProps/custom.xml": b"<?xml version='1.0'?><Properties/>",
    }
    yield "macros.xlsm", repacked(simple_xlsx(table), extra=extra)
    yield "penalty.xls", xls(table)
    yield "several.xls", xls(dated, table_of(penalties(20)), [["说明"]])
    numbers = table_of([row | {"CF_NR_FK": xlwt.Formula("1+1"), "CF_JDRQ": 46127.0} for row in penalties()])
    yield "formulas.xls", xls(numbers)


def _registers() -> Iterator[tuple[str, bytes]]:
    table = register_table()
    yield "register.csv", csv_bytes(table)
    yield "register_gb18030.csv", csv_bytes([["演示县登记库"], [], *table], encoding="gb18030")
    yield "register.csv.gz", gzip.compress(csv_bytes(table), mtime=0)
    yield "register.xlsx", xlsx(lambda book: sheet_fill(book.add_worksheet("登记"), table))
    yield "register.xls", xls(table)


def _strange() -> Iterator[tuple[str, bytes]]:
    from tests.unit.intake.test_refusals import compound_file

    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as package:
        package.writestr(zipfile.ZipInfo("说明.txt", (1980, 1, 1, 0, 0, 0)), "不是表格")
    yield "zip.xlsx", plain.getvalue()
    yield "ole2.xls", compound_file({"WordDocument": b"x" * 600})
    yield "cut.xls", xls(table_of([world.penalty(1)]))[:3000]
    yield "nothing.csv", b"\xef\xbb\xbf \r\n"
    yield "prose.csv", "今天没有处罚。\n明天也没有。\n".encode()
    yield "page.xls", "<html><table><tr><td>处罚</td></tr></table></html>".encode()


def sound() -> dict[str, bytes]:
    """Return the files that are accepted, by name."""
    return {name: content for made in (_texts(), _workbooks(), _registers()) for name, content in made}


def strange() -> dict[str, bytes]:
    """Return the files that are refused, by name."""
    return dict(_strange())


def write() -> None:
    """Write the corpus anew."""
    for folder, files in {"sound": sound(), "strange": strange()}.items():
        (CORPUS / folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (CORPUS / folder / name).write_bytes(content)
