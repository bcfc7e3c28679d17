"""The set-based conversion says of every cell what the kernel's functions of one value say."""

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.reading import table_columns
from xinheng.intake.services import converting
from xinheng.kernel.dates import parse_date
from xinheng.kernel.money import parse_wan_yuan
from xinheng.kernel.text import clean_cell, document_no_key
from xinheng.records.domain import DRAFT_COLUMNS
from xinheng.rules.domain import kinds_to_mask


def _each(expression, values):
    return pl.DataFrame({"cell": values}, schema={"cell": pl.String}).select(x=expression(pl.col("cell")))["x"].to_list()


CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(clean_cell), max_size=20)
NUMBERS = st.lists(st.text("奉市监罚字〔2026〕第1５号()（）【】﹝﹞[]《》-ａB 　", max_size=20).map(clean_cell), max_size=20)
DATES = st.lists(
    st.one_of(
        st.dates().map(str),
        st.dates().map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
        st.text("0123456789-/.年月日 :１２", max_size=20).map(clean_cell),
    ),
    max_size=20,
)
AMOUNTS = st.lists(
    st.one_of(
        st.decimals(min_value=0, max_value=10**9, places=6).map(str),
        st.text("0123456789.,万壹元０１", max_size=16).map(clean_cell),
    ),
    max_size=20,
)


@given(NUMBERS | CELLS)
@example(["奉市监罚字（2026） 第15号", "奉市监罚字【2026】15号", "奉市监罚字﹝2026﹞第１５号"])
def test_document_numbers(cells):
    assert _each(converting.document_no_key_of, cells) == [document_no_key(cell) for cell in cells]


@given(DATES | CELLS)
@example(["2026-04-09 00:00:00", "20260409", "2026年4月9日", "2026-02-30", "0999-01-01", ""])
def test_dates(cells):
    assert _each(converting.date_of, cells) == [parse_date(cell) for cell in cells]


@given(AMOUNTS | CELLS)
@example(["2.000000", "0.000001", "1,000.5", "2.0000000", "0.0000001", "壹万伍仟元整", "1,2", "5."])
def test_amounts(cells):
    assert _each(converting.fen_of, cells) == [parse_wan_yuan(cell) for cell in cells]


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(max_size=8).filter(lambda t: t < "\ud800"), min_size=3))
)
@settings(max_examples=50)
def test_json_objects_leave_empty_cells_out(rows):
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String, "c": pl.String})
    objects = frame.select(x=converting.json_object_of([("一", "a"), ("二", "b"), ("三", "c")]))["x"].to_list()
    names = {"a": "一", "b": "二", "c": "三"}
    assert [json.loads(text) for text in objects] == [
        {names[key]: value for key, value in row.items() if value} for row in rows
    ]


class TestPenaltyKinds:
    codes = catalogue_current().code_list(
        catalogue_current().item("administrative_penalty").field_by_role("penalty_kinds").code_list
    )

    @given(st.sets(st.sampled_from(codes.values), max_size=4), st.sampled_from([";", "；", "、", "; "]))
    def test_codes_and_labels(self, values, separator):
        for texts in ([v.code for v in values], [v.label for v in values]):
            (mask,) = _each(lambda c: converting.kinds_mask_of(c, code_list=self.codes), [separator.join(texts)])
            assert mask == kinds_to_mask({v.code for v in values})

    def test_other_with_its_explanation(self):
        masks = _each(lambda c: converting.kinds_mask_of(c, code_list=self.codes), ["罚款;其他-责令改正", "其他-罚款"])
        assert masks == [kinds_to_mask({"3", "99"}), kinds_to_mask({"99"})]


@pytest.mark.parametrize("item", catalogue_current().items, ids=lambda item: item.id)
def test_every_item_converts(item):
    cells = dict.fromkeys(table_columns(item), "") | {"_sheet": "表1", "_row": 5}
    for field in item.fields:
        cells[field.key] = {"decision_date": "2026-03-12"}.get(field.role or "", f"{field.name}的值")
    landed = pl.DataFrame([cells], schema_overrides={"_row": pl.Int64})
    rows = pl.DataFrame({"_sheet": ["表1"], "_row": [5], "subject_id": [7], "is_sole_trader": [False], "is_not_shown": [False]})
    context = converting.DraftContext(
        catalogue=catalogue_current(),
        item=item,
        organ_code="11500236TEST000001",
        organ_name="演示局",
        display_from=date(2026, 3, 20),
        is_on_the_spot=False,
        is_desensitised=True,
        late_workdays={date(2026, 3, 12): 2},
    )
    (table,) = converting.draft_tables(batches=[landed], rows=rows, context=context)
    assert table.column_names == list(DRAFT_COLUMNS)
    (draft,) = table.to_pylist()
    stored, person = json.loads(draft["fields"]), json.loads(draft["person"])
    for field in item.fields:
        assert (field.name in stored) == (not field.person_related and not field.identity_document)
        assert (field.name in person) == (field.person_related and not field.identity_document)
    assert draft["row_no"] == 5
    assert draft["subject_id"] == 7


def test_a_penalty():
    item = catalogue_current().item("administrative_penalty")
    cells = dict.fromkeys(table_columns(item), "") | {"_sheet": "", "_row": 2}
    cells |= {
        "CF_XDR_MC": "夔门云帆食品有限公司", "CF_FRDB": "某某", "CF_WSH": "奉市监罚字（2026）第15号",
        "CF_CFLB": "罚款;没收违法所得", "CF_NR_FK": "2.000000", "CF_NR_WFFF": "0.5", "CF_JDRQ": "2026年3月12日",
        "CF_YXQ": "2027/3/12", "CF_CFJG": "演示市监局", "CF_CFJGDM": "11500236TEST000002",
    }  # fmt: skip
    landed = pl.DataFrame([cells], schema_overrides={"_row": pl.Int64})
    rows = pl.DataFrame({"_sheet": [""], "_row": [2], "subject_id": [7], "is_sole_trader": [False], "is_not_shown": [True]})
    context = converting.DraftContext(
        catalogue=catalogue_current(), item=item, organ_code="x", organ_name="y", display_from=None,
        is_on_the_spot=False, is_desensitised=False, late_workdays={date(2026, 3, 12): 2},
    )  # fmt: skip
    (draft,) = next(iter(converting.draft_tables(batches=[landed], rows=rows, context=context))).to_pylist()
    assert draft["document_no"] == "奉市监罚字（2026）第15号"
    assert draft["document_no_key"] == "奉市监罚字〔2026〕15号"
    assert draft["fine_fen"] == 2_000_000
    assert draft["confiscated_fen"] == 500_000
    assert draft["penalty_mask"] == kinds_to_mask({"3", "4"})
    assert draft["decision_date"] == date(2026, 3, 12)
    assert draft["display_from"] == date(2026, 3, 12), "an old site's record counts from its decision"
    assert draft["on_the_spot"] is True
    assert draft["late_workdays"] == 2
    assert draft["organ_code"] == "11500236TEST000002"
    assert json.loads(draft["person"]) == {"legal_representative": "某某"}
    assert "legal_representative" not in draft["fields"]
