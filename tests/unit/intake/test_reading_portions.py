"""A file that is read in portions becomes what it becomes in one piece, wherever the cuts fall."""

import tempfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.factories.intake_files import RESIDENT_ID, csv_bytes, penalty, real_catalogue, titled, xlsx_write

from xinheng.intake.domain import Landed, Limits
from xinheng.intake.errors import FileRefused
from xinheng.intake.reading import land
from xinheng.intake.reading.delimited import head_rows, sheet_make, text_open
from xinheng.intake.reading.quoting import quoting_is_regular, text_portions

CORPUS = Path(__file__).resolve().parents[2] / "fuzz" / "corpus"
ONE_PIECE = 1 << 30
FILES = sorted(path for path in CORPUS.glob("*/*") if path.suffix in {".csv", ".txt", ".xlsx", ".xls", ".et", ".tsv"})

odd_texts = st.lists(
    st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "罚款", '"x\ny"', ",,", "\n\n", "\ufeff", "\u2028", " "]),
    max_size=40,
).map("".join)


def read(path: Path, *, limits: Limits) -> tuple[str, list[tuple[object, ...]]]:
    """Return what the reader makes of a text, or the words of its refusal."""
    text = text_open(path, encoding="utf-8")
    head = head_rows(text, delimiter=",", rows=limits.header_rows)
    try:
        table = sheet_make(text, delimiter=",", head=head, limits=limits).frame(4, 2)
    except FileRefused as refusal:
        return str(refusal), []
    return "", table.rows()


@given(odd_texts, st.integers(1, 40), st.sampled_from([Limits(), Limits(rows=3), Limits(cell_characters=3)]))
@example('a\n"b\nc"\nd"e\n', 1, Limits())
@example('a\nbbbb\nc,d"\n"e"f\n', 2, Limits(cell_characters=3))
@example("\ufeffa\n\ufeffb\n", 3, Limits())
@settings(max_examples=400)
def test_any_cut_gives_the_same_rows_or_the_same_refusal(text, size, limits):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "表.csv"
        path.write_bytes(text.encode())
        whole, cut = (
            replace(limits, portion_bytes=bytes_, portion_rows=rows) for bytes_, rows in ((ONE_PIECE, ONE_PIECE), (size, 1))
        )

        assert read(path, limits=cut) == read(path, limits=whole)


@given(odd_texts, st.integers(1, 40), st.integers(1, 7))
def test_portions_are_the_text_and_as_regular_as_it_is(text, size, read_at_once):
    content = text.encode()
    chunks = (content[at : at + read_at_once] for at in range(0, len(content), read_at_once))

    portions = list(text_portions(chunks, size=size))

    assert b"".join(portions) == content
    is_regular = quoting_is_regular(content, delimiter=",")
    assert all(quoting_is_regular(portion, delimiter=",") for portion in portions) == is_regular
    if is_regular:
        assert all(portion.endswith(b"\n") for portion in portions[:-1])


def test_a_regular_text_is_cut_at_every_record_when_portions_are_small():
    text = b'a,b\n"c\nd",e\r\n\n"f""\n""g",h\ni'

    assert list(text_portions([text[at : at + 1] for at in range(len(text))], size=1)) == [
        b"a,b\n", b'"c\nd",e\r\n', b"\n", b'"f""\n""g",h\n', b"i",
    ]  # fmt: skip


