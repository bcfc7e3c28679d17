"""One row of a register file, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.personal import find_personal_numbers
from xinheng.subjects import domain
from xinheng.subjects.domain.register_columns import COLUMNS, register_header
from xinheng.subjects.domain.register_rows import looks_personal, register_row_parse, township_from_address
from xinheng.subjects.domain.register_values import NumberCell, ParsedRow

TODAY = date(2026, 11, 22)
FIRM = "91500236MA00TE5T2K"


def parse(**cells: str) -> ParsedRow:
    return register_row_parse(row_no=2, cells={"name": "演示甲厂", "uscc": FIRM} | cells, today=TODAY)


class TestRows:
    @given(
        cells=st.dictionaries(
            st.sampled_from([column.key for column in COLUMNS]),
            st.text(max_size=30)
            | st.sampled_from([FIRM, "11010519491231002X", "13812345678", "2019-05-06", "注销", "N/A", "500236NA000001X"]),
        )
    )
    def test_any_row_is_either_taken_or_refused_and_tells_no_personal_number(self, cells: dict[str, str]) -> None:
        parsed = register_row_parse(row_no=2, cells=cells, today=TODAY)
        assert (parsed.row is None) != (parsed.refused is None)
        told = [str(parsed.refused), *(note.note for note in parsed.notes)]
        kept = [] if parsed.row is None else [value for value in parsed.row if isinstance(value, str)]
        kept = [value for value in kept if not parsed.row or value not in {parsed.row.uscc, parsed.row.registration_no}]
        assert not any(find_personal_numbers(text) for text in told + kept)

    @pytest.mark.parametrize("column", ["uscc", "registration_no", "previous_uscc", "merged_into_uscc"])
    def test_a_resident_id_in_any_column_of_codes_is_refused_and_not_told(self, column: str) -> None:
        cells = {"name": "演示甲厂", "uscc": FIRM, column: "11010519491231002X"}
        parsed = register_row_parse(row_no=2, cells=cells, today=TODAY)
        assert parsed.row is None
        assert parsed.refused is not None
        assert parsed.refused.reason_code == "resident_id"
        assert "19491231002" not in str(parsed.refused)

    @pytest.mark.parametrize("text", ["2026-11-23", "0999-01-01", "9999-12-31", "2026-02-30", "去年"])
    def test_no_reasonable_day_is_left_out_and_told(self, text: str) -> None:
        parsed = parse(established_date=text)
        assert parsed.row is not None
        assert parsed.row.established_date is None
        assert parsed.notes[0].note_code == "date_left_out"

    def test_day_as_a_serial_number_of_a_spreadsheet(self) -> None:
        parsed = parse(established_date=NumberCell("43591"))
        assert parsed.row is not None
        assert parsed.row.established_date == date(2019, 5, 6)

    def test_unknown_state_is_told_and_not_guessed(self) -> None:
        parsed = parse(status="飞升")
        assert parsed.row is not None
        assert parsed.row.status is None
        assert parsed.notes[0].note_code == "status_left_out"

    def test_code_that_is_a_resident_id_too_counts_only_with_a_right_prefix(self) -> None:
        # Both checks pass by construction: searched for among invented numbers.
        for serial in range(100_000):
            body = f"5002361990010{serial:04d}"[:17]
            candidate = body + domain.uscc_check_char(body)
            if looks_personal(candidate) and domain.uscc_looks_like_resident_id(candidate):
                break
        else:
            pytest.fail("no such number")
        parsed = parse(uscc=candidate)
        assert parsed.refused is not None
        assert parsed.refused.reason_code == "resident_id"
        assert candidate not in str(parsed)

    @pytest.mark.parametrize(
        ("address", "township"),
        [
            ("重庆市奉节县永安街道人和街160号", "永安街道"),
            ("重庆市北碚区歇马镇农云村", "歇马镇"),
            ("奉节县太和土家族乡太和村", "太和土家族乡"),
            ("重庆市江北区五红路13号", ""),
            ("", ""),
        ],
    )
    def test_township_of_an_address(self, address: str, township: str) -> None:
        assert township_from_address(address) == township


class TestHeader:
    def test_any_order_any_of_the_names(self) -> None:
        header = register_header(["*统一社会信用代码 ", "来源年份", "企业名称：", "法定代表人姓名", "联系电话", "备注"])
        assert header is not None
        assert header.positions == {"uscc": 0, "name": 2}
        assert header.personal == ("法定代表人姓名", "联系电话")
        assert header.unused == ("备注",)

    def test_a_row_without_name_or_code_is_no_header(self) -> None:
        assert register_header(["名称", "地址"]) is None
        assert register_header(["统一社会信用代码"]) is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "UNKNOWN"),
        ("1", "ACTIVE"),
        ("存续（在营、开业、在册）", "ACTIVE"),
        ("吊销，未注销", "REVOKED"),
        ("吊销未注销", "REVOKED"),
        ("吊销，已注销", "REVOKED_DEREGISTERED"),
        ("注销", "DEREGISTERED"),
        ("注销中", "ACTIVE"),
        ("撤消", "CANCELLED"),
        ("迁出", "MOVED_OUT"),
        ("歇业", "OTHER"),
    ],
)
def test_registration_states(text: str, status: str) -> None:
    assert domain.registration_status(text) == status
