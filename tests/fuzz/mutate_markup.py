"""Damage to the XML inside a workbook: references, types, numbers, entities, names, structure."""

import re
from collections.abc import Callable
from random import Random

from tests.factories.intake_files import RESIDENT_ID
from tests.fuzz.kept import Made, seed_package
from tests.fuzz.mutate_packages import packed, parts_of

Change = Callable[[Random, bytes], bytes]

_REFERENCES = (
    b"XFD1048576", b"A1048576", b"XFD1", b"KN5", b"A0", b"A1048577", b"ZZZZZZZ1", b"A99999999999", b"A4294967297", b"1A", b"a1", b"", b"$A$1",
    b"-1", b"A-1", b"A1:B2", b"\xe5\xbc\xa01", b"R1C1", b"A" * 5000,
)  # fmt: skip
_TYPES = (b"s", b"e", b"b", b"d", b"n", b"str", b"inlineStr", b"weird", b"")
_NUMBERS = (
    b"1e308", b"1e400", b"-1", b"NaN", b"inf", b"-inf", b"", b" 7 ", b"0x10", b"9" * 400, b"4294967296", b"-2958466", b"2958466", b"1e10", b"60",
    b"0.1e-320", b"1,5", b"\xe4\xb8\x80", b"123456789012345678", b"46127.999999999", b"2026-04-15", b"2026-04-15T25:61:61", b"true", b"#REF!",
)  # fmt: skip
_TEXTS = (
    b"&#0;", b"&#x110000;", b"&#xD800;", b"&#13;", b"&nothing;", b"&", b"<![CDATA[x]]>", b"<!-- - -->", b"<?php x?>", b"_x0000_", b"_xD800_", b"_xFFFF_",
    b"_x0000D_", "\u202e\u200b\ufeff".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"=cmd|'/c calc'!A1", RESIDENT_ID.encode(), b"]]>", b"\x08\x0b",
)  # fmt: skip


def _one_place(dice: Random, data: bytes, pattern: bytes, value: bytes) -> bytes:
    """Put ``value`` in the place of the first group of one match."""
    places = list(re.finditer(pattern, data))
    if not places:
        return data
    place = dice.choice(places)
    return data[: place.start(1)] + value + data[place.end(1) :]


def _reference(dice: Random, data: bytes) -> bytes:
    return _one_place(dice, data, rb'<c [^>]*?r="([^"]*)"', dice.choice(_REFERENCES))


def _row(dice: Random, data: bytes) -> bytes:
    value = dice.choice([b"-1", b"0", b"4294967296", b"1048577", b"99999999999999999999", b"x", b"", b"1"])
    return _one_place(dice, data, rb'<row [^>]*?r="([^"]*)"', value)


def _no_references(dice: Random, data: bytes) -> bytes:
    data = re.sub(rb'(<c [^>]*?)r="[^"]*"', rb"\1", data)
    return re.sub(rb'(<row [^>]*?)r="[^"]*"', rb"\1", data) if dice.random() < 0.5 else data


def _type(dice: Random, data: bytes) -> bytes:
    return _one_place(dice, data, rb'<c [^>]*?t="([^"]*)"', dice.choice(_TYPES))


def _style(dice: Random, data: bytes) -> bytes:
    return _one_place(dice, data, rb"<c( )", b' s="%d" ' % dice.choice([1, 7, 99_999, 4_294_967_296]))


def _value(dice: Random, data: bytes) -> bytes:
    return _one_place(dice, data, rb"<v>([^<]*)</v>", dice.choice(_NUMBERS))


def _text(dice: Random, data: bytes) -> bytes:
    return _one_place(dice, data, rb"<t[^>]*>([^<]*)</t>", dice.choice(_TEXTS))


def _dimension(dice: Random, data: bytes) -> bytes:
    value = dice.choice([b"A1:XFD1048576", b"XFD1048576:A1", b"", b"A1", b"B5:C6", b"A0:A0", b"A1:A99999999999"])
    return _one_place(dice, data, rb'<dimension ref="([^"]*)"', value)


