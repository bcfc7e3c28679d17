"""Hypothesis on the pieces of reading: whatever comes in, each gives an answer or its own refusal, and nothing else."""

import io
import tempfile
import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.intake_files import RESIDENT_ID, real_catalogue
from tests.fuzz.kept import seeds

from xinheng.adapters.workbooks import WorkbookFault, WorkbookLimits, binary_inspect, package_inspect
from xinheng.intake.domain import Limits
from xinheng.intake.errors import FileRefused
from xinheng.intake.reading.identify import file_identify
from xinheng.intake.reading.labels import header_choose, header_index, label_key
from xinheng.intake.reading.quoting import quoting_is_regular
from xinheng.kernel.dates import parse_date
from xinheng.kernel.errors import DomainError
from xinheng.kernel.money import parse_wan_yuan
from xinheng.kernel.personal import find_personal_numbers, mask_personal_numbers
from xinheng.kernel.shown import LONGEST, shown
from xinheng.kernel.text import canonical_code, clean_cell, document_no_key, name_key
from xinheng.subjects.domain.register_columns import COLUMNS, register_header
from xinheng.subjects.domain.register_rows import register_row_parse

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
anything = st.text(st.characters(codec=None), max_size=60)
wild = st.one_of(
    anything,
    st.text(alphabet="0123456789０９XxＸ-－ ·年月日/.,+e〔〕（）第号", max_size=40),
    st.sampled_from(
        [
            RESIDENT_ID,
            f"证{RESIDENT_ID}号",
            RESIDENT_ID * 2,
            "9" * 400,
            "\x00",
            "\ud800",
            "1e308",
            "²",
            "_x0000_",
            "长" * 40_000,
        ]
    ),
)


@quick
@given(wild)
def test_values_are_read_or_not_read(text):
    assert parse_date(text) is None or isinstance(parse_date(text), date)
    assert parse_wan_yuan(text) is None or isinstance(parse_wan_yuan(text), int)
    for form in (clean_cell, canonical_code, document_no_key, name_key):
        assert len(form(text)) <= 18 * len(text)


@quick
@given(wild)
def test_what_is_shown_is_one_clean_short_line_without_personal_numbers(text):
    told = shown(text)

    assert len(told) <= LONGEST
    assert not {unicodedata.category(char) for char in told} & {"Cc", "Cs", "Zl", "Zp"}
    assert not find_personal_numbers(told)
    told.encode()


@quick
@given(wild)
def test_masking_masks_everything_once(text):
    masked = mask_personal_numbers(text)

    assert len(masked) == len(text)
    assert not find_personal_numbers(masked)


@quick
@given(st.dictionaries(st.sampled_from([column.key for column in COLUMNS]), wild))
def test_a_row_of_the_register_goes_in_or_says_why_not(cells):
    parsed = register_row_parse(row_no=1, cells=cells, today=date(2026, 4, 20))

    assert (parsed.row is None) != (parsed.refused is None)
    assert RESIDENT_ID not in str(parsed.notes)
    if parsed.refused is not None:
        assert parsed.refused.reason
        assert RESIDENT_ID not in parsed.refused.name + parsed.refused.code


@quick
@given(st.lists(wild, max_size=12))
def test_headers_of_anything_are_found_or_not(cells):
    register_header(cells)
    index = header_index(real_catalogue().item("administrative_penalty"))
    for cell in cells:
        assert index.field_key(cell) is None or label_key(cell)
    header_choose(catalogue=real_catalogue(), item_id=None, rows=[cells, cells])


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@quick
@given(st.one_of(st.binary(max_size=300), anything.map(lambda text: text.encode("utf-16", "surrogatepass"))))
def test_any_bytes_are_identified_or_refused(folder, content):
    path = folder / "表.csv"
    path.write_bytes(content)
    said = ""
    try:
        facts = file_identify(path, limits=Limits())
    except FileRefused as refusal:
        said = str(refusal)
    assert "没有保存任何内容" in said if said else facts.size == len(content)
    for delimiter in ",\t":
        assert quoting_is_regular(content, delimiter=delimiter) in (True, False)


def _damaged(content: bytes, seed: int, hits: int) -> bytes:
    dice, changed = Random(seed), bytearray(content)
    for _ in range(hits):
        changed[dice.randrange(len(changed))] = dice.choice([0, 1, 0x7F, 0xFF, dice.randrange(256)])
    return bytes(changed)


@settings(quick, max_examples=150)
@given(st.integers(0, 1 << 32), st.integers(1, 6), st.sampled_from(["shared.xlsx", "several.xlsx", "merged.xlsx"]))
def test_a_damaged_package_is_opened_or_refused(folder, seed, hits, name):
    content = next(kept.content for kept in seeds("sound") if kept.name == name)
    # The directory at the end says where everything is: damage there is worth more than damage in the parts.
    start = content.find(b"PK\x01\x02") if seed % 2 else 0
    path = folder / "表.xlsx"
    path.write_bytes(content[:start] + _damaged(content[start:], seed, hits))
    try:
        package_inspect(path, limits=WorkbookLimits())
    except WorkbookFault:
        return
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        assert package.namelist()


@settings(quick, max_examples=150)
@given(
    st.integers(0, 1 << 32), st.integers(1, 6), st.sampled_from(["penalty.xls", "several.xls", "formulas.xls", "register.xls"])
)
def test_a_damaged_compound_file_is_opened_or_refused(seed, hits, name):
    content = next(kept.content for kept in seeds("sound") if kept.name == name)
    (table,), directory = [int.from_bytes(content[76:80], "little")], int.from_bytes(content[48:52], "little")
    start = {0: 0, 1: (table + 1) * 512, 2: (directory + 1) * 512}[seed % 3]
    damaged = content[:start] + _damaged(content[start : start + 512], seed, hits) + content[start + 512 :]
    try:
        binary_inspect(damaged, limits=WorkbookLimits())
    except WorkbookFault:
        return


class _Told(DomainError):
    template = "文件“%(file)s”不能读取，请改正。"


@quick
@given(wild)
def test_a_refusal_can_be_printed_whatever_the_file_is_called(name):
    assert str(_Told(file=name)).encode().decode().startswith("文件“")
