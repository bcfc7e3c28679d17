"""To whom a reported row belongs. All organisations are invented (region 500236)."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.subjects.domain import Doubt, MatchHow, MatchQuery, MatchResult, uscc_check_char
from xinheng.subjects.models import Subject
from xinheng.subjects.services import match_arrow, match_batch, matching

pytestmark = pytest.mark.django_db

FIRM, TRADER, COOPERATIVE = "91500236MA00TE5T2K", "92500236MA00T5T11R", "93500236000000051N"
REGISTRATION_NO = "500236000001006"


def code(body: str) -> str:
    return body + uscc_check_char(body)


def row(name: str, uscc: str = "", **more: str) -> dict[str, str]:
    return {"企业名称": name, "统一社会信用代码": uscc, **more}


def match(**query: object) -> MatchResult:
    return match_batch(queries=[MatchQuery(row=1, **query)])[0]  # type: ignore[arg-type]


@pytest.fixture
def county(import_rows) -> dict[str, int]:
    """A firm that was renamed, a trader, an old factory, twins of one name, a late founding, a closed one."""
    twin = code("91500236MA0000XX1")
    import_rows(
        row("演示旧名（重庆）食品有限公司", FIRM, 注册号=REGISTRATION_NO, 注册日期="2001-01-01"),
        row("演示诗城面馆", TRADER),
        row("演示老厂", "500236NA000001X"),
        row("演示同名有限公司", twin),
        row("演示同名有限公司", code("91500236MA0000XX2")),
        row("演示后成立有限公司", code("91500236MA0000XX3"), 注册日期="2020-05-05"),
        row("演示已注销有限公司", code("91500236MA0000XX4"), 登记状态="注销", 状态日期="2015-01-01"),
    )
    import_rows(row("演示新名食品有限公司", FIRM, 变更日期="2020-03-01"))
    return {subject.uscc or subject.registration_no: subject.pk for subject in Subject.objects.all()}


class TestOrder:
    def test_by_code(self, county) -> None:
        found = match(uscc=FIRM, name="演示新名食品有限公司")
        assert (found.subject_id, found.how, found.doubt) == (county[FIRM], MatchHow.USCC, None)
        assert found.reason == "统一社会信用代码相同，名称一致"

    def test_by_code_without_a_name(self, county) -> None:
        assert match(uscc=f" {FIRM.lower()}").subject_id == county[FIRM]

    def test_by_registration_number_in_its_column_and_in_the_code_column(self, county) -> None:
        for query in ({"registration_no": REGISTRATION_NO}, {"uscc": REGISTRATION_NO}):
            found = match(name="演示新名食品有限公司", **query)
            assert (found.subject_id, found.how) == (county[FIRM], MatchHow.REGISTRATION_NO)
        assert match(uscc="500236NA000001X", name="演示老厂").how is MatchHow.REGISTRATION_NO

    def test_by_organisation_code_and_by_the_one_inside_a_stale_code(self, county) -> None:
        for query in ({"organisation_code": "MA00TE5T-2"}, {"uscc": code("91500101" + FIRM[8:17])}):
            found = match(name="演示新名食品有限公司", **query)
            assert (found.subject_id, found.how) == (county[FIRM], MatchHow.ORGANISATION_CODE)

    def test_by_current_name_in_any_typography(self, county) -> None:
        found = match(name="演示 新名食品有限公司", decision_date=date(2026, 1, 1))
        assert (found.subject_id, found.how) == (county[FIRM], MatchHow.NAME)

    def test_by_former_name_on_a_day_it_was_in_use(self, county) -> None:
        name = "演示旧名(重庆)食品有限公司"
        assert match(name=name, decision_date=date(2020, 2, 29)).how is MatchHow.FORMER_NAME
        on_the_day = match(name=name, decision_date=date(2020, 3, 1))
        assert on_the_day.doubt is Doubt.NOT_FOUND
        assert "曾用过这个名称" in on_the_day.candidates[0].why
        assert match(name=name).doubt is Doubt.NOT_FOUND

    def test_placeholder_and_blank_marks_say_nothing(self, county) -> None:
        found = match(uscc="00000000000000000X", registration_no="-", name="演示诗城面馆")
        assert (found.subject_id, found.how) == (county[TRADER], MatchHow.NAME)


class TestNameAndCode:
    @pytest.mark.parametrize(
        "name", ["演示旧名（重庆）食品有限公司", "演示旧名重庆食品有限公司", "演示新名食品有眼公司", "演示新名·食品有限公司"]
    )
    def test_known_former_names_and_mere_spelling_are_the_same(self, county, name: str) -> None:
        assert match(uscc=FIRM, name=name, decision_date=date(2026, 1, 1)).subject_id == county[FIRM]

    @pytest.mark.parametrize("name", ["演示新名食品有限责任公司", "演示诗城面馆", "毫不相干"])
    def test_another_name_goes_to_doubt(self, county, name: str) -> None:
        found = match(uscc=FIRM, name=name)
        assert (found.subject_id, found.doubt) == (None, Doubt.NAME_DISAGREES)
        assert "演示新名食品有限公司" in found.reason
        assert found.candidates[0].why == "统一社会信用代码相同"

    def test_name_that_has_another_code_goes_to_doubt(self, county) -> None:
        found = match(uscc=code("91500236MA0000XX9"), name="演示诗城面馆")
        assert found.doubt is Doubt.CODE_DISAGREES
        assert TRADER in found.reason

    def test_codes_of_two_organisations_go_to_doubt(self, county) -> None:
        found = match(uscc=TRADER, registration_no=REGISTRATION_NO)
        assert found.doubt is Doubt.CODES_DISAGREE
        assert {candidate.subject_id for candidate in found.candidates} == {county[TRADER], county[FIRM]}

    def test_old_number_with_the_only_such_name_is_attached(self, county) -> None:
        assert match(uscc="500236000009999", name="演示诗城面馆").how is MatchHow.NAME


class TestDoubt:
    def test_two_of_one_name(self, county) -> None:
        found = match(name="演示同名有限公司")
        assert (found.subject_id, found.doubt) == (None, Doubt.NOT_UNIQUE)
        assert len(found.candidates) == 2
        assert match(name="演示同名有限公司", uscc=code("91500236MA0000XX1")).how is MatchHow.USCC

    def test_founded_after_the_decision(self, county) -> None:
        assert match(name="演示后成立有限公司", decision_date=date(2020, 5, 4)).doubt is Doubt.ESTABLISHED_LATER
        assert match(name="演示后成立有限公司", decision_date=date(2020, 5, 5)).how is MatchHow.NAME

    def test_closed_before_the_decision(self, county) -> None:
        assert match(name="演示已注销有限公司", decision_date=date(2015, 1, 2)).doubt is Doubt.CLOSED_BEFORE
        assert match(name="演示已注销有限公司", decision_date=date(2014, 1, 2)).how is MatchHow.NAME

    def test_name_that_was_another_ones_on_that_day(self, county, import_rows) -> None:
        import_rows(row("演示旧名（重庆）食品有限公司", code("91500236MA0000XX7")))
        found = match(name="演示旧名(重庆)食品有限公司", decision_date=date(2019, 1, 1))
        assert found.doubt is Doubt.NAME_OF_ANOTHER_THEN
        assert len(found.candidates) == 2
        assert match(name="演示旧名(重庆)食品有限公司", decision_date=date(2021, 1, 1)).how is MatchHow.NAME

    def test_a_similar_name_is_listed_and_never_attached(self, county) -> None:
        found = match(name="演示诗城面官")
        assert (found.subject_id, found.how, found.doubt) == (None, None, Doubt.NOT_FOUND)
        assert found.candidates[0].subject_id == county[TRADER]
        assert found.candidates[0].why == "名称相近，相差1个字"

    def test_nothing_said_is_nobody(self, county) -> None:
        assert match().doubt is Doubt.NOT_FOUND


class TestOverTime:
    def test_former_code_still_names_its_bearer(self, county, import_rows) -> None:
        new_code = code("92500236MA0000XX8")
        import_rows(row("演示诗城面馆", new_code, 原统一社会信用代码=TRADER))
        assert match(uscc=TRADER, name="演示诗城面馆").subject_id == match(uscc=new_code).subject_id == county[TRADER]

    def test_merged_twins_are_one(self, county, import_rows) -> None:
        one, two = code("91500236MA0000XX1"), code("91500236MA0000XX2")
        import_rows(row("演示同名有限公司", two, 并入主体代码=one))
        assert match(name="演示同名有限公司").subject_id == county[one]
        assert match(uscc=two).subject_id == county[two]


class TestBatch:
    def test_table_without_some_columns_and_an_empty_one(self, county) -> None:
        answer = match_arrow(table=pa.table({"row": [7, 5], "name": ["演示诗城面馆", None]}))
        assert answer["row"].to_pylist() == [5, 7]
        assert answer["subject_id"].to_pylist() == [None, county[TRADER]]
        assert answer["is_sole_trader"].to_pylist() == [None, True]
        assert match_arrow(table=pa.table({"row": pa.array([], pa.int64())})).num_rows == 0

    def test_a_large_file_is_answered_in_portions_as_at_once(self, county, monkeypatch) -> None:
        table = pa.table(
            {
                "row": [9, 3, 7, 1, 5],
                "uscc": [FIRM, None, "", TRADER, FIRM],
                "name": [
                    "演示新名食品有限公司",
                    "演示同名有限公司",
                    "演示新名食品有限公卸",
                    "演示老厂",
                    "演示旧名(重庆)食品有限公司",
                ],
            }
        )
        at_once = match_arrow(table=table)
        monkeypatch.setattr(matching, "_ROWS_AT_ONCE", 2)
        assert match_arrow(table=table).equals(at_once)
        assert at_once["row"].to_pylist() == [1, 3, 5, 7, 9]
        assert at_once["doubt"].to_pylist() == ["NAME_DISAGREES", "NOT_UNIQUE", None, "NOT_FOUND", None]

    def test_twice_in_one_transaction(self, county) -> None:
        assert match(uscc=FIRM) == match(uscc=FIRM)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        asked=st.lists(
            st.builds(
                dict,
                uscc=st.sampled_from(["", FIRM, TRADER, COOPERATIVE, REGISTRATION_NO, code("91500101" + FIRM[8:17]), 'x,"y']),
                registration_no=st.sampled_from(["", "", REGISTRATION_NO, "500236NA000001X"]),
                organisation_code=st.sampled_from(["", "", "MA00TE5T2"]),
                name=st.sampled_from(
                    ["", "演示诗城面馆", "演示新名食品有限公司", "演示旧名（重庆）食品有限公司", "演示同名有限公司", "生\n人"]
                ),
                decision_date=st.sampled_from([None, date(2019, 1, 1), date(2026, 1, 1), date(9999, 1, 1)]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_a_batch_gives_the_answers_of_its_rows_one_by_one(self, county, asked) -> None:
        together = match_batch(queries=[MatchQuery(row=number, **query) for number, query in enumerate(asked)])
        alone = tuple(match_batch(queries=[MatchQuery(row=number, **query)])[0] for number, query in enumerate(asked))
        assert together == alone
        assert all((result.subject_id is None) == (result.doubt is not None) for result in together)
