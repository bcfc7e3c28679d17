"""In which order the keys of a row are tried, and where each stops. All organisations are invented."""

from datetime import date

import pyarrow as pa
import pytest
from tests.factories.records import make_subject

from xinheng.subjects.domain import uscc_check_char
from xinheng.subjects.domain.matching import Candidate, Doubt, MatchHow, MatchQuery, MatchResult
from xinheng.subjects.models import Subject
from xinheng.subjects.services import match_batch, matching
from xinheng.subjects.services.matching import RESULT_SCHEMA, match_arrow

pytestmark = pytest.mark.django_db


def code(body: str) -> str:
    return body + uscc_check_char(body)


FIRM, TRADER = code("91500236MA00TE5T2"), code("92500236MA00T5T11")
OTHER, CLOSED = code("91500236MA0000XX3"), code("91500236MA0000XX4")
FIRM_NO, OTHER_NO = "500236000001006", "500236000001014"
FIRM_NAME, OTHER_NAME, TRADER_NAME = "演示新名食品有限公司", "演示另一有限公司", "演示诗城面馆"
OLD_NAME = "演示旧名食品有限公司"
EVERYTHING = {
    "uscc": FIRM,
    "registration_no": FIRM_NO,
    "organisation_code": FIRM[8:17],
    "name": FIRM_NAME,
    "decision_date": date(2026, 1, 1),
}


def row(name: str, uscc: str = "", **more: str) -> dict[str, str]:
    return {"企业名称": name, "统一社会信用代码": uscc, **more}


def match(**query: object) -> MatchResult:
    return match_batch(queries=[MatchQuery(row=1, **query)])[0]  # type: ignore[arg-type]


@pytest.fixture
def county(import_rows) -> dict[str, int]:
    """A firm that was renamed, another firm, a trader."""
    import_rows(
        row(OLD_NAME, FIRM, 注册号=FIRM_NO, 注册日期="2001-01-01"),
        row(OTHER_NAME, OTHER, 注册号=OTHER_NO, 注册日期="2002-02-02"),
        row(TRADER_NAME, TRADER),
    )
    import_rows(row(FIRM_NAME, FIRM, 变更日期="2020-03-01"))
    return {subject.uscc: subject.pk for subject in Subject.objects.all()}


class TestFirstKeyThatMatches:
    """All keys of one organisation: the first one is named, then the next, down to the name."""

    @pytest.mark.parametrize(
        ("without", "how", "reason"),
        [
            ((), MatchHow.USCC, "统一社会信用代码相同，名称一致"),
            (("uscc",), MatchHow.REGISTRATION_NO, "注册号相同且只有一个主体，名称一致"),
            (
                ("uscc", "registration_no"),
                MatchHow.ORGANISATION_CODE,
                "组织机构代码（统一社会信用代码第9至17位）相同且只有一个主体，名称一致",
            ),
            (("uscc", "registration_no", "organisation_code"), MatchHow.NAME, "名称与唯一一个主体的现用名称相同"),
        ],
    )
    def test_of_one_organisation(self, county, without, how, reason) -> None:
        found = match(**{key: value for key, value in EVERYTHING.items() if key not in without})
        assert (found.subject_id, found.how, found.reason) == (county[FIRM], how, reason)
        assert (found.doubt, found.candidates) == (None, ())

    def test_the_former_name_last(self, county) -> None:
        found = match(name=OLD_NAME, decision_date=date(2010, 1, 1))
        assert (found.subject_id, found.how) == (county[FIRM], MatchHow.FORMER_NAME)
        assert found.reason == "名称是唯一一个主体在决定日期使用的名称，后来改了名"

    def test_a_current_name_goes_before_a_former_one(self, county, import_rows) -> None:
        taken = code("91500236MA0000XX8")
        import_rows(row("演示取名前有限公司", taken))
        import_rows(row(OLD_NAME, taken, 变更日期="2019-01-01"))
        found = match(name=OLD_NAME, decision_date=date(2019, 6, 1))
        assert (found.how, found.subject_id) == (MatchHow.NAME, Subject.objects.get(uscc=taken).pk)

    def test_a_former_name_does_not_decide_between_several_that_bear_it_now(self, county, import_rows) -> None:
        import_rows(row(OLD_NAME, code("91500236MA0000XX8")), row(OLD_NAME, code("91500236MA0000XX9")))
        found = match(name=OLD_NAME, decision_date=date(2010, 1, 1))
        assert (found.subject_id, found.doubt, len(found.candidates)) == (None, Doubt.NOT_UNIQUE, 3)

    def test_an_organisation_code_with_a_former_name(self, county) -> None:
        found = match(organisation_code=FIRM[8:17], name=OLD_NAME)
        assert (found.subject_id, found.how) == (county[FIRM], MatchHow.ORGANISATION_CODE)

    @pytest.mark.parametrize(
        ("said", "name_as"),
        [("", "，没有填报名称"), (OLD_NAME, "，填报的是该主体的曾用名"), ("演示新名食品有眼公司", "，名称只有书写差别")],
    )
    def test_a_code_with_a_name_that_is_no_other(self, county, said, name_as) -> None:
        assert match(uscc=FIRM, name=said).reason == f"统一社会信用代码相同{name_as}"


