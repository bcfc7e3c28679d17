"""The pass over a workbook's XML finds what the plain searches find, and says so where it cannot be sure."""

import re
import zipfile
from random import Random

import pytest

from xinheng.adapters.workbooks import WorkbookLimits, WorkbookTooWide, package_inspect
from xinheng.adapters.workbooks.openings import farthest, openings_find

PIECES = (
    b'<c r="A1"', b'<c r="AB12" t="s"', b'<c r="ABC1234567"', b'<c r="KN12345678"', b'<c r="ABCD1"', b"<c r='A1'", b"<c/>",
    b"<c", b"<x:c r='C3'>", b":c ", b"<cols>", b'<row r="3">', b"<f>", b'<f t="shared"/>', b"<x:f>", b"<fx>", b"<si>",
    b'<si x="1">', b"<x:si>", b"<six>", b"s", b"i", b' t="e"', b" t='e'", b"<!--", b">", b"<v>1</v>", b'"', b"<", b"9", b" ",
    b"\x0b", b"\r\n", "长".encode(), b'<c r="a1"', b'<c r="A01"',
)  # fmt: skip


def _starts(pattern: bytes, piece: bytes) -> list[int]:
    return [match.start() for match in re.finditer(pattern, piece)]


@pytest.mark.parametrize("seed", range(300))
def test_what_begins_where(seed):
    dice = Random(seed)
    piece = b"".join(dice.choices(dice.sample(PIECES, 8), k=dice.randrange(40))) * dice.choice([1, 1, 1, 9_000])

    found = openings_find(piece)

    assert found.cells.tolist() == _starts(rb"<c(?=[\s/>])", piece)
    assert found.strings.tolist() == _starts(rb"<si(?=[\s/>])", piece)
    assert found.has_formulas or not re.search(rb"<f[\s/>]", piece)
    assert found.has_declarations or b"<!" not in piece[:-1]
    assert found.has_errors or not re.search(rb"=\s*[\"']e[\"']", piece)
    assert found.is_prefixed or not re.search(rb"<\w+:(?:c|f|si)[\s/>]", piece)


@pytest.mark.parametrize(
    ("cells", "reached"),
    [
        ([b"A1"], (1, 1)),
        ([b"A1", b"B1", b"AA2", b"C10"], (27, 10)),
        ([b"XFD1048576", b"A1"], (16_384, 1_048_576)),
        ([b"ZZZ9999999"], (18_278, 9_999_999)),
        ([b"A007"], (1, 7)),
        ([b"A1", b"ABCD1"], None),
        ([b"A1", b"A12345678"], None),
        ([b"a1"], None),
        ([b"1"], None),
        ([b"A"], None),
        ([b"A1 "], None),
    ],
)
def test_how_far_cells_reach(cells, reached):
    piece = b"".join(b'<c r="' + cell + b'"><v>1</v></c>' for cell in cells)

    assert farthest(piece, openings_find(piece).cells) == reached


def test_a_cell_that_begins_otherwise_needs_a_closer_search():
    for cell in (b"<c r='A1'>", b'<c  r="A1">', b'<c s="1" r="A1">', b"<c>", b"<c/>"):
        piece = b'<c r="A1">' + cell

        assert farthest(piece, openings_find(piece).cells) is None


def test_of_two_places_of_a_cell_the_farther_one_counts(tmp_path):
    path = tmp_path / "表.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("xl/workbook.xml", b"<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b'<row><c r="XFD1" z=" r=\'A1\'"/><c/></row>')

    with pytest.raises(WorkbookTooWide):
        package_inspect(path, limits=WorkbookLimits())
