"""A file and its rows one by one get the same findings (ADR 0006)."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.factories.checks import example, landed_from
from tests.factories.intake_files import RESIDENT_ID, real_catalogue

from xinheng.intake.checking import CheckContext, check, check_field, check_row
from xinheng.intake.checking.registry import rule_files
from xinheng.intake.reading.sheet import person_words

ITEM = "administrative_penalty"
KNOWN = "91500236MA00TE5T2L"
CONTEXT = CheckContext(on_date=date(2026, 11, 20), organ_code="11500236000000019R", known_codes=frozenset({KNOWN}))
OVER_FILE = frozenset(module.RULE.id for module in rule_files() if module.RULE.over_file)

CELLS = {
    "CF_XDR_MC": ["演示夔门云帆食品有限公司", "演示甲", "有眼公司", "", "电话13800138000"],
    "CF_XDR_LB": ["法人及非法人组织", "个体工商户", "自然人", "个人", "其他", ""],
    "CF_XDR_SHXYM": [
        "91500236MA00TE5T2K",
        "９1500236ma00te5t2k",
        KNOWN,
        "92500236MA00T5T11R",
        "500236000000018",
        RESIDENT_ID,
        "",
        "空",
    ],
    "CF_XDR_GSZC": ["", "500236000000018"],
    "CF_XDR_SWDJ": ["", "500236000000018"],
    "CF_XDR_ZJHM": ["", RESIDENT_ID],
    "CF_FRDB": ["演示人甲", "甲", "", "13800138000"],
    "CF_WSH": ["演市监罚字〔2026〕15号", "演市监当罚〔2026〕1号", "公示表", "涉密", "演不罚2号", ""],
    "CF_SY": ["销售超过保质期的食品。", "国家秘密", f"身份证{RESIDENT_ID}，电话13800138000", "不予行政处罚", "长" * 100],
    "CF_CFLB": [
        "罚款",
        "警告",
        "警告;罚款",
        "罚款；没收违法所得",
        "3",
        "其他",
        "其他-责令改正",
        "罚款、警告",
        "吊销许可证件",
        "",
    ],
    "CF_NR": ["罚款人民币二万元", "罚款20000元", "不予处罚", ""],
    "CF_NR_FK": ["2", "２", "0", "20000", "2.0000001", "壹万元", "", "1,000.5"],
    "CF_NR_WFFF": ["", "0.5"],
    "CF_JDRQ": ["2026-11-18", "2026年11月18日", "２０２６．１１．１８", "2026-11-21", "46000", "0999-01-01", "不详", ""],
    "CF_YXQ": ["2027-11-18", "9999-12-31", "2099/12/31", "2026-11-01", "20271118", "2027-02-30"],
    "CF_GSJZQ": ["", "2027-11-18", "2030-01-01", "2026-11-19"],
    "CF_CFJGDM": ["11500236000000019R", "11500236000000019X", "12500236000000027H"],
    "BZ": ["", "简易程序", RESIDENT_ID],
    "联系电话": ["", "13800138000"],
    "附注": ["", f"证件{RESIDENT_ID}"],
}

rows = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CELLS.items()}).map(
    lambda cells: example(**cells)
)


def findings_of_file(table):
    """Return the findings of each row, told by the rules that look at rows; row numbers start at 2."""
    with tempfile.TemporaryDirectory() as folder:
        landed = landed_from(table, folder=Path(folder), known_codes=CONTEXT.known_codes)
        checked = check(landed=landed, catalogue=real_catalogue(), context=CONTEXT)
        return [f for f in checked.iter_findings() if f.row], landed, checked


def comparable(finding):
    return (
        finding.row,
        finding.rule,
        finding.field,
        finding.column,
        finding.value,
        finding.message,
        finding.expected,
        finding.fix,
    )


# A failing case is told as it was found: making it smaller runs the whole check hundreds of times.
UNSHRUNK = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@settings(UNSHRUNK, max_examples=10)
@given(st.lists(rows, min_size=1, max_size=12))
def test_a_file_is_its_rows(table):
    in_file, landed, checked = findings_of_file(table)

    alone = [
        finding
        for number, row in enumerate(table, start=2)
        for finding in check_row(
            values=row,
            item_id=ITEM,
            catalogue=real_catalogue(),
            context=CONTEXT,
            columns=landed.columns,
            row=number,
            sheet=landed.sheets[0].name,
        )
    ]

    of_rows = [finding for finding in in_file if finding.rule not in OVER_FILE]
    assert sorted(map(comparable, of_rows)) == sorted(map(comparable, alone))
    verdicts = zip(checked.verdicts["_row"].to_pylist(), checked.verdicts["refused"].to_pylist(), strict=True)
    assert {row for row, refused in verdicts if refused} == {f.row for f in in_file if f.severity == "REFUSE"}
    assert RESIDENT_ID not in str(in_file) + str(alone)


@settings(UNSHRUNK, max_examples=10)
@given(rows, st.sampled_from(["CF_CFLB", "CF_NR_FK", "CF_JDRQ", "CF_XDR_SHXYM", "CF_SY"]))
def test_a_field_is_told_what_its_row_is_told_of_it(row, key):
    whole = check_row(values=row, item_id=ITEM, catalogue=real_catalogue(), context=CONTEXT)

    field = check_field(values=row, field_key=key, item_id=ITEM, catalogue=real_catalogue(), context=CONTEXT)

    assert [f for f in field if f.field == key] == [f for f in whole if f.field == key]
    assert set(field) <= set(whole)


def test_every_word_for_a_natural_person_is_known_to_the_reader():
    code_list = real_catalogue().code_list("subject_categories")
    person = code_list.value_by_text("自然人")

    assert {person.code, person.label, *person.aliases} <= person_words(
        item=real_catalogue().item("administrative_penalty"), catalogue=real_catalogue()
    )
