"""Closed vocabularies of the catalogue (目录用语)."""

from enum import StrEnum

from xinheng.kernel.vocabulary import LabelledCode


class Confidence(LabelledCode):
    """How far a number, term or clause may be trusted (P1); said wherever it is shown."""

    VERIFIED = "VERIFIED", "已核实"
    SOURCED = "SOURCED", "有出处"
    PROVISIONAL = "PROVISIONAL", "暂定"


class InstrumentKind(LabelledCode):
    """Rank of a legal instrument; decides what it may carry (standards N1, N3, K5)."""

    LAW = "LAW", "法律"
    ADMINISTRATIVE_REGULATION = "ADMINISTRATIVE_REGULATION", "行政法规"
    JUDICIAL_INTERPRETATION = "JUDICIAL_INTERPRETATION", "司法解释"
    LOCAL_REGULATION = "LOCAL_REGULATION", "地方性法规"
    CENTRAL_POLICY = "CENTRAL_POLICY", "党中央、国务院政策文件"
    DEPARTMENT_RULE = "DEPARTMENT_RULE", "部门规章"
    NATIONAL_NORMATIVE_DOCUMENT = "NATIONAL_NORMATIVE_DOCUMENT", "国家部门规范性文件"
    NATIONAL_CATALOGUE = "NATIONAL_CATALOGUE", "全国基础目录、基础清单"
    STANDARD = "STANDARD", "标准"
    LOCAL_NORMATIVE_DOCUMENT = "LOCAL_NORMATIVE_DOCUMENT", "地方规范性文件"


class Scope(StrEnum):
    """Where a catalogue file belongs; taken from its folder."""

    NATIONAL = "NATIONAL"
    LOCAL = "LOCAL"
    SECTOR = "SECTOR"


class SubjectCategory(LabelledCode):
    """Category of a party (行政相对人类别, E5). NATURAL_PERSON exists to be refused."""

    ORGANISATION = "ORGANISATION", "法人及非法人组织"
    SOLE_TRADER = "SOLE_TRADER", "个体工商户"
    NATURAL_PERSON = "NATURAL_PERSON", "自然人"


class ItemKind(StrEnum):
    """What an information item records; ACT items change records and are never shown."""

    LICENCE = "LICENCE"
    PENALTY = "PENALTY"
    LIST_ENTRY = "LIST_ENTRY"
    HONOUR = "HONOUR"
    COMMITMENT = "COMMITMENT"
    ACT = "ACT"
    OTHER = "OTHER"


class ItemDisclosure(LabelledCode):
    """Disclosure class of an item (公开范围)."""

    PUBLIC = "PUBLIC", "社会公开"
    SHARED = "SHARED", "政务共享"
    AUTHORISED = "AUTHORISED", "授权查询"


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
    """When a cell must be filled; CONDITIONAL is decided by a rule of intake (V, L)."""

    ALWAYS = "ALWAYS"
    NEVER = "NEVER"
    CONDITIONAL = "CONDITIONAL"
    ORGANISATION = "ORGANISATION"
    PERSON = "PERSON"


class SecretLevel(StrEnum):
    """State-secret level (密级); only NONE may enter (G9)."""

    NONE = "NONE"
    CLASSIFIED = "CLASSIFIED"


class Severity(LabelledCode):
    """Severity of a penalised act (失信程度), lightest first."""

    MINOR = "MINOR", "轻微"
    GENERAL = "GENERAL", "一般"
    SERIOUS = "SERIOUS", "严重"


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


class MeasureCategory(LabelledCode):
    """The three categories of the national list of measures (standards §2.1)."""

    REDUCES_RIGHTS = "REDUCES_RIGHTS", "公共管理机构依法依规实施的减损信用主体权益或增加其义务的措施"
    MANAGEMENT = "MANAGEMENT", "公共管理机构根据履职需要实施的相关管理措施"
    MARKET = "MARKET", "公共管理机构以外的组织自主实施的措施"


class OrganKind(StrEnum):
    """Kind of a reporting organ."""

    DEPARTMENT = "DEPARTMENT"
    TOWNSHIP = "TOWNSHIP"
