"""To whom a reported row belongs: questions, answers, and the reasons in words (主体匹配)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from xinheng.kernel.text import blank_to_empty, canonical_code
from xinheng.subjects.domain import codes


class MatchHow(StrEnum):
    """By what a row was attached, in the order in which it is tried; each only if unique."""

    USCC = "USCC"
    REGISTRATION_NO = "REGISTRATION_NO"
    ORGANISATION_CODE = "ORGANISATION_CODE"
    NAME = "NAME"
    FORMER_NAME = "FORMER_NAME"


class Doubt(StrEnum):
    """Why a row was attached to nobody and a person has to decide (存疑原因)."""

    NOT_FOUND = "NOT_FOUND"
    NOT_UNIQUE = "NOT_UNIQUE"
    CODES_DISAGREE = "CODES_DISAGREE"
    NAME_DISAGREES = "NAME_DISAGREES"
    CODE_DISAGREES = "CODE_DISAGREES"
    ESTABLISHED_LATER = "ESTABLISHED_LATER"
    CLOSED_BEFORE = "CLOSED_BEFORE"
    NAME_OF_ANOTHER_THEN = "NAME_OF_ANOTHER_THEN"


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """One reported row: whatever it says about its subject; empty text says nothing."""

    row: int
    uscc: str = ""
    registration_no: str = ""
    organisation_code: str = ""
    name: str = ""
    decision_date: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that may be meant, and why, in words."""

    subject_id: int
    name: str
    uscc: str | None
    why: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Who is meant; or nobody (``subject_id`` is ``None``), why, and who might be."""

    row: int
    subject_id: int | None
    how: MatchHow | None
    doubt: Doubt | None
    reason: str
    candidates: tuple[Candidate, ...] = ()


class CanonicalCodes(NamedTuple):
    """The three codes of a query in canonical form, each where it belongs."""

    uscc: str
    registration_no: str
    organisation_code: str
    is_derived: bool
    """Whether the organisation code was only read out of the USCC."""


MATCHED_REASONS: Final = {
    "USCC": "统一社会信用代码相同",
    "REGISTRATION_NO": "注册号相同且只有一个主体",
    "ORGANISATION_CODE": "组织机构代码（统一社会信用代码第9至17位）相同且只有一个主体",
    "NAME": "名称与唯一一个主体的现用名称相同",
    "FORMER_NAME": "名称是唯一一个主体在决定日期使用的名称，后来改了名",
}
NAME_REASONS: Final = {
    "SAME": "，名称一致",
    "FORMER": "，填报的是该主体的曾用名",
    "SPELLING": "，名称只有书写差别",
    "NONE": "，没有填报名称",
    "": "",
}
DOUBT_REASONS: Final = {
    Doubt.NOT_FOUND: "登记库中没有这个代码，也没有同名的主体；请核对代码和名称，或先补充登记库",
    Doubt.NOT_UNIQUE: "不止一个主体符合；请补填统一社会信用代码，或由人工选定",
    Doubt.CODES_DISAGREE: "填报的几个代码属于不同的主体；请核对后改正",
    Doubt.NAME_DISAGREES: "代码与名称不一致：代码属于“%(name)s”，填报的名称不是它的现用名或曾用名；请核对是代码还是名称写错",
    Doubt.CODE_DISAGREES: "名称与代码不一致：同名主体“%(name)s”登记的代码是%(code)s，与填报的代码不同；请核对是代码还是名称写错",
    Doubt.ESTABLISHED_LATER: "只有名称可比，而同名主体“%(name)s”在决定日期之后才成立；请补填统一社会信用代码，或由人工判断",
    Doubt.CLOSED_BEFORE: "只有名称可比，而同名主体“%(name)s”在决定日期之前已经注销或撤销；请补填统一社会信用代码，或由人工判断",
    Doubt.NAME_OF_ANOTHER_THEN: "这个名称现在属于“%(name)s”，但在决定日期曾属于另一个主体；请补填统一社会信用代码，或由人工选定",
}
CANDIDATE_REASONS: Final = {
    1: "统一社会信用代码相同",
    2: "注册号相同",
    3: "组织机构代码相同",
    4: "现用名称相同",
    5: "在决定日期使用这个名称",
    6: "曾用过这个名称，但使用时间不含决定日期或不详",
}


def canonical_codes(*, uscc: str, registration_no: str, organisation_code: str) -> CanonicalCodes:
    """Return the codes in canonical form; an older code in the USCC's column goes where it belongs.

    The placeholder for "no code" is nothing. Where there is no organisation code, positions 9-17 of the USCC stand in.

    >>> canonical_codes(uscc="500236NA000001X", registration_no="", organisation_code="").registration_no
    '500236NA000001X'
    """
    uscc = blank_to_empty(canonical_code(uscc))
    registration_no = blank_to_empty(canonical_code(registration_no))
    organisation_code = blank_to_empty(codes.organisation_code_canonical(organisation_code))
    if uscc == codes.PLACEHOLDER:
        uscc = ""
    if uscc and len(uscc) != 18:
        looks_old = codes.registration_no_is_plausible(uscc) or (uscc.isdigit() and len(uscc) in {13, 15})
        if not registration_no and looks_old:
            uscc, registration_no = "", uscc
        elif not organisation_code and codes.organisation_code_is_valid(uscc.replace("-", "")):
            uscc, organisation_code = "", uscc.replace("-", "")
    if not uscc and codes.uscc_is_well_formed(registration_no):
        uscc, registration_no = registration_no, ""
    is_derived = organisation_code == "" and codes.uscc_is_well_formed(uscc)
    if is_derived:
        organisation_code = codes.organisation_code_of(uscc)
    return CanonicalCodes(uscc, registration_no, organisation_code, is_derived)


def matched_reason(how: str, name_as: str) -> str:
    """Return in words why a row was attached."""
    return MATCHED_REASONS[how] + NAME_REASONS[name_as]


def doubt_reason(doubt: Doubt, *, name: str, code: str) -> str:
    """Return in words why a row was attached to nobody, naming the organisation that was nearest to it."""
    return DOUBT_REASONS[doubt] % {"name": name, "code": code or "（没有登记）"}