def odd_files() -> dict[str, bytes]:
    """Return files whose notes add up over many rows."""
    person = penalty(CF_XDR_LB="自然人", CF_XDR_MC="演示人甲", CF_XDR_SHXYM="", CF_XDR_ZJHM=RESIDENT_ID)
    rows = [
        penalty(CF_WSH="一", CF_SY='第一行\n第二行，“引号”"与逗号,'),
        penalty(CF_WSH="二", CF_JDRQ="46121"),
        person,
        penalty(CF_WSH="三", CF_JDRQ="46122", CF_YXQ="46500"),
        penalty(CF_WSH="四", CF_SY=f"号码 {RESIDENT_ID}", CF_NR="锟斤拷"),
        penalty(CF_WSH="五", CF_NR="坏字\ufffd"),
    ]
    table = titled(rows)
    again = [*table[:3], table[0], *table[3:5], table[0], *table[5:]]
    wide = [row if number not in (3, 5) else [*row, "多出来的"] for number, row in enumerate(table)]
    unlabelled = [[*row, "", "备注" if not number else "", "x" if number == 5 else ""] for number, row in enumerate(table)]
    blank = [row for one in table for row in (one, [""] * len(one), [])]
    text = csv_bytes(table)
    return {
        "plain": text,
        "gb18030": csv_bytes(table[:4], encoding="gb18030"),
        "utf-16": csv_bytes(table, encoding="utf-16"),
        "marked": csv_bytes(table, encoding="utf-8-sig"),
        "tabs": csv_bytes(table, delimiter="\t"),
        "cr": csv_bytes(table[:1] + table[2:]).replace(b"\r\n", b"\r"),
        "lf": text.replace(b"\r\n", b"\n"),
        "headers again": csv_bytes(again),
        "wide": csv_bytes(wide),
        "content late in a column without label": csv_bytes(unlabelled),
        "blank rows": csv_bytes(blank),
        "a stray mark at the end": text + '甲,5" 管,x\r\n'.encode(),
        "a field that never ends": text + '甲,"5 管,x\r\n'.encode(),
        "a field that goes on": text + '甲,"5" 管,x\r\n'.encode(),
        "no rows": csv_bytes([table[0], [""] * 3, []]),
        "a cell too large": text + "甲,{},x\r\n乙\r\n".format("长" * 40_000).encode(),
        "a cell too large and a stray mark": text + "甲,{},x\r\n".format("长" * 40_000).encode() + b'x,"y" z,x\r\n',
    }


def landed_as(path: Path, out: Path, *, limits: Limits) -> tuple[str, Landed | None, bytes]:
    """Return the words of the refusal, or what was landed with the bytes of its table."""
    try:
        landed = land(path, out=out, catalogue=real_catalogue(), item_id=None, limits=limits)
    except FileRefused as refusal:
        assert list(out.parent.glob("*.parquet*")) == []
        return str(refusal), None, b""
    content = out.read_bytes()
    out.unlink()
    return "", landed, content


@pytest.mark.parametrize("name", odd_files())
@pytest.mark.parametrize("size", [1, 700, 2_000])
def test_odd_files_land_the_same_in_portions(tmp_path, name, size):
    path, out = tmp_path / "表.csv", tmp_path / "landed.parquet"
    path.write_bytes(odd_files()[name])

    whole = landed_as(path, out, limits=Limits(portion_bytes=ONE_PIECE))
    in_portions = landed_as(path, out, limits=Limits(portion_bytes=size, portion_rows=1))

    assert in_portions == whole


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_kept_corpus_lands_the_same_in_portions(tmp_path, path):
    limits = Limits(unpacked_bytes=50_000_000)

    whole, in_portions = (
        landed_as(path, tmp_path / "landed.parquet", limits=replace(limits, portion_bytes=bytes_, portion_rows=rows))
        for bytes_, rows in ((ONE_PIECE, ONE_PIECE), (64, 1))
    )

    assert in_portions == whole


def test_a_workbook_lands_the_same_in_portions(tmp_path):
    rows = [penalty(CF_WSH=str(number), CF_NR_FK=1e16 if number > 3 else 2) for number in range(4_500)]
    table = titled(rows)
    table[4_000] = [*table[4_000], "", "没有列名"]
    path = xlsx_write(tmp_path / "表.xlsx", {"甲": table, "乙": table[:3]})

    whole, in_portions = (
        landed_as(path, tmp_path / "landed.parquet", limits=Limits(portion_rows=size)) for size in (ONE_PIECE, 1_000)
    )

    assert in_portions == whole
    assert whole[1] is not None
    assert {"F01", "F10"} <= {finding.rule for finding in whole[1].findings}


def test_row_groups_do_not_depend_on_portions(tmp_path):
    path = tmp_path / "表.csv"
    path.write_bytes(csv_bytes(titled([penalty(CF_WSH=str(number)) for number in range(40_000)])))

    contents = {
        landed_as(path, tmp_path / "landed.parquet", limits=Limits(portion_bytes=size))[2] for size in (1 << 20, ONE_PIECE)
    }

    assert len(contents) == 1


def test_numbers_of_rows_run_on(tmp_path):
    path = tmp_path / "表.csv"
    path.write_bytes(csv_bytes([["演示县"], *titled([penalty(CF_WSH=str(number)) for number in range(5)])]))

    landed = land(path, out=tmp_path / "l.parquet", catalogue=real_catalogue(), item_id=None, limits=Limits(portion_bytes=1))

    assert pl.read_parquet(landed.parquet)["_row"].to_list() == [3, 4, 5, 6, 7]
