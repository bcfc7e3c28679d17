"""Tables that say what no table should: odd cells in every format, and text files whose rows and columns do not add up."""

import re
from random import Random
from typing import Any

from tests.factories import intake_world as world
from tests.factories.intake_files import RESIDENT_ID, csv_bytes
from tests.fuzz import seeds
from tests.fuzz.kept import INTAKE, REGISTER, Made, seed_text

_WIDE = RESIDENT_ID.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
_CELLS: tuple[Any, ...] = (
    "\x00", "a\x00b", "\x1b[31m", "\x01\x02\x07\x08\x0b\x0c\x0e\x7f\x85", "\u202e\u202d\u2066反", "\u200b\u200d\u2060\ufeff", "\u2028\u2029", "é" + "\u0301" * 300,
    "\ufffd锟斤拷", "\U000e0041\U0010ffff", '=HYPERLINK("http://127.0.0.1")', "+1+1", "@SUM(1)", "-2+3", "'=1", "\t=1", "＝1", "%00%0a", "${jndi:x}", "'; DROP TABLE x;--",
    "<script>alert(1)</script>", "{{7*7}}", "%(file)s %s %n", "\\", "\\N", "\\.", '"', '""', ",", ";", "\n", "\r\n", "a\nb\rc", "NULL", "None", "null", "nan", "NaN", "inf",
    "-Infinity", "1e308", "1e400", "-1e308", "1e-400", "0x10", "١٢٣", "²", "½", "Ⅻ", "一百万亿", "-0", "00000000000000000000002", "9" * 400, "0." + "0" * 400 + "1", "1,000,000",
    "2,00", "２．０", "1__0", "2.0000000001", "0000-00-00", "2026-02-30", "9999-12-31", "10000-01-01", "1899-12-31", "0001-01-01", "2026-13-45", "2026/4/15 25:00", "20260415",
    "46127", "99999", "2958466", "-46127", "二〇二六年四月十五日", "2026年4月", "15/04/2026", "+002026-04-15", "2026-04-15T00:00:00+08:00", RESIDENT_ID, RESIDENT_ID.lower(),
    f"号{RESIDENT_ID}止", _WIDE, " ".join(RESIDENT_ID), "-".join((RESIDENT_ID[:6], RESIDENT_ID[6:14], RESIDENT_ID[14:])), f"{RESIDENT_ID}{RESIDENT_ID}", "13800138000",
    "6222021234567890128", "无" * 32_767, "长" * 32_768, "x" * 100_000, "甲" * 5_000, "𠮷" * 20_000, "a b" * 4_000, "〔" * 1_000, "（" * 1_000 + "）", "第" * 3_000 + "1号",
    "_x000D_" * 2_000, "_x0000_", "_xD800_", "_x_x000D_000D_", "/" * 2_000, "1" * 17, "9" * 18, "A" * 18, "91500236MA00TE5T2", " 91500236 ma00te5t2k ", "Ｏ" * 18,
)  # fmt: skip
_LABELS = (
    "",
    " ",
    "CF_WSH",
    "行政处罚决定书文号",
    RESIDENT_ID,
    "长" * 5_000,
    "a\nb",
    "{}",
    '"',
    "_row",
    "_sheet",
    "_pii",
    "#0",
    "_person",
    "CF_WSH\x00",
    "处理结果",
)


def _dirty(dice: Random, table: list[list[Any]]) -> str:
    told = []
    for _ in range(dice.choice([1, 1, 3, 12])):
        row, column, cell = dice.randrange(1, len(table)), dice.randrange(len(table[0])), dice.choice(_CELLS)
        table[row][column] = cell
        told.append(f"{table[0][column]}={cell[:24]!a}")
    if dice.random() < 0.25:
        column, label = dice.randrange(len(table[0])), dice.choice(_LABELS)
        told.append(f"label {table[0][column]}={label[:24]!a}")
        table[0][column] = label
    return "; ".join(told)