class TestCodesDisagree:
    @pytest.mark.parametrize(
        "query",
        [
            {"uscc": TRADER, "registration_no": FIRM_NO},
            {"uscc": TRADER, "organisation_code": FIRM[8:17]},
            {"registration_no": OTHER_NO, "organisation_code": FIRM[8:17]},
            {"uscc": TRADER, "registration_no": FIRM_NO, "name": TRADER_NAME},
        ],
    )
    def test_goes_to_doubt_and_the_stronger_key_stands_first(self, county, query) -> None:
        found = match(**query)
        assert (found.subject_id, found.how, found.doubt) == (None, None, Doubt.CODES_DISAGREE)
        first = county[TRADER] if "uscc" in query else county[OTHER]
        assert [candidate.subject_id for candidate in found.candidates] == [first, county[FIRM]]
        assert found.reason == "填报的几个代码属于不同的主体；请核对后改正"

    def test_an_organisation_code_that_two_bear_agrees_where_one_is_meant(self, county) -> None:
        make_subject(name="演示分支机构", organisation_code=FIRM[8:17])
        assert match(uscc=FIRM, organisation_code=FIRM[8:17]).how is MatchHow.USCC
        found = match(organisation_code=FIRM[8:17])
        assert (found.doubt, len(found.candidates)) == (Doubt.NOT_UNIQUE, 2)
        assert {candidate.why for candidate in found.candidates} == {"组织机构代码相同"}

    def test_a_former_name_of_another_day_does_not_decide_between_two_with_one_code(self, county) -> None:
        make_subject(name="演示分支机构", organisation_code=FIRM[8:17])
        found = match(organisation_code=FIRM[8:17], name=OLD_NAME, decision_date=date(2021, 1, 1))
        assert (found.subject_id, found.doubt, len(found.candidates)) == (None, Doubt.NOT_UNIQUE, 2)


class TestNameAgainstCodes:
    """A name alone is not enough where the row says a code that the register contradicts."""

    @pytest.mark.parametrize(
        "query",
        [
            {"uscc": code("91500236MA0000XX9")},
            {"registration_no": "500236000009999"},
            {"organisation_code": "MA0000XX-9"},
            {"uscc": "12345678901234"},
        ],
    )
    def test_current_name(self, county, query) -> None:
        if "organisation_code" in query:
            query = {"organisation_code": code("91500236MA0000XX9")[8:17]}
        found = match(name=FIRM_NAME, **query)
        assert (found.subject_id, found.doubt) == (None, Doubt.CODE_DISAGREES)
        assert found.reason == (
            f"名称与代码不一致：同名主体“{FIRM_NAME}”登记的代码是{FIRM}，与填报的代码不同；请核对是代码还是名称写错"
        )
        assert found.candidates == (Candidate(county[FIRM], FIRM_NAME, FIRM, "现用名称相同"),)

    def test_former_name(self, county) -> None:
        found = match(name=OLD_NAME, decision_date=date(2010, 1, 1), uscc=code("91500236MA0000XX9"))
        assert (found.doubt, found.candidates[0].why) == (Doubt.CODE_DISAGREES, "在决定日期使用这个名称")

    def test_a_subject_without_a_code_says_so(self, county) -> None:
        make_subject(name="演示无码厂", registration_no="500236000005555")
        found = match(name="演示无码厂", registration_no="500236000009999")
        assert "登记的代码是（没有登记）" in found.reason

    @pytest.mark.parametrize("query", [{"uscc": FIRM}, {"registration_no": FIRM_NO}, {"organisation_code": FIRM[8:17]}])
    def test_another_s_name_with_any_code(self, county, query) -> None:
        found = match(name=OTHER_NAME, **query)
        assert (found.subject_id, found.doubt) == (None, Doubt.NAME_DISAGREES)
        assert [candidate.subject_id for candidate in found.candidates] == [county[FIRM], county[OTHER]]
        assert f"代码属于“{FIRM_NAME}”" in found.reason


