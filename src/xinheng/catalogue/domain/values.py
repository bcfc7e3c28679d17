"""Closed vocabularies of the catalogue (目录用语)."""

from enum import StrEnum


class Confidence(StrEnum):
    """How far a number, term or clause may be trusted (P1); said wherever it is shown."""

    VERIFIED = "VERIFIED"
    SOURCED = "SOURCED"
    PROVISIONAL = "PROVISIONAL"

    @property
    def label(self) -> str:
        """Return the mark that pages print (已核实、有出处、暂定)."""
        return _CONFIDENCE_LABELS[self]


_CONFIDENCE_LABELS = {
    Confidence.VERIFIED: "已核实",
    Confidence.SOURCED: "有出处",
    Confidence.PROVISIONAL: "暂定",
}


class InstrumentKind(StrEnum):
    """Rank of a legal instrument; decides what it may carry (standards N1, N3, K5)."""

    LAW = "LAW"
    ADMINISTRATIVE_REGULATION = "ADMINISTRATIVE_REGULATION"
    JUDICIAL_INTERPRETATION = "JUDICIAL_INTERPRETATION"
    LOCAL_REGULATION = "LOCAL_REGULATION"
    CENTRAL_POLICY = "CENTRAL_POLICY"
    DEPARTMENT_RULE = "DEPARTMENT_RULE"
    NATIONAL_NORMATIVE_DOCUMENT = "NATIONAL_NORMATIVE_DOCUMENT"
    NATIONAL_CATALOGUE = "NATIONAL_CATALOGUE"
    STANDARD = "STANDARD"
    LOCAL_NORMATIVE_DOCUMENT = "LOCAL_NORMATIVE_DOCUMENT"

    @property
    def label(self) -> str:
        """Return the Chinese name of the rank."""
        return _INSTRUMENT_LABELS[self]


_INSTRUMENT_LABELS = {
    InstrumentKind.LAW: "法律",
    InstrumentKind.ADMINISTRATIVE_REGULATION: "行政法规",
    InstrumentKind.JUDICIAL_INTERPRETATION: "司法解释",
    InstrumentKind.LOCAL_REGULATION: "地方性法规",
    InstrumentKind.CENTRAL_POLICY: "党中央、国务院政策文件",
    InstrumentKind.DEPARTMENT_RULE: "部门规章",
    InstrumentKind.NATIONAL_NORMATIVE_DOCUMENT: "国家部门规范性文件",
    InstrumentKind.NATIONAL_CATALOGUE: "全国基础目录、基础清单",
    InstrumentKind.STANDARD: "标准",
    InstrumentKind.LOCAL_NORMATIVE_DOCUMENT: "地方规范性文件",
}


class Scope(StrEnum):
    """Where a catalogue file belongs; taken from its folder."""

    NATIONAL = "NATIONAL"
    LOCAL = "LOCAL"
    SECTOR = "SECTOR"


class SubjectCategory(StrEnum):
    """Category of a party (行政相对人类别, E5). NATURAL_PERSON exists to be refused."""

    ORGANISATION = "ORGANISATION"
    SOLE_TRADER = "SOLE_TRADER"
    NATURAL_PERSON = "NATURAL_PERSON"

    @property
    def label(self) -> str:
        """Return the value that the national template prints."""
        return _CATEGORY_LABELS[self]


_CATEGORY_LABELS = {
    SubjectCategory.ORGANISATION: "法人及非法人组织",
    SubjectCategory.SOLE_TRADER: "个体工商户",
    SubjectCategory.NATURAL_PERSON: "自然人",
}


class ItemKind(StrEnum):
    """What an information item records; ACT items change records and are never shown."""

    LICENCE = "LICENCE"
    PENALTY = "PENALTY"
    LIST_ENTRY = "LIST_ENTRY"
    HONOUR = "HONOUR"
    COMMITMENT = "COMMITMENT"
    ACT = "ACT"
    OTHER = "OTHER"


class ItemDisclosure(StrEnum):
    """Disclosure class of an item (公开范围)."""

    PUBLIC = "PUBLIC"
    SHARED = "SHARED"
    AUTHORISED = "AUTHORISED"

    @property
    def label(self) -> str:
        """Return the Chinese disclosure class."""
        return _DISCLOSURE_LABELS[self]


