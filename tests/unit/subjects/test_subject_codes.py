"""Codes of organisations against python-stdnum and against the worked examples of the standards."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from xinheng.subjects import domain

_CHARS = st.sampled_from(domain.ALPHABET)
_DIGITS = st.text(alphabet="0123456789", min_size=6, max_size=6)
_REST = st.text(alphabet=_CHARS, min_size=9, max_size=9)
_BODY = st.builds(
    lambda first, region, rest: first + region + rest, st.sampled_from(["91", "92", "N3", "Y1", "5A"]), _DIGITS, _REST
)
_NEAR_CODE = st.builds(lambda body, last: body + last, _BODY, _CHARS) | _BODY.map(
    lambda body: body + domain.uscc_check_char(body)
)

# Region 500236 and invented identifiers: not issued to anyone as far as is known (standards.md §8.1).
_INVENTED = {
    "91500236MA00TE5T2K": "企业",
    "92500236MA00T5T11R": "个体工商户",
    "93500236000000051N": "农民专业合作社",
    "11500236000000019R": "机关",
    "12500236000000027H": "事业单位",
    "51500236000000035B": "社会团体",
    "525002360000000433": "民办非企业单位",
    "N3500236MF0000013Q": "农村集体经济组织",
}


class TestUscc:
    @given(body=_BODY)
    def test_check_character_is_the_one_python_stdnum_computes(self, body: str) -> None:
        assert domain.uscc_check_char(body) == stdnum_uscc.calc_check_digit(body)

    @given(code=_NEAR_CODE)
    def test_verdict_is_that_of_python_stdnum(self, code: str) -> None:
        # python-stdnum wants digits in positions 1 and 2 and so refuses A1, N1-N3 and Y1 of the standard's table.
        assume(code[:2].isdigit())
        expected = stdnum_uscc.is_valid(code) and code != domain.PLACEHOLDER
        assert domain.uscc_is_valid(code) == expected

    @given(text=st.text(max_size=20))
    def test_any_text_gets_a_verdict_and_valid_means_no_problem(self, text: str) -> None:
        assert not (domain.uscc_is_valid(text) and domain.uscc_problem(text))

    @given(body=_BODY, position=st.integers(0, 17), char=st.sampled_from(domain.ALPHABET))
    def test_one_wrong_character_is_always_found(self, body: str, position: int, char: str) -> None:
        code = body + domain.uscc_check_char(body)
        changed = code[:position] + char + code[position + 1 :]
        assert domain.uscc_is_valid(changed) == (changed == code)

    @pytest.mark.parametrize(("code", "kind"), _INVENTED.items())
    def test_invented_codes_of_each_kind(self, code: str, kind: str) -> None:
        assert domain.uscc_is_valid(code)
        assert domain.subject_kind(code).label == kind
        assert domain.organisation_code_is_valid(domain.organisation_code_of(code))

    @pytest.mark.parametrize("code", ["", "123", "FOOBARFOOBARFOOBAR", "111111111111111111", domain.PLACEHOLDER])
    def test_no_codes(self, code: str) -> None:
        assert not domain.uscc_is_valid(code)
        assert domain.uscc_problem(code)

    def test_placeholder_is_told_as_such(self) -> None:
        assert "占位符" in str(domain.uscc_problem(domain.PLACEHOLDER))

    def test_full_width_and_lower_case_are_read_as_the_same_code(self) -> None:
        assert domain.uscc_problem(" ９1500236ma00te5t2k") is None

    def test_resident_id_is_named_and_not_repeated(self) -> None:
        problem = domain.uscc_problem("11010519491231002X")
        assert problem is not None
        assert "居民身份证" in problem
        assert "1949" not in problem

    @given(body=_BODY)
    def test_complement_slip_is_recognised(self, body: str) -> None:
        right = domain.ALPHABET.index(domain.uscc_check_char(body))
        slipped = body + domain.ALPHABET[-right % 31]
        if domain.uscc_is_well_formed(slipped):
            assert domain.uscc_is_complement_slip(slipped) == (right != 0)

    def test_too_short_a_body_is_a_programming_error(self) -> None:
        with pytest.raises(ValueError, match="17 characters"):
            domain.uscc_check_char("915")


class TestSuggestions:
    @pytest.mark.parametrize(
        "written",
        [
            "9150O236MAOOTE5T2K",
            "9l500236MA00TE5T2K",
            "9I500236MA00TE5T2K",
            "91500236MA00TE5T2K（1-1）",
            "91500236MA00TE5T2K(1/1)",
            "91500236MA00TE5T2K-1",
            "91500236-MA00TE5T-2K",
            "91500236MA00TE5T2K（副本）",
            "9I5OO236MA00TE5T2K（1-1）",
        ],
    )
    def test_what_was_meant_is_suggested(self, written: str) -> None:
        assert domain.uscc_suggestion(written) == "91500236MA00TE5T2K"

    def test_nothing_is_suggested_for_a_right_code_or_for_nonsense(self) -> None:
        assert domain.uscc_suggestion("91500236MA00TE5T2K") is None
        assert domain.uscc_suggestion("FOOBARFOOBARFOOBAR") is None

    @given(text=st.text(alphabet=domain.ALPHABET + "OISLVZ（）()-1lo", max_size=24))
    def test_a_suggestion_is_always_valid_and_never_the_input(self, text: str) -> None:
        suggestion = domain.uscc_suggestion(text)
        assert suggestion is None or (domain.uscc_is_valid(suggestion) and suggestion != text)


class TestOlderCodes:
    def test_organisation_code_of_the_standard(self) -> None:
        assert domain.organisation_code_canonical("MA00TE5T-2") == "MA00TE5T2"
        assert domain.organisation_code_is_valid("MA00TE5T2")
        assert not domain.organisation_code_is_valid("MA00TE5T3")
        assert not domain.organisation_code_is_valid("无")

    def test_a_wrong_body_is_a_programming_error(self) -> None:
        with pytest.raises(ValueError, match="8 digits"):
            domain.organisation_code_check_char("ma00te5t")

    @given(body=st.text(alphabet="0123456789", min_size=14, max_size=14))
    def test_exactly_one_check_digit_fits_a_registration_number(self, body: str) -> None:
        assert sum(domain.registration_no_is_plausible(body + digit) for digit in "0123456789") == 1

    @pytest.mark.parametrize("code", ["500236NA000001X", "5002361100001", "企合渝总字第000001", "企独渝字第0001号"])
    def test_other_forms_of_the_registration_number(self, code: str) -> None:
        assert domain.registration_no_is_plausible(code)

    @pytest.mark.parametrize("code", ["", "无", "（C）460103000699-", "91500236MA00TE5T2", "500236000000000000"])
    def test_no_registration_numbers(self, code: str) -> None:
        assert not domain.registration_no_is_plausible(code)


class TestKinds:
    def test_whatever_says_sole_trader_wins(self) -> None:
        enterprise = "91500236MA00TE5T2K"
        assert domain.subject_kind_from(uscc=enterprise, type_text="个体工商户") is domain.SubjectKind.SOLE_TRADER
        assert domain.subject_kind_from(uscc="", registration_no="500236600000018") is domain.SubjectKind.SOLE_TRADER

    def test_without_a_code_words_decide(self) -> None:
        kind = domain.subject_kind_from
        assert kind(uscc="", registration_no="500236NA000001X") is domain.SubjectKind.COOPERATIVE
        assert kind(uscc="", type_text="个人独资企业") is domain.SubjectKind.ENTERPRISE
        assert kind(uscc="", name="演示云帆有限公司") is domain.SubjectKind.ENTERPRISE
        assert kind(uscc="", name="演示工会") is domain.SubjectKind.OTHER
        assert kind(uscc="91500236MA00TE5T2K", type_text="N/A") is domain.SubjectKind.ENTERPRISE

    def test_every_kind_has_a_chinese_label(self) -> None:
        assert {kind.label for kind in domain.SubjectKind} == set(domain.KIND_LABELS.values())
        assert domain.uscc_prefix_is_known("815002360000000000")
        assert not domain.uscc_prefix_is_known("505002360000000000")
