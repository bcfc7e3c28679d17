"""Registration states of an organisation (登记状态)."""

from enum import StrEnum
from typing import Final


class RegistrationStatus(StrEnum):
    """The state in the register; ``UNKNOWN`` where a file does not say."""

    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"
    REVOKED_DEREGISTERED = "REVOKED_DEREGISTERED"
    DEREGISTERED = "DEREGISTERED"
    CANCELLED = "CANCELLED"
    MOVED_OUT = "MOVED_OUT"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"

    @property
    def label(self) -> str:
        """Return the Chinese term."""
        return STATUS_LABELS[self]


STATUS_LABELS: Final[dict[RegistrationStatus, str]] = {
    RegistrationStatus.ACTIVE: "存续",
    RegistrationStatus.REVOKED: "吊销，未注销",
    RegistrationStatus.REVOKED_DEREGISTERED: "吊销，已注销",
    RegistrationStatus.DEREGISTERED: "注销",
    RegistrationStatus.CANCELLED: "撤销",
    RegistrationStatus.MOVED_OUT: "迁出",
    RegistrationStatus.OTHER: "其他",
    RegistrationStatus.UNKNOWN: "未载明",
}

# Codes of a county platform (jyzt) and of the market supervision departments, and the words registers use.
_BY_TEXT: Final[dict[str, RegistrationStatus]] = {
    "1": RegistrationStatus.ACTIVE,
    "2": RegistrationStatus.REVOKED,
    "3": RegistrationStatus.REVOKED_DEREGISTERED,
    "4": RegistrationStatus.DEREGISTERED,
    "5": RegistrationStatus.CANCELLED,
    "6": RegistrationStatus.MOVED_OUT,
    "9": RegistrationStatus.OTHER,
    "K": RegistrationStatus.ACTIVE,
    "B": RegistrationStatus.ACTIVE,
    "A": RegistrationStatus.ACTIVE,
    "Q": RegistrationStatus.ACTIVE,
    "X": RegistrationStatus.ACTIVE,
    "D": RegistrationStatus.REVOKED,
    "DA": RegistrationStatus.REVOKED,
    "C": RegistrationStatus.CANCELLED,
    "Z": RegistrationStatus.OTHER,
    "歇业": RegistrationStatus.OTHER,
    "其他": RegistrationStatus.OTHER,
    "未载明": RegistrationStatus.UNKNOWN,
}
_ACTIVE_WORDS: Final = ("存续", "在营", "开业", "在册", "在业", "正常", "变更中", "备案", "迁入", "迁出中", "注销中")


def registration_status(text: str) -> RegistrationStatus | None:
    """Return the state that ``text`` says, ``UNKNOWN`` for no text, ``None`` for words that nobody has explained.

    Source: code lists jyzt (standards.md §8.5) and opState of the market supervision departments.

    >>> registration_status("吊销，未注销").label
    '吊销，未注销'
    >>> registration_status("存续（在营、开业、在册）").value
    'ACTIVE'
    """
    if text == "":
        return RegistrationStatus.UNKNOWN
    if text.upper() in _BY_TEXT:
        return _BY_TEXT[text.upper()]
    if any(word in text for word in _ACTIVE_WORDS):
        return RegistrationStatus.ACTIVE
    if "吊销" in text:
        deregistered = "已注销" in text or ("注销" in text.replace("未注销", ""))
        return RegistrationStatus.REVOKED_DEREGISTERED if deregistered else RegistrationStatus.REVOKED
    for word, status in (
        ("注销", RegistrationStatus.DEREGISTERED),
        ("撤销", RegistrationStatus.CANCELLED),
        ("撤消", RegistrationStatus.CANCELLED),
        ("迁出", RegistrationStatus.MOVED_OUT),
    ):
        if word in text:
            return status
    return None
