"""Search by any part of a name, code, former name. All organisations are invented (region 500236)."""

from datetime import date

import pytest

from xinheng.subjects import errors
from xinheng.subjects.domain import SubjectKind, uscc_check_char
from xinheng.subjects.domain.names import bigrams, name_core, search_bigrams
from xinheng.subjects.selectors import (
    irregular_codes,
    search,
    similar_subjects,
    subject_by_code,
    subject_get,
    subject_history,
    subject_kinds,
    subject_lineage,
    subject_search,
    subjects_count,
)

pytestmark = pytest.mark.django_db

FIRM, TRADER, COOPERATIVE = "91500236MA00TE5T2K", "92500236MA00T5T11R", "93500236000000051N"


def code(body: str) -> str:
    return body + uscc_check_char(body)


def row(name: str, uscc: str = "", **more: str) -> dict[str, str]:
    return {"企业名称": name, "统一社会信用代码": uscc, **more}


@pytest.fixture
def county(import_rows) -> None:
    import_rows(
        row("演示夔门云帆食品有限公司", FIRM, 注册地址="奉节县永安街道1号", 登记状态="存续"),
        row("演示云帆面馆", TRADER, 注册地址="奉节县草堂镇2号"),
        row("云帆（演示）脐橙专业合作社", COOPERATIVE),
        row("演示百分%号_厂", "500236NA000001X"),
    )


def names(**query) -> list[str]:
    return [hit.subject.name for hit in subject_search(**query).hits]


class TestSearch:
    def test_two_characters_from_anywhere_prefix_first_then_short(self, county) -> None:
        assert names(query="云帆") == ["云帆（演示）脐橙专业合作社", "演示云帆面馆", "演示夔门云帆食品有限公司"]
        found = subject_search(query="云帆")
        assert (found.total, found.too_common) == (3, False)
        assert [hit.why for hit in found.hits] == ["名称"] * 3
        assert not any(hit.exact for hit in found.hits)

    def test_full_name_is_exact_in_any_typography(self, county) -> None:
        hit = subject_search(query="云帆(演示) 脐橙专业合作社").hits[0]
        assert hit.exact

    def test_characters_must_be_neighbours(self, county) -> None:
        assert names(query="云帆食品") == ["演示夔门云帆食品有限公司"]
        assert names(query="夔门食品") == []

    def test_wildcards_are_plain_characters(self, county) -> None:
        assert names(query="百分%号") == ["演示百分%号_厂"]
        assert names(query="%号") == ["演示百分%号_厂"]
        assert names(query="演%") == []

    def test_by_code_and_by_its_beginning(self, county) -> None:
        assert names(query=FIRM.lower()) == ["演示夔门云帆食品有限公司"]
        assert subject_search(query=FIRM).hits[0].exact
        prefix = subject_search(query="91500236").hits
        assert [(hit.subject.shown_code, hit.why, hit.exact) for hit in prefix] == [(FIRM, "代码", False)]
        assert names(query="MA00TE5T-2") == ["演示夔门云帆食品有限公司"]
        assert names(query="500236NA000001X") == ["演示百分%号_厂"]

    def test_by_former_name_and_former_code(self, county, import_rows) -> None:
        new_code = code("91500236MA5Y00XX9")
        import_rows(row("演示瞿塘食品有限公司", new_code, 原统一社会信用代码=FIRM, 变更日期="2026-01-01"))
        hit = subject_search(query="夔门云帆").hits[0]
        assert (hit.subject.name, hit.why) == ("演示瞿塘食品有限公司", "曾用名“演示夔门云帆食品有限公司”")
        assert subject_search(query=FIRM).hits[0].why == f"原代码{FIRM}"

    def test_merged_is_found_as_the_one_it_was_merged_into(self, county, import_rows) -> None:
        import_rows(row("演示云帆面馆", TRADER, 并入主体代码=FIRM))
        hit = subject_search(query="云帆面馆").hits[0]
        assert (hit.subject.shown_code, hit.why) == (FIRM, "已并入的“演示云帆面馆”")

    def test_filters(self, county) -> None:
        assert names(query="云帆", kind="SOLE_TRADER") == ["演示云帆面馆"]
        assert names(query="云帆", township="永安街道") == ["演示夔门云帆食品有限公司"]
        assert names(query="云帆", status="ACTIVE", kind="SOLE_TRADER") == []

    @pytest.mark.parametrize("query", ["", "云", " 云 ", "·"])
    def test_too_short(self, query: str) -> None:
        with pytest.raises(errors.SearchTextTooShort, match="两个字"):
            subject_search(query=query)

    def test_legal_form_alone_is_too_common(self, county) -> None:
        found = subject_search(query="有限公司")
        assert (found.hits, found.total, found.too_common) == ((), None, True)

    def test_common_text_lists_exact_and_beginning_names_only(self, county, monkeypatch) -> None:
        monkeypatch.setattr(search, "COMMON_FROM", 2)
        found = subject_search(query="云帆")
        assert found.too_common
        assert [hit.subject.shown_code for hit in found.hits] == [COOPERATIVE]

    def test_limit(self, county) -> None:
        found = subject_search(query="云帆", limit=1)
        assert (len(found.hits), found.total) == (1, 3)


class TestOneSubject:
    def test_by_any_code(self, county, import_rows) -> None:
        for written in (FIRM, FIRM.lower(), "MA00TE5T-2"):
            found = subject_by_code(code=written)
            assert found is not None
            assert found.uscc == FIRM
        assert subject_by_code(code="没有") is None
        assert subjects_count() == 4

    def test_history_lineage_and_kinds(self, county, import_rows) -> None:
        trader, firm = subject_by_code(code=TRADER), subject_by_code(code=FIRM)
        assert trader is not None
        assert firm is not None
        assert subject_kinds(subject_ids=[trader.pk, 0]) == {trader.pk: SubjectKind.SOLE_TRADER}
        import_rows(row("演示新面馆", TRADER, 变更日期="2026-01-01", 注册地址="奉节县永安街道9号"))
        lines = {(line.label, line.value, line.valid_to) for line in subject_history(subject_id=trader.pk)}
        assert ("曾用名", "演示云帆面馆", date(2026, 1, 1)) in lines
        assert ("原住所", "草堂镇", date(2026, 1, 1)) in lines
        import_rows(row("演示新面馆", TRADER, 并入主体代码=FIRM, 状态日期="2026-02-02"))
        assert subject_lineage(subject_id=firm.pk) == subject_lineage(subject_id=trader.pk) == (firm.pk, trader.pk)
        assert subject_get(subject_id=trader.pk) == firm
        assert subject_get(subject_id=0) is None
        assert subject_lineage(subject_id=0) == ()

    def test_irregular_codes_are_the_registered_ones(self, county, import_rows) -> None:
        assert irregular_codes() == frozenset()
        import_rows(row("演示丙厂", FIRM[:12] + "TE6T2K"))
        assert irregular_codes() == {FIRM[:12] + "TE6T2K"}


class TestSimilar:
    def test_nearest_first_with_words(self, county) -> None:
        found = similar_subjects(name="演示夔门云凡食品有限公司")
        assert found[0].uscc == FIRM
        assert found[0].why == "名称相近，相差1个字"
        assert similar_subjects(name="") == ()

    def test_core_of_a_name(self) -> None:
        assert name_core("有限公司") == "有限公司"
        assert search_bigrams("有限公司") == []
        assert bigrams("一") == []
