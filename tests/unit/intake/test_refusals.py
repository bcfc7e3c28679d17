"""Files that are refused as a whole: clearly, at once, and with nothing half stored."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from tests.factories.intake_files import csv_bytes, penalty, real_catalogue, titled, xlsx_write

from xinheng.intake import errors
from xinheng.intake.domain import Limits
from xinheng.intake.reading import land

GOOD = csv_bytes(titled([penalty()]))
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., None]:
    """Assert that a file is refused with an error that names it and that nothing was written."""

    def do(content: bytes | Path, error: type[errors.FileRefused], *, name: str = "表.csv", **options) -> str:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        before = set(tmp_path.iterdir())
        arguments = {"item_id": "administrative_penalty", "out": tmp_path / "landed.parquet"} | options
        with pytest.raises(error) as raised:
            land(path, catalogue=real_catalogue(), **arguments)
        assert type(raised.value) is error
        assert "没有保存任何内容" in str(raised.value)
        assert set(tmp_path.iterdir()) == before
        return str(raised.value)

    return do


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Make a good workbook and put other parts in the place of its own."""

    def do(parts: dict[str, bytes] | None = None, *, edit: Callable[[str, bytes], bytes] | None = None) -> Path:
        good = xlsx_write(tmp_path / "好.xlsx", {"表": titled([penalty()])})
        path = tmp_path / "坏.xlsx"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                data = source.read(name)
                target.writestr(name, edit(name, data) if edit else data)
            for name, data in (parts or {}).items():
                target.writestr(name, data)
        good.unlink()
        return path

    return do