_DISCLOSURE_LABELS = {
    ItemDisclosure.PUBLIC: "社会公开",
    ItemDisclosure.SHARED: "政务共享",
    ItemDisclosure.AUTHORISED: "授权查询",
}


class FieldDisclosure(StrEnum):
    """Who may see a field: anyone; anyone once 已脱敏 is confirmed; insiders; nobody."""

    PUBLIC = "PUBLIC"
    FREE_TEXT = "FREE_TEXT"
    RESTRICTED = "RESTRICTED"
    NEVER = "NEVER"


class FieldType(StrEnum):
    """Type of a cell after reading."""

    TEXT = "TEXT"
    DATE = "DATE"
    AMOUNT_WAN = "AMOUNT_WAN"
    CODE = "CODE"
    USCC = "USCC"


class Required(StrEnum):
    """When a cell must be filled; CONDITIONAL is decided by a V-rule."""

    ALWAYS = "ALWAYS"
    NEVER = "NEVER"
    CONDITIONAL = "CONDITIONAL"
    ORGANISATION = "ORGANISATION"
    PERSON = "PERSON"


class SecretLevel(StrEnum):
    """State-secret level (密级); only NONE may enter (G9)."""

    NONE = "NONE"
    CLASSIFIED = "CLASSIFIED"


class Severity(StrEnum):
    """Severity of a penalised act (失信程度), lightest first."""

    MINOR = "MINOR"
    GENERAL = "GENERAL"
    SERIOUS = "SERIOUS"

    @property
    def label(self) -> str:
        """Return the Chinese severity."""
        return _SEVERITY_LABELS[self]


_SEVERITY_LABELS = {
    Severity.MINOR: "轻微",
    Severity.GENERAL: "一般",
    Severity.SERIOUS: "严重",
}


class ClockKind(StrEnum):
    """What a clock measures."""

    REPORTING = "REPORTING"
    DISPLAY = "DISPLAY"
    WITHDRAWAL = "WITHDRAWAL"
    OBJECTION = "OBJECTION"


class ClockUnit(StrEnum):
    """Unit of a clock; WORKDAY needs the dated calendar."""

    WORKDAY = "WORKDAY"
    DAY = "DAY"
    MONTH = "MONTH"


class ClockStart(StrEnum):
    """The day a clock starts from; the first counted day is the next one."""

    DECISION_DATE = "decision_date"
    DISPLAY_FROM = "display_from"
    EVENT_DATE = "event_date"


class EndRule(StrEnum):
    """How a display ends (exclusive end: shown through end − 1 day).

    VALID_TO: the day after 有效期至 (2099-12-31 is long-term). VALID_TO_OR_TERM: the same, and
    never later than decision date + term. LIST_TERM: decision date + the list type's term, or the
    stated statutory end where that is earlier. REGIMES: the earliest end among the penalty regimes.
    NOT_SHOWN: never displayed. TERM: start + term.
    """

    VALID_TO = "VALID_TO"
    VALID_TO_OR_TERM = "VALID_TO_OR_TERM"
    LIST_TERM = "LIST_TERM"
    REGIMES = "REGIMES"
    TERM = "TERM"
    NOT_SHOWN = "NOT_SHOWN"


class ListNature(StrEnum):
    """Nature of a list: adverse serious, adverse abnormal, reminder (P15) or positive."""

    SERIOUS = "SERIOUS"
    ABNORMAL = "ABNORMAL"
    WATCH = "WATCH"
    POSITIVE = "POSITIVE"


class MeasureCategory(StrEnum):
    """The three categories of the national list of measures (standards §2.1)."""

    REDUCES_RIGHTS = "REDUCES_RIGHTS"
    MANAGEMENT = "MANAGEMENT"
    MARKET = "MARKET"

    @property
    def label(self) -> str:
        """Return the Chinese category as the national list prints it."""
        return _MEASURE_LABELS[self]


_MEASURE_LABELS = {
    MeasureCategory.REDUCES_RIGHTS: "公共管理机构依法依规实施的减损信用主体权益或增加其义务的措施",
    MeasureCategory.MANAGEMENT: "公共管理机构根据履职需要实施的相关管理措施",
    MeasureCategory.MARKET: "公共管理机构以外的组织自主实施的措施",
}


class OrganKind(StrEnum):
    """Kind of a reporting organ."""

    DEPARTMENT = "DEPARTMENT"
    TOWNSHIP = "TOWNSHIP"