def _merges(dice: Random, data: bytes) -> bytes:
    refs = ["A1:XFD1048576", "B2:A1", "A1:A1048576", "A1", "", "A1:B2:C3", "C3:C900", "Z9999999999:Z1"]
    count = dice.choice([1, 3, 60_000])
    cells = "".join(f'<mergeCell ref="{dice.choice(refs) if count < 9 else f"A{n + 2}:A{n + 3}"}"/>' for n in range(count))
    return data.replace(b"</sheetData>", b'</sheetData><mergeCells count="9">' + cells.encode() + b"</mergeCells>")


def _formula(dice: Random, data: bytes) -> bytes:
    values = [
        b'<f t="shared" ref="A1:XFD9" si="4294967295"/>',
        b'<f t="array" ref="">1</f>',
        b"<f>" + b"(" * 5000 + b"</f>",
        b'<f t="shared" si="-1">B1</f>',
    ]
    return _one_place(dice, data, rb"<c [^>]*>()<v>", dice.choice(values))


def _nested(dice: Random, data: bytes) -> bytes:
    depth = dice.choice([100, 20_000, 300_000])
    inside = b"<a>" * depth + (b"</a>" * depth if dice.random() < 0.7 else b"")
    return _one_place(dice, data, rb"<sheetData>()|<si>()|<sheets>()" if dice.random() < 0.5 else rb"</[a-zA-Z]+>()", inside)


def _attribute(dice: Random, data: bytes) -> bytes:
    value = b"x" * dice.choice([1_000, 1_000_000, 8_000_000])
    return _one_place(dice, data, rb"<(?:row|c|sheet|si|t|xf)( )", b' a="' + value + b'" ')


def _attributes(dice: Random, data: bytes) -> bytes:
    many = b"".join(b' a%d="1"' % number for number in range(dice.choice([10, 50_000])))
    return _one_place(dice, data, rb"<(?:row|c|sheet|workbook|sst)( )", many + b" ")


def _laughs(dice: Random, data: bytes) -> bytes:
    levels = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    laughs = b'<!DOCTYPE x [<!ENTITY l0 "lol">' + levels + b"]>"
    quadratic = b'<!DOCTYPE x [<!ENTITY q "' + b"q" * 100_000 + b'">]>'
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    start, entity = dice.choice([(laughs, b"&l9;"), (quadratic, b"&q;" * 5_000), (outside, b"&e;"), (b"<!DOCTYPE x>", b"x")])
    if dice.random() < 0.3:
        start = start.lower().replace(b"doctype", b"DocType")
    data = data.replace(b"?>", b"?>" + start, 1)
    return _one_place(dice, data, rb">([^<>]+)<", entity)