class TestDays:
    """Names and states count on the day of the decision."""

    @pytest.mark.parametrize(
        ("decided", "how"),
        [
            (date(2019, 12, 31), None),
            (date(2020, 1, 1), MatchHow.FORMER_NAME),
            (date(2020, 2, 29), MatchHow.FORMER_NAME),
            (date(2020, 3, 1), None),
            (None, None),
        ],
    )
    def test_a_former_name_from_its_first_through_its_last_day(self, county, import_rows, decided, how) -> None:
        for name, since in (("演示先名厂", ""), ("演示中名厂", "2020-01-01"), ("演示后名厂", "2020-03-01")):
            import_rows(row(name, CLOSED, 变更日期=since))
        found = match(name="演示中名厂", decision_date=decided)
        assert found.how is how
        if how is None:
            assert found.doubt is Doubt.NOT_FOUND
            assert [candidate.why for candidate in found.candidates] == ["曾用过这个名称，但使用时间不含决定日期或不详"]

    def test_a_former_name_since_nobody_knows_when(self, county, import_rows) -> None:
        import_rows(row("演示早年面馆", code("92500236MA0000XX5")))
        import_rows(row("演示今日面馆", code("92500236MA0000XX5"), 变更日期="2020-03-01"))
        assert match(name="演示早年面馆", decision_date=date(1990, 1, 1)).how is MatchHow.FORMER_NAME
        assert match(name="演示早年面馆", decision_date=date(2020, 3, 1)).doubt is Doubt.NOT_FOUND

    @pytest.mark.parametrize(
        ("state", "closed"), [("注销", True), ("撤销", True), ("吊销，已注销", True), ("吊销，未注销", False), ("迁出", False)]
    )
    def test_closed_before_the_decision(self, county, import_rows, state, closed) -> None:
        import_rows(row("演示停业有限公司", CLOSED, 登记状态=state, 状态日期="2015-01-01"))
        after = match(name="演示停业有限公司", decision_date=date(2015, 1, 2))
        assert (after.doubt is Doubt.CLOSED_BEFORE) is closed
        assert match(name="演示停业有限公司", decision_date=date(2015, 1, 1)).how is MatchHow.NAME
        assert match(uscc=CLOSED, decision_date=date(2015, 1, 2)).how is MatchHow.USCC
        assert match(name="演示停业有限公司").how is MatchHow.NAME

    def test_closed_before_the_decision_by_a_former_name(self, county, import_rows) -> None:
        import_rows(row("演示停业前有限公司", CLOSED, 注册日期="2001-01-01"))
        import_rows(row("演示停业后有限公司", CLOSED, 变更日期="2020-03-01", 登记状态="注销", 状态日期="2015-01-01"))
        assert match(name="演示停业前有限公司", decision_date=date(2016, 1, 1)).doubt is Doubt.CLOSED_BEFORE
        assert match(name="演示停业前有限公司", decision_date=date(2014, 1, 1)).how is MatchHow.FORMER_NAME

    def test_a_state_that_is_over_does_not_count(self, county, import_rows) -> None:
        import_rows(row("演示复业有限公司", CLOSED, 登记状态="注销", 状态日期="2015-01-01"))
        import_rows(row("演示复业有限公司", CLOSED, 登记状态="存续", 状态日期="2018-01-01"))
        assert match(name="演示复业有限公司", decision_date=date(2019, 1, 1)).how is MatchHow.NAME

    @pytest.mark.parametrize(
        ("decided", "how"),
        [
            (date(2019, 5, 31), None),
            (date(2019, 6, 1), MatchHow.NAME),
            (date(2019, 6, 2), MatchHow.NAME),
            (date(2020, 3, 1), MatchHow.NAME),
        ],
    )
    def test_a_name_that_two_bore_on_the_day_is_its_bearer_s_now(self, county, import_rows, decided, how) -> None:
        import_rows(row("演示取名前有限公司", code("91500236MA0000XX7")))
        import_rows(row(OLD_NAME, code("91500236MA0000XX7"), 变更日期="2019-06-01"))
        assert match(name=OLD_NAME, decision_date=decided).how is how

    def test_a_name_that_only_another_bore_on_the_day(self, county, import_rows) -> None:
        import_rows(row(OLD_NAME, code("91500236MA0000XX7")))
        found = match(name=OLD_NAME, decision_date=date(2019, 6, 1))
        assert found.doubt is Doubt.NAME_OF_ANOTHER_THEN
        assert found.reason.startswith(f"这个名称现在属于“{OLD_NAME}”，但在决定日期曾属于另一个主体")
        assert [candidate.why for candidate in found.candidates] == ["现用名称相同", "在决定日期使用这个名称"]
        by_code = match(uscc=code("91500236MA0000XX7"), name=OLD_NAME, decision_date=date(2019, 6, 1))
        assert by_code.how is MatchHow.USCC, "a code says whose name it is"

    def test_a_decision_of_the_founding_day(self, county) -> None:
        assert match(name=OTHER_NAME, decision_date=date(2002, 2, 2)).how is MatchHow.NAME
        assert match(name=OTHER_NAME, decision_date=date(2002, 2, 1)).doubt is Doubt.ESTABLISHED_LATER

    def test_founded_later_goes_before_every_other_doubt_of_a_name(self, county, import_rows) -> None:
        import_rows(row(OLD_NAME, code("91500236MA0000XX7"), 注册日期="2019-06-01"))
        assert match(name=OLD_NAME, decision_date=date(2019, 5, 31)).doubt is Doubt.ESTABLISHED_LATER