def cells(dice: Random) -> Made:
    """Put odd cells and labels into a table and write it in any format."""
    is_register = dice.random() < 0.2
    if is_register:
        table = seeds.register_table()
    else:
        kind = dice.choice(["administrative_penalty", "administrative_penalty", "administrative_licence", "revocation"])
        rows = {
            "administrative_penalty": [world.penalty(n) for n in range(1, 5)],
            "administrative_licence": [world.licence(n) for n in range(1, 5)],
            "revocation": [world.act("revocation", n) for n in range(1, 4)],
        }[kind]
        table = seeds.table_of(rows, item_id=kind)
    story = _dirty(dice, table)
    form = dice.choice(["csv", "csv", "gb18030", "utf-16", "xlsx", "inline", "xls"])
    name = "register" if is_register else "cells"
    try:
        if form in {"xlsx", "inline"}:
            content, suffix = seeds.simple_xlsx(_short(table), constant_memory=form == "inline"), "xlsx"
        elif form == "xls":
            content, suffix = seeds.xls(_short(table)), "xls"
        else:
            content, suffix = csv_bytes(table, encoding="utf-8" if form == "csv" else form), "csv"
    except UnicodeEncodeError:
        content, suffix = csv_bytes(table), "csv"
    return Made(name=f"{name}.{suffix}", content=content, family=REGISTER if is_register else INTAKE, story=f"{form}: {story}")


def _short(table: list[list[Any]]) -> list[list[Any]]:
    """Return the table with cells as long as spreadsheet writers allow."""
    return [[cell[:32_767] if isinstance(cell, str) else cell for cell in row] for row in table]


def delimited(dice: Random) -> Made:
    """Break quotation, separators, line ends and widths of a text file."""
    seed = seed_text(dice)
    lines = seed.text.splitlines()
    at = dice.randrange(len(lines))
    line = lines[at]
    ends = ["\n", "\r\n", "\r", "\n\r", "\r\r\n", "\u2028", "\x0b", "\x85", "\n\n\n"]
    ways = {
        "an open mark": lambda: [*lines[:at], '"' + line, *lines[at + 1 :]],
        "an open mark inside": lambda: [*lines[:at], line.replace(",", ',"', 1), *lines[at + 1 :]],
        "a mark at the end": lambda: [*lines, '"'],
        "marks everywhere": lambda: [row.replace(",", '","') for row in lines],
        "three marks": lambda: [row.replace(",", ',"""', 1) for row in lines],
        "single quotes": lambda: [re.sub("[^,]+", r"'\g<0>'", row) for row in lines],
        "another separator in one row": lambda: [*lines[:at], line.replace(",", dice.choice("\t;|，")), *lines[at + 1 :]],
        "mixed separators": lambda: [row.replace(",", dice.choice(",\t;|")) for row in lines],
        "fewer cells": lambda: [row[: dice.randrange(len(row) + 1)] for row in lines],
        "more cells": lambda: [row + "," * dice.choice([0, 1, 9, 400]) for row in lines],
        "more content": lambda: [row + ",多" * dice.choice([0, 0, 1, 12]) for row in lines],
        "columns shifted": lambda: [*lines[:at], "," + line, *lines[at + 1 :]],
        "the header again": lambda: [*lines, *lines],
        "no header": lambda: lines[1:],
        "only the header": lambda: lines[:1],
        "the header last": lambda: [*lines[1:], lines[0]],
        "forty lines before": lambda: ["说明"] * 40 + lines,
        "a sep line": lambda: ["sep=;", *lines],
        "a column twice": lambda: [",".join([row.split(",")[0], row]) for row in lines],
        "three hundred and one columns": lambda: [row + ",x" * 301 for row in lines],
        "blank rows": lambda: [part for row in lines for part in (row, "", ",,,", "\t")],
        "ten thousand wider rows": lambda: [lines[0], *([line + ",多"] * 10_050)],
        "one row many times": lambda: [lines[0], *([line] * 3_000)],
        "escaped by backslash": lambda: [row.replace(",", '\\",', 1) for row in lines],
    }
    story = dice.choice(sorted(ways))
    rows = ways[story]()
    end = dice.choice(ends)
    text = "".join(row + (dice.choice(ends) if dice.random() < 0.1 else end) for row in rows)
    encoding = "gb18030" if "gb18030" in seed.name else "utf-8"
    return seed.made(text.encode(encoding, "replace"), f"{story}, lines end with {end!a}")