def _encoding(dice: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    ways = [
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.encode("utf-8-sig"),
        text.replace("UTF-8", "GBK").encode("gbk", "replace"),
        text.replace("UTF-8", "x-nothing").encode(),
        text.encode("utf-32"),
        text.partition("?>")[2].encode(),
    ]
    return dice.choice(ways)


def _structure(dice: Random, data: bytes) -> bytes:
    """Take out, double, rename or break one tag."""
    tags = list(re.finditer(rb"<[^>]+>", data))
    tag = dice.choice(tags)
    ways = [
        b"",
        tag.group() * 2,
        tag.group()[:-1],
        b"<zzz>",
        tag.group().replace(b" ", b" x:y='", 1),
        tag.group().replace(b'"', b"", 1),
    ]
    return data[: tag.start()] + dice.choice(ways) + data[tag.end() :]


def _prefixed(dice: Random, data: bytes) -> bytes:
    """Write the elements with a name space prefix, as some programs do."""
    return re.sub(rb"<(/?)(worksheet|sheetData|row|c|v|is|t|f|sst|si)(?=[\s/>])", rb"<\1x:\2", data).replace(
        b'xmlns="', b'xmlns:x="', 1
    )


def _names(dice: Random, data: bytes) -> bytes:
    values = [
        "表" * 5_000,
        f"张三{RESIDENT_ID}",
        "a&#27;[31mb",
        "",
        "a&#10;b",
        "'",
        "..",
        "&lt;script&gt;",
        "_x0000_",
        "\u202e表",
    ]
    return _one_place(dice, data, rb'<sheet name="([^"]*)"', dice.choice(values).encode())


def _sheets(dice: Random, data: bytes) -> bytes:
    one = re.search(rb"<sheet [^>]*/>", data)
    if one is None:
        return data
    ways = [
        one.group() * 3,
        one.group() * 120,
        one.group().replace(b"rId1", b"rId99"),
        one.group().replace(b'r:id="rId1"', b""),
        b"",
    ]
    return data.replace(one.group(), dice.choice(ways))


def _targets(dice: Random, data: bytes) -> bytes:
    values = [
        b"../../../etc/passwd",
        b"/xl/workbook.xml",
        b"http://127.0.0.1:9/x",
        b"",
        b"worksheets/none.xml",
        b"workbook.xml",
        b"\\\\host\\x",
        b"a" * 70_000,
    ]
    return _one_place(dice, data, rb'Target="([^"]*)"', dice.choice(values))


def _counts(dice: Random, data: bytes) -> bytes:
    value = dice.choice([b"4294967295", b"18446744073709551615", b"-1", b"0", b"x", b"999999999"])
    return _one_place(dice, data, rb'(?:uniqueCount|count)="([^"]*)"', value)


def _formats(dice: Random, data: bytes) -> bytes:
    codes = ["yyyy" * 30_000, "[$-", "[", "\\", '"', "[红]0", "0;0;0;0;0", "m/d/y;@", "[h]:mm:ss"]
    code = dice.choice(codes).replace('"', "&quot;").encode()
    data = data.replace(b"<fonts", b'<numFmts count="1"><numFmt numFmtId="164" formatCode="' + code + b'"/></numFmts><fonts', 1)
    return re.sub(rb'numFmtId="\d+"', b'numFmtId="%d"' % dice.choice([164, 14, 4_294_967_296, 65_535]), data)


_SHEET: tuple[Change, ...] = (
    _reference, _reference, _row, _no_references, _type, _style, _value, _value, _text, _dimension, _merges, _formula, _nested, _attribute,
    _attributes, _laughs, _encoding, _structure, _structure, _prefixed,
)  # fmt: skip
_PLACES: dict[str, tuple[Change, ...]] = {
    "xl/worksheets/sheet": _SHEET,
    "xl/sharedStrings.xml": (_text, _text, _counts, _nested, _attribute, _laughs, _encoding, _structure, _prefixed),
    "xl/workbook.xml": (_names, _names, _sheets, _structure, _encoding, _laughs, _attribute, _nested),
    "xl/styles.xml": (_formats, _formats, _counts, _structure, _laughs, _encoding),
    "xl/_rels/workbook.xml.rels": (_targets, _structure, _laughs),
    "[Content_Types].xml": (_structure, _encoding, _laughs),
}


def markup(dice: Random) -> Made:
    """Damage one or several parts of a workbook."""
    seed = seed_package(dice)
    parts, told = dict(parts_of(seed.content)), []
    for _ in range(dice.choice([1, 1, 1, 3])):
        place = dice.choice([*["xl/worksheets/sheet"] * 4, *_PLACES])
        names = [name for name in parts if name.startswith(place)]
        if not names:
            continue
        name, change = dice.choice(names), dice.choice(_PLACES[place])
        parts[name] = change(dice, parts[name])
        told.append(f"{name}{change.__name__}")
    return seed.made(packed(list(parts.items())), "; ".join(told))
