"""Systems that act for an organ (系统接入): what one may do, per item and purpose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What a system is let in for; with an item it is a scope of OAuth 2."""

    REPORT = "report"
    FOLLOW = "follow"


PURPOSE_LABELS: Final[Mapping[Purpose, str]] = {
    Purpose.REPORT: "报送",
    Purpose.FOLLOW: "查看进度和问题",
}


def scope_of(purpose: Purpose, item_id: str) -> str:
    """Return the scope of a purpose on an item of the catalogue.

    >>> scope_of(Purpose.REPORT, "administrative_penalty")
    'report:administrative_penalty'
    """
    return f"{purpose.value}:{item_id}"


def scopes_of(*, purposes: Iterable[Purpose], items: Iterable[str]) -> list[str]:
    """Return every scope that the purposes on the items come to, in order."""
    return [scope_of(purpose, item) for purpose in sorted(purposes) for item in sorted(items)]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A registered system that showed a token: whose it is, and the scopes of the token. It never is a person."""

    client_id: int
    name: str
    organ_code: str
    scopes: frozenset[str]

    def may(self, purpose: Purpose, *, item_id: str) -> bool:
        """Return whether the token is good for this purpose on this item.

        >>> system = System(client_id=1, name="执法系统", organ_code="A", scopes=frozenset({"report:x"}))
        >>> system.may(Purpose.REPORT, item_id="x"), system.may(Purpose.FOLLOW, item_id="x")
        (True, False)
        """
        return scope_of(purpose, item_id) in self.scopes

    @property
    def may_report(self) -> bool:
        """Return whether the token is good for reporting anything at all.

        >>> System(client_id=1, name="执法系统", organ_code="A", scopes=frozenset({"follow:x"})).may_report
        False
        """
        return any(scope.startswith(scope_of(Purpose.REPORT, "")) for scope in self.scopes)

    @property
    def signature(self) -> str:
        """Return the text by which acts of this system are recorded; no person has one of this form."""
        return f"{SYSTEM_SIGNATURE}{self.client_id}"


SYSTEM_SIGNATURE: Final = "client:"
"""How the signature of every system begins: the database refuses it where a person must act (ADR 0050)."""

IDENTITY_SERVICE: Final = "county"
"""How the county's identity service is named in addresses (ADR 0051)."""
