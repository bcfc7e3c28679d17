"""Files that are small on the way and huge inside, or simply huge."""

import gzip
import io
import re
import struct
from collections.abc import Callable
from random import Random

from tests.factories import intake_world as world
from tests.factories.intake_files import csv_bytes
from tests.fuzz import seeds
from tests.fuzz.kept import INTAKE, REGISTER, Made
from tests.fuzz.mutate_packages import Parts, packed, parts_of
from tests.fuzz.seeds import Table

_MB = 1_000_000


def _book(table: Table) -> Parts:
    return parts_of(seeds.simple_xlsx(table))


def _edited(table: Table, place: str, edit: Callable[[bytes], bytes]) -> bytes:
    return packed([(name, edit(content) if name == place else content) for name, content in _book(table)])


def _text(lines: list[bytes]) -> bytes:
    return b"\r\n".join(lines)


def _lines(table: Table) -> list[bytes]:
    return csv_bytes(table).splitlines()


def huge_cell_csv(dice: Random, table: Table) -> bytes:
    """A cell of 1 to 40 MB in a text file, plain or quoted."""
    cell = "长".encode() * (dice.choice([1, 10, 40]) * _MB // 3)
    return _text([*_lines(table), b'"' + cell + b'",x' if dice.random() < 0.5 else cell + b",x"])


def huge_line(dice: Random, table: Table) -> bytes:
    """One line of 100 MB, of cells or of one cell."""
    return _text([*_lines(table), dice.choice([b"x,", b"xxxxxxxxxxxxxxxxxxx,", b"y"]) * (100 * _MB // dice.choice([2, 20]))])


def million_columns(dice: Random, table: Table) -> bytes:
    """A header, or a row, of a million columns; empty, all the same or all different."""
    cells = dice.choice([b"," * _MB, b"a," * _MB, b",".join(b"%x" % number for number in range(_MB))])
    return _text([cells, *_lines(table)] if dice.random() < 0.5 else [*_lines(table), cells])


def wide_sheet(dice: Random, table: Table) -> bytes:
    """16,384 columns in a workbook, in the header row or in one row far below."""
    row = dice.choice([1, 2, 900])
    names = [_column(number) for number in range(16_384)]
    cells = b"".join(b'<c r="%s%d" t="str"><v>x</v></c>' % (name, row) for name in names)
    return _edited(
        table,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="%d">' % row + cells + b"</row></sheetData>"),
    )


def _column(index: int) -> bytes:
    letters, index = b"", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


def huge_cell_xlsx(dice: Random, table: Table) -> bytes:
    """A cell of 1 to 40 MB in a workbook: in the header or below, shared or in its place; it does not compress to nothing."""
    text = dice.randbytes(20_000).hex().encode() * (dice.choice([1, 8, 40]) * _MB // 40_000)
    cell = b'<c r="%s" t="inlineStr"><is><t>' % dice.choice([b"AC1", b"AC2", b"A1"]) + text + b"</t></is></c>"
    return _edited(table, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row>", cell + b"</row>", 1))


def shared_many_times(dice: Random, table: Table) -> bytes:
    """One long shared text that hundreds of thousands of cells name: each gets its copy."""
    length, uses = dice.choice([(30_000, 60_000), (1_000_000, 3_000), (300, 600_000), (3_000, 250_000)])
    text = dice.randbytes(length // 2).hex().encode()
    rows = b"".join(
        b'<row r="%d">' % row + b"".join(b'<c r="%s%d" t="s"><v>0</v></c>' % (_column(n), row) for n in range(30)) + b"</row>"
        for row in range(10, 10 + uses // 30)
    )
    parts = dict(_book(table))
    parts["xl/sharedStrings.xml"] = re.sub(rb"<t>[^<]*</t>", b"<t>" + text + b"</t>", parts["xl/sharedStrings.xml"], count=1)
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", rows + b"</sheetData>")
    return packed(list(parts.items()))


def huge_header_cells(dice: Random, table: Table) -> bytes:
    """Thirty rows of three hundred long and different cells, where the header is looked for."""
    length = dice.choice([100, 3_000, 30_000])
    rows = b"".join(
        b'<row r="%d">' % row
        + b"".join(
            b'<c r="%s%d" t="inlineStr"><is><t>%d%s</t></is></c>'
            % (_column(n), row, row * 300 + n, b"\xe9\x95\xbf" * (length // 3))
            for n in range(300)
        )
        + b"</row>"
        for row in range(1, 31)
    )
    return _edited(
        table,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(
            rb"<sheetData>.*</sheetData>", lambda _: b"<sheetData>" + rows + b"</sheetData>", xml, flags=re.DOTALL
        ),
    )


def zeros(dice: Random, table: Table) -> bytes:
    """A part of many bytes that compresses to nothing: a picture, a sheet, a part no reader asks for."""
    place = dice.choice(["xl/media/image1.png", "xl/worksheets/sheet1.xml", "docProps/thumb.xml", "xl/sharedStrings.xml"])
    filler = dice.choice([b"\0", b" ", b"<a/>"]) * (dice.choice([5, 60, 300]) * _MB // 2)
    parts = dict(_book(table))
    parts[place] = parts.get(place, b"<a>").replace(b"</sheetData>", filler + b"</sheetData>") if filler[:1] == b"<" else filler
    return packed(list(parts.items()))


def far_cells(dice: Random, table: Table) -> bytes:
    """A few cells, at the ends of the sheet: readers make room for all between."""
    ends = dice.choice([b"XFD1048576", b"KN1048576", b"AD1048576", b"KN130000", b"A1048576", b"XFD1"])
    row = re.sub(rb"[A-Z]", b"", ends)
    more = b'<row r="%s"><c r="%s" t="str"><v>x</v></c></row>' % (row, ends)
    sheets = dice.choice([1, 1, 20])
    data = _edited(table, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", more + b"</sheetData>"))
    if sheets == 1:
        return data
    parts = dict(parts_of(data))
    one = re.search(rb"<sheet [^>]*/>", parts["xl/workbook.xml"])
    assert one is not None
    many = b"".join(one.group().replace(b'name="', b'name="n%d' % n, 1) for n in range(sheets))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(one.group(), many)
    return packed(list(parts.items()))


def far_cells_xls(dice: Random, table: Table) -> bytes:
    """The same in XLS: 65,536 rows, and columns that the format does not have."""
    data = seeds.xls(table)
    record = struct.pack("<HHHHHd", 0x0203, 14, 0xFFFF, dice.choice([0, 255, 0x3FFF, 0xFFFF]), 0, 1.0)
    end = struct.pack("<HH", 0x000A, 0)
    at = data.rfind(end, 0, data.find(b"\0" * 64, 1024) if b"\0" * 64 in data[1024:] else len(data))
    return data[:at] + record + data[at + len(record) :]


def packed_text(dice: Random, table: Table) -> bytes:
    """A gzip of a great many rows, or of zeros, for the register."""
    row = _lines(table)
    line = dice.choice([b"\r\n", b"a,b,c\r\n", row[1] + b"\r\n", b" ", b"\0"])
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=1) as file:
        file.write(row[0] + b"\r\n")
        for _ in range(dice.choice([1, 6])):
            file.write(line * (2 * _MB // len(line)))
    return out.getvalue()


_BOMBS: tuple[tuple[Callable[[Random, Table], bytes], str], ...] = (
    (huge_cell_csv, "csv"),
    (huge_line, "csv"),
    (million_columns, "csv"),
    (wide_sheet, "xlsx"),
    (huge_cell_xlsx, "xlsx"),
    (shared_many_times, "xlsx"),
    (huge_header_cells, "xlsx"),
    (zeros, "xlsx"),
    (far_cells, "xlsx"),
    (far_cells_xls, "xls"),
    (packed_text, "csv.gz"),
)


def bombs(dice: Random) -> Made:
    """Make one of them, for the readers of reports or of the register."""
    make, suffix = dice.choice(_BOMBS)
    is_register = suffix == "csv.gz" or dice.random() < 0.25
    table = seeds.register_table() if is_register else seeds.table_of([world.penalty(1), world.penalty(2)])
    name = f"{'register' if is_register else 'bomb'}.{suffix}"
    return Made(name=name, content=make(dice, table), family=REGISTER if is_register else INTAKE, story=make.__name__)