class TestMergedAndFormerCodes:
    def test_merged_organisations_are_one_by_name_and_keep_their_own_codes(self, county) -> None:
        survivor = make_subject(name="演示合并有限公司", uscc=code("91500236MA0000XX1"))
        merged = make_subject(name="演示合并有限公司", uscc=code("91500236MA0000XX2"), merged_into_id=survivor)
        assert match(name="演示合并有限公司").subject_id == survivor
        assert match(uscc=code("91500236MA0000XX2")).subject_id == merged
        assert match(uscc=code("91500236MA0000XX2"), name="演示合并有限公司").subject_id == merged
        both = match(uscc=code("91500236MA0000XX1"), organisation_code=code("91500236MA0000XX2")[8:17])
        assert both.how is MatchHow.USCC

    def test_a_code_that_has_a_new_bearer_is_the_new_bearer_s(self, county, import_rows) -> None:
        new_code = code("92500236MA0000XX8")
        import_rows(row(TRADER_NAME, new_code, 原统一社会信用代码=TRADER))
        heir = make_subject(name="演示后来人", uscc=TRADER)
        assert match(uscc=TRADER).subject_id == heir
        assert match(uscc=new_code).subject_id == county[TRADER]

    def test_a_former_code_goes_by_its_code(self, county, import_rows) -> None:
        import_rows(row(TRADER_NAME, code("92500236MA0000XX8"), 原统一社会信用代码=TRADER))
        found = match(uscc=TRADER)
        assert (found.subject_id, found.how) == (county[TRADER], MatchHow.USCC)


class TestCandidates:
    def test_at_most_five_the_nearest_first(self, county) -> None:
        made = [make_subject(name="演示同名厂", uscc=code(f"91500236MA000000{n}")) for n in range(6)]
        found = match(name="演示同名厂")
        assert [candidate.subject_id for candidate in found.candidates] == made[:5]
        assert found.doubt is Doubt.NOT_UNIQUE
        assert found.candidates[0] == Candidate(made[0], "演示同名厂", code("91500236MA0000000"), "现用名称相同")

    def test_the_nearest_key_is_told_once(self, county) -> None:
        found = match(uscc=TRADER, registration_no=FIRM_NO, name=FIRM_NAME)
        assert [(candidate.subject_id, candidate.why) for candidate in found.candidates] == [
            (county[TRADER], "统一社会信用代码相同"),
            (county[FIRM], "注册号相同"),
        ]

    def test_a_similar_name_is_told_whole(self, county) -> None:
        assert match(name="演示诗城面官").candidates == (Candidate(county[TRADER], TRADER_NAME, TRADER, "名称相近，相差1个字"),)

    def test_similar_names_are_looked_up_for_so_many_rows_only(self, county) -> None:
        table = pa.table({"row": [1, 2, 3], "name": ["演示诗城面官", "演示诗城面管", "演示诗城面宫"]})
        listed = [len(found) for found in match_arrow(table=table, fuzzy_rows=2)["candidates"].to_pylist()]
        assert listed == [1, 1, 0]
        assert [len(found) for found in match_arrow(table=table, fuzzy_rows=0)["candidates"].to_pylist()] == [0, 0, 0]

    def test_rows_with_candidates_of_their_own_take_nobody_s_turn(self, county) -> None:
        table = pa.table({"row": [1, 2, 3], "uscc": [FIRM, FIRM, None], "name": [OTHER_NAME, OTHER_NAME, "演示诗城面官"]})
        listed = [len(found) for found in match_arrow(table=table, fuzzy_rows=1)["candidates"].to_pylist()]
        assert listed == [2, 2, 1]