def sheet_xml(edit: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    return lambda name, data: edit(data) if name.endswith("sheet1.xml") else data


class TestText:
    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\r\n", csv_bytes(titled([]))])
    def test_nothing_in_it(self, refused, content):
        refused(content, errors.EmptyFile)

    def test_nul_bytes_name_the_line(self, refused):
        assert "第 3 行" in refused(GOOD + b"a\0b\r\n", errors.NulBytes)

    @pytest.mark.parametrize("damage", [b"\xff\xfe\xfd", b"\xe6\xbc", "演示".encode("gb18030")])
    def test_utf8_with_damage_names_the_line(self, refused, damage):
        content = GOOD + "演示夔门公司".encode() + damage + b",x\r\n"

        assert "第 3 行" in refused(content, errors.BrokenEncoding)

    def test_neither_encoding(self, refused):
        content = csv_bytes(titled([penalty()]), encoding="gb18030") + b"\xff\xff\xff,x\r\n"

        refused(content, errors.BrokenEncoding)

    def test_marked_as_utf8_and_is_not(self, refused):
        refused(b"\xef\xbb\xbf" + csv_bytes(titled([penalty()]), encoding="gb18030"), errors.BrokenEncoding)

    def test_over_the_limit(self, refused):
        said = refused(GOOD, errors.FileTooLarge, limits=Limits(csv_bytes=100))

        assert "CSV 不得超过 100 字节" in said

    def test_an_open_quotation_mark_names_the_line(self, refused):
        lines = csv_bytes(titled([penalty()] * 3)).split(b"\r\n")
        lines[2] = b'"' + lines[2]

        assert "第 3 行" in refused(b"\r\n".join(lines), errors.BrokenRows)

    def test_a_huge_cell(self, refused):
        refused(csv_bytes(titled([penalty(), penalty(CF_SY="长" * 40_000)])), errors.CellTooLarge)

    def test_too_many_columns(self, refused):
        table = titled([penalty()])
        refused(csv_bytes([[*row, *["x"] * 16_384] for row in table]), errors.TooManyColumns)

    def test_too_many_rows(self, refused):
        refused(csv_bytes(titled([penalty()] * 20)), errors.TooManyRows, limits=Limits(rows=10))

    def test_many_rows_wider_than_the_header(self, refused):
        table = titled([penalty()] * 10_001)

        refused(csv_bytes([table[0], *([*row, "多"] for row in table[1:])]), errors.RowsWiderThanHeader)

    @pytest.mark.parametrize("start", [b"%PDF-1.7", b"Rar!\x1a", b"\x1f\x8b\x08", b"<html><table>", b'<?xml version="1.0"?>'])
    def test_other_kinds_of_files_are_named(self, refused, start):
        refused(start + b" " * 100, errors.NotAReadableFile, name="表.xls")


class TestTemplates:
    def test_no_header(self, refused):
        assert "如 CF_WSH" in refused("随便,写的,东西\n一,二,三\n".encode(), errors.HeaderNotFound)

    def test_another_item_than_announced(self, refused):
        content = csv_bytes(titled([{"XK_XDR_MC": "甲"}], item_id="administrative_licence"))

        assert "行政许可" in refused(content, errors.WrongTemplate)

    def test_a_table_is_not_guessed_from_labels_that_many_share(self, refused):
        content = csv_bytes(
            [["主体名称", "统一社会信用代码", "列入日期", "失信领域"], ["甲公司", "91500236MA00TE5T2K", "2018-01-01", "电商"]]
        )

        assert "请指明信息类别" in refused(content, errors.WrongTemplate, item_id=None)

    def test_the_standard_of_2015_is_refused_by_name(self, refused):
        header = ["CF_WSH", "CF_CFMC", "CF_CFLB1", "CF_CFLB2", "CF_SY", "CF_YJ", "CF_XDR_MC", "CF_JG", "CF_JDRQ", "CF_XZJG"]

        assert "2015" in refused(csv_bytes([header, ["x"] * len(header)]), errors.OldTemplate)

    def test_two_tables_in_one_workbook(self, refused, tmp_path):
        sheets = {"处罚": titled([penalty()]), "许可": titled([{"XK_XDR_MC": "甲"}], item_id="administrative_licence")}
        path = xlsx_write(tmp_path / "两种.xlsx", sheets)

        said = refused(path, errors.TwoTemplatesInOneFile, item_id=None)

        assert "“处罚”" in said
        assert "“许可”" in said

    def test_one_column_twice(self, refused):
        table = [["CF_WSH", "CF_XDR_MC", "CF_JDRQ", "行政处罚决定书文号"], ["1号", "甲", "2026-04-09", "2号"]]

        assert "A 列和 D 列" in refused(csv_bytes(table), errors.DuplicateColumns)


class TestPackages:
    def test_encrypted_workbook(self, refused):
        refused(compound_file({"EncryptionInfo": b"x" * 100, "EncryptedPackage": b"y" * 5000}), errors.EncryptedWorkbook)

    def test_encrypted_zip(self, refused, workbook):
        data = bytearray(workbook().read_bytes())
        at = data.find(b"PK\x01\x02")
        while at >= 0:
            data[at + 8] |= 1
            at = data.find(b"PK\x01\x02", at + 4)

        refused(bytes(data), errors.EncryptedWorkbook, name="密.xlsx")

    def test_over_the_limits(self, refused, workbook):
        refused(workbook(), errors.FileTooLarge, limits=Limits(spreadsheet_bytes=100))
        refused(workbook(), errors.ZipBomb, limits=Limits(unpacked_bytes=10_000))

    def test_a_bomb_of_one_part(self, refused, workbook):
        refused(workbook({"xl/media/image1.png": b"\0" * 30_000_000}), errors.ZipBomb)

    def test_a_directory_that_lies_about_sizes(self, refused, workbook):
        path = workbook({"xl/extra.xml": b"<x>" + b" " * 3_000_000})
        data = path.read_bytes()
        lie, truth = struct.pack("<I", 100_000), struct.pack("<I", 3_000_003)
        path.unlink()

        refused(data.replace(truth, lie), errors.ZipBomb, name="谎.xlsx")

    def test_parts_over_one_another(self, refused, tmp_path):
        kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = kernel.compress(b"x" * 100_000) + kernel.flush()
        out = io.BytesIO()
        local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(b"x" * 100_000), len(packed), 100_000, 1, 0)
        out.write(local + b"a" + packed)
        start, names = out.tell(), ["[Content_Types].xml", "xl/workbook.xml", *(f"p{n}" for n in range(50))]
        for name in names:
            out.write(
                struct.pack(
                    "<4s6H3I5H2I",
                    b"PK\x01\x02",
                    20,
                    20,
                    0,
                    8,
                    0,
                    0,
                    zlib.crc32(b"x" * 100_000),
                    len(packed),
                    100_000,
                    len(name),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                )
                + name.encode()
            )
        size = out.tell() - start
        out.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(names), len(names), size, start, 0))

        refused(out.getvalue(), errors.ZipBomb, name="叠.xlsx")

    @pytest.mark.parametrize("declaration", [b'<!DOCTYPE x [<!ENTITY a "b">]>', b"<!doctype x>"])
    def test_xml_entities(self, refused, workbook, declaration):
        path = workbook(edit=sheet_xml(lambda xml: xml.replace(b"<worksheet", declaration + b"<worksheet", 1)))

        refused(path, errors.NotAReadableFile)

    def test_a_cell_in_the_last_column(self, refused, workbook):
        path = workbook(edit=sheet_xml(lambda xml: xml.replace(b"</row>", b'<c r="XFD1"><v>1</v></c></row>', 1)))

        assert "16,384" in refused(path, errors.TooManyColumns)

    def test_cells_that_reach_too_far(self, refused, workbook):
        far = b'<row r="1048576"><c r="KM1048576"><v>1</v></c></row></sheetData>'

        refused(workbook(edit=sheet_xml(lambda xml: xml.replace(b"</sheetData>", far))), errors.TooManyRows)

    def test_cells_without_places_reach_as_far_as_they_are_many(self, refused, workbook):
        row = b"<row>" + b"<c><v>1</v></c>" * 400 + b"</row></sheetData>"

        refused(workbook(edit=sheet_xml(lambda xml: xml.replace(b"</sheetData>", row))), errors.TooManyColumns)

    def test_one_long_text_in_every_cell(self, refused, tmp_path):
        path = tmp_path / "共享.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for row in range(4_000):
                sheet.write_row(row, 0, ["长" * 32_000] * 10)

        refused(path, errors.ZipBomb, limits=Limits(package_ratio=10_000))

    def test_a_huge_cell(self, refused, tmp_path):
        path = xlsx_write(tmp_path / "长.xlsx", {"表": titled([penalty(CF_SY="x" * 32_767)])})
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                target.writestr(name, source.read(name).replace(b"x" * 32_767, b"y" * 100_000))

        refused(path, errors.CellTooLarge)

    @pytest.mark.parametrize("parts", [{"readme.txt": b"x"}, {"mimetype": b"x", "content.xml": b"<x/>"}])
    def test_other_archives_are_named(self, refused, parts):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)

        refused(out.getvalue(), errors.NotAReadableFile, name="档.xlsx")

    @pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
    def test_a_file_that_did_not_arrive_whole(self, refused, workbook, share):
        data = workbook().read_bytes()

        refused(data[: int(len(data) * share)], errors.NotAReadableFile, name="半.xlsx")

    def test_a_workbook_whose_sheet_is_no_xml(self, refused, workbook):
        refused(workbook(edit=sheet_xml(lambda xml: xml[: len(xml) // 2])), errors.NotAReadableFile)


class TestXls:
    @pytest.fixture
    def old(self) -> bytes:
        book = xlwt.Workbook()
        sheet = book.add_sheet("表")
        for row, cells in enumerate(titled([penalty()] * 50)):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def test_password(self, refused, old):
        at = old.find(struct.pack("<HH", 0x0809, 16))
        # The record after the first one becomes FILEPASS.
        data = bytearray(old)
        data[at + 20 : at + 22] = struct.pack("<H", 0x002F)

        refused(bytes(data), errors.EncryptedWorkbook, name="密.xls")

    @pytest.mark.parametrize("share", [0.05, 0.5])
    def test_a_file_that_did_not_arrive_whole(self, refused, old, share):
        refused(old[: int(len(old) * share)], errors.NotAReadableFile, name="半.xls")

    def test_one_long_text_in_every_cell(self, refused):
        book = xlwt.Workbook()
        sheet = book.add_sheet("表")
        for row in range(4_200):
            for column in range(10):
                sheet.write(row, column, "长" * 32_000)
        out = io.BytesIO()
        book.save(out)

        refused(out.getvalue(), errors.ZipBomb, name="共享.xls")

    def test_a_document_of_another_program(self, refused):
        refused(compound_file({"WordDocument": b"x" * 5000}), errors.NotAReadableFile, name="文.xls")

    def test_too_many_columns(self, refused, old):
        refused(old, errors.TooManyColumns, limits=Limits(columns=20), name="宽.xls")


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return a minimal compound file with these streams, each in normal sectors."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, [0xFFFFFFFD, 0xFFFFFFFE]
    entries = [_entry("Root Entry", kind=5, start=end, size=0)]
    body = b""
    for name, data in streams.items():
        padded = data.ljust(max(4096, -(-len(data) // 512) * 512), b"\0")
        first, count = len(table), len(padded) // 512
        table += [*range(first + 1, first + count), end]
        entries.append(_entry(name, kind=2, start=first, size=len(padded)))
        body += padded
    directory = b"".join(entries).ljust(512, b"\0")[:512]
    header = struct.pack(
        "<8s16xHHHHH6xIII4xIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 4096, end, 0, end, 0
    )
    header += struct.pack("<109I", 0, *[free] * 108)
    return header + struct.pack("<128I", *table, *[free] * (128 - len(table))) + directory + body


def _entry(name: str, *, kind: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le").ljust(64, b"\0")
    return text + struct.pack("<HBB12x16x4x8x8xIQ", len(name) * 2 + 2, kind, 1, start, size)
