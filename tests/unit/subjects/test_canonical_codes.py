"""Codes as people put them into columns, each where it belongs. All codes are invented."""

import pytest

from xinheng.subjects.domain import uscc_check_char
from xinheng.subjects.domain.matching import canonical_codes


def code(body: str) -> str:
    return body + uscc_check_char(body)


FIRM, OTHER = code("91500236MA00TE5T2"), code("91500236MA0000XX3")
FIRM_NO, OTHER_NO = "500236000001006", "500236000001014"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("", "", ""), ("", "", "", False)),
        ((FIRM, "", ""), (FIRM, "", FIRM[8:17], True)),
        ((f" {FIRM.lower()} ", "", ""), (FIRM, "", FIRM[8:17], True)),
        ((FIRM, FIRM_NO, "MA00TE5T-2"), (FIRM, FIRM_NO, "MA00TE5T2", False)),
        (("00000000000000000X", FIRM_NO, ""), ("", FIRM_NO, "", False)),
        (("无", "-", "/"), ("", "", "", False)),
        ((FIRM_NO, "", ""), ("", FIRM_NO, "", False)),
        (("5002361100001", "", ""), ("", "5002361100001", "", False)),
        (("000000000000019", "", ""), ("", "000000000000019", "", False)),
        (("5002360000010061", "", ""), ("5002360000010061", "", "", False)),
        (("500236NA000001X", "", ""), ("", "500236NA000001X", "", False)),
        ((FIRM_NO, OTHER_NO, ""), (FIRM_NO, OTHER_NO, "", False)),
        (("MA00TE5T-2", "", ""), ("", "", "MA00TE5T2", False)),
        (("MA00TE5T2", FIRM_NO, ""), ("", FIRM_NO, "MA00TE5T2", False)),
        (("MA00TE5T2", "", "MA0000XX3"), ("MA00TE5T2", "", "MA0000XX3", False)),
        (("MA00TE5T3", "", ""), ("MA00TE5T3", "", "", False)),
        (("12345678901234", "", ""), ("12345678901234", "", "", False)),
        (("", FIRM, ""), (FIRM, "", FIRM[8:17], True)),
        ((OTHER, FIRM, ""), (OTHER, FIRM, OTHER[8:17], True)),
        ((FIRM[:17] + "L", "", ""), (FIRM[:17] + "L", "", FIRM[8:17], True)),
    ],
)
def test_each_goes_where_it_belongs(written, expected) -> None:
    uscc, registration_no, organisation_code = written
    found = canonical_codes(uscc=uscc, registration_no=registration_no, organisation_code=organisation_code)
    assert tuple(found) == expected