class TestTable:
    def test_answers_say_their_row(self, county) -> None:
        found = match_batch(queries=[MatchQuery(row=7, uscc=FIRM), MatchQuery(row=3, uscc=TRADER)])
        assert [(one.row, one.subject_id) for one in found] == [(3, county[TRADER]), (7, county[FIRM])]

    def test_every_column_of_the_answer(self, county) -> None:
        table = pa.table(
            {
                "row": [9, 3, 7],
                "uscc": [TRADER, FIRM, None],
                "registration_no": pa.array([None, OTHER_NO, None], pa.string()),
                "name": [TRADER_NAME, None, None],
            }
        )
        answer = match_arrow(table=table).to_pylist()
        assert [row["row"] for row in answer] == [3, 7, 9]
        assert {key: answer[2][key] for key in answer[2] if key not in {"reason", "candidates"}} == {
            "row": 9,
            "subject_id": county[TRADER],
            "how": "USCC",
            "doubt": None,
            "registered_name": TRADER_NAME,
            "registered_uscc": TRADER,
            "is_sole_trader": True,
        }
        assert {key: answer[0][key] for key in answer[0] if key not in {"reason", "candidates"}} == {
            "row": 3,
            "subject_id": None,
            "how": None,
            "doubt": "CODES_DISAGREE",
            "registered_name": None,
            "registered_uscc": None,
            "is_sole_trader": None,
        }
        assert [candidate["name"] for candidate in answer[0]["candidates"]] == [FIRM_NAME, OTHER_NAME]
        assert answer[1]["doubt"] == "NOT_FOUND"
        assert match_arrow(table=table.slice(1, 1)).to_pylist() == answer[:1]

    @pytest.mark.parametrize("uscc", [FIRM, CLOSED])
    def test_the_answer_has_its_types_whether_all_rows_are_matched_or_none(self, county, uscc) -> None:
        answer = match_arrow(table=pa.table({"row": [1], "uscc": [uscc]}))
        assert answer.schema == RESULT_SCHEMA
        assert answer["candidates"].to_pylist() == [[]]

    def test_one_of_another_kind_is_no_sole_trader(self, county) -> None:
        assert match_arrow(table=pa.table({"row": [1], "uscc": [FIRM]}))["is_sole_trader"].to_pylist() == [False]

    def test_rows_judged_a_few_at_a_time_are_answered_like_all_at_once(self, county, monkeypatch) -> None:
        table = pa.table(
            {
                "row": [5, 1, 4, 2, 3],
                "uscc": [TRADER, FIRM, None, None, TRADER],
                "registration_no": pa.array([None, OTHER_NO, None, None, None], pa.string()),
                "name": [None, None, "演示诗城面官", OTHER_NAME, FIRM_NAME],
            }
        )
        at_once = match_arrow(table=table)
        assert [row["row"] for row in at_once.to_pylist()] == [1, 2, 3, 4, 5]
        for size in (1, 2, 4):
            monkeypatch.setattr(matching, "_ROWS_AT_ONCE", size)
            assert match_arrow(table=table).to_pylist() == at_once.to_pylist(), size
            assert match_arrow(table=table).schema == at_once.schema

    def test_many_rows_are_answered_like_one(self, county) -> None:
        names = [FIRM_NAME, OTHER_NAME, TRADER_NAME]
        table = pa.table({"row": list(range(1, 1201)), "name": [names[n % 3] for n in range(1200)]})
        found = match_arrow(table=table)["subject_id"].to_pylist()
        assert found == [county[(FIRM, OTHER, TRADER)[n % 3]] for n in range(1200)]
