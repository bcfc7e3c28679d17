"""Kinds of organisations, read from positions 1 and 2 of the unified social credit code (主体类别)."""

from enum import StrEnum
from typing import Final

from xinheng.subjects.domain.codes import uscc_is_well_formed


class SubjectKind(StrEnum):
    """What an organisation is. There is no kind for natural persons, and no table either (P2, P4)."""

    ENTERPRISE = "ENTERPRISE"
    SOLE_TRADER = "SOLE_TRADER"
    COOPERATIVE = "COOPERATIVE"
    STATE_ORGAN = "STATE_ORGAN"
    INSTITUTION = "INSTITUTION"
    SOCIAL_ORGANISATION = "SOCIAL_ORGANISATION"
    PRIVATE_NON_ENTERPRISE = "PRIVATE_NON_ENTERPRISE"
    FOUNDATION = "FOUNDATION"
    VILLAGE_COLLECTIVE = "VILLAGE_COLLECTIVE"
    LEGAL_SERVICE = "LEGAL_SERVICE"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        """Return the Chinese term."""
        return KIND_LABELS[self]


KIND_LABELS: Final[dict[SubjectKind, str]] = {
    SubjectKind.ENTERPRISE: "企业",
    SubjectKind.SOLE_TRADER: "个体工商户",
    SubjectKind.COOPERATIVE: "农民专业合作社",
    SubjectKind.STATE_ORGAN: "机关",
    SubjectKind.INSTITUTION: "事业单位",
    SubjectKind.SOCIAL_ORGANISATION: "社会团体",
    SubjectKind.PRIVATE_NON_ENTERPRISE: "民办非企业单位",
    SubjectKind.FOUNDATION: "基金会",
    SubjectKind.VILLAGE_COLLECTIVE: "农村集体经济组织",
    SubjectKind.LEGAL_SERVICE: "法律服务机构",
    SubjectKind.OTHER: "其他组织",
}

_BY_PREFIX: Final[dict[str, SubjectKind]] = {
    "11": SubjectKind.STATE_ORGAN,
    "12": SubjectKind.INSTITUTION,
    "13": SubjectKind.SOCIAL_ORGANISATION,
    "31": SubjectKind.LEGAL_SERVICE,
    "32": SubjectKind.LEGAL_SERVICE,
    "33": SubjectKind.LEGAL_SERVICE,
    "34": SubjectKind.LEGAL_SERVICE,
    "35": SubjectKind.LEGAL_SERVICE,
    "51": SubjectKind.SOCIAL_ORGANISATION,
    "52": SubjectKind.PRIVATE_NON_ENTERPRISE,
    "53": SubjectKind.FOUNDATION,
    "91": SubjectKind.ENTERPRISE,
    "92": SubjectKind.SOLE_TRADER,
    "93": SubjectKind.COOPERATIVE,
    "A1": SubjectKind.INSTITUTION,
    "N1": SubjectKind.VILLAGE_COLLECTIVE,
    "N2": SubjectKind.VILLAGE_COLLECTIVE,
    "N3": SubjectKind.VILLAGE_COLLECTIVE,
}
_OTHER_PREFIXES: Final = frozenset(
    {"19", "21", "29", "39", "41", "49", "59", "61", "62", "69", "71", "72", "79", "81", "89", "A9", "N9", "Y1"}
)
_WORDS: Final = (  # the order matters: 个体 before 企业, 合作社 before 企业
    ("个体", SubjectKind.SOLE_TRADER),
    ("专业合作", SubjectKind.COOPERATIVE),
    ("集体经济组织", SubjectKind.VILLAGE_COLLECTIVE),
    ("机关", SubjectKind.STATE_ORGAN),
    ("事业单位", SubjectKind.INSTITUTION),
    ("社会团体", SubjectKind.SOCIAL_ORGANISATION),
    ("民办非企业", SubjectKind.PRIVATE_NON_ENTERPRISE),
    ("社会服务机构", SubjectKind.PRIVATE_NON_ENTERPRISE),
    ("基金会", SubjectKind.FOUNDATION),
    ("律师事务所", SubjectKind.LEGAL_SERVICE),
    ("企业", SubjectKind.ENTERPRISE),
    ("公司", SubjectKind.ENTERPRISE),
    ("合伙", SubjectKind.ENTERPRISE),
    ("独资", SubjectKind.ENTERPRISE),
)


def uscc_prefix_is_known(uscc: str) -> bool:
    """Return whether positions 1 and 2 are in the table of GB 32100-2015 (standards.md §8.1)."""
    return uscc[:2] in _BY_PREFIX or uscc[:2] in _OTHER_PREFIXES


def subject_kind(uscc: str) -> SubjectKind:
    """Return the kind that positions 1 and 2 of ``uscc`` say; ``OTHER`` for every other pair and for no code.

    Source: GB 32100-2015 with XG1-2016, table of registering authorities and kinds (standards.md §8.1).

    >>> subject_kind("92500236MA00T5T11R").label
    '个体工商户'
    """
    if not uscc_is_well_formed(uscc):
        return SubjectKind.OTHER
    return _BY_PREFIX.get(uscc[:2], SubjectKind.OTHER)


def subject_kind_from(*, uscc: str, registration_no: str = "", type_text: str = "", name: str = "") -> SubjectKind:
    """Return the kind from all that the register says, the milder for the person behind it first.

    Whatever calls an organisation a sole trader (code 92, type 个体…, 7th digit 6-9 of the registration number) wins,
    because more is protected then (P2). Else the code decides, then the type in words, then the name.

    Source: GB 32100-2015; GS 15-2006 for registration numbers (memory; provisional).
    """
    by_code = subject_kind(uscc)
    if by_code is SubjectKind.SOLE_TRADER or "个体" in type_text:
        return SubjectKind.SOLE_TRADER
    if uscc_is_well_formed(uscc):
        return by_code
    if len(registration_no) == 15 and registration_no.isdigit() and registration_no[6] in "6789":
        return SubjectKind.SOLE_TRADER
    if registration_no[6:8] == "NA":
        return SubjectKind.COOPERATIVE
    for text in (type_text, name):
        for word, kind in _WORDS:
            if word in text:
                return kind
    return SubjectKind.OTHER
