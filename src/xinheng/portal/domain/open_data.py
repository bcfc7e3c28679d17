"""What the open-data page shows."""

from dataclasses import dataclass

from xinheng.portal.domain.pages import Fact


@dataclass(frozen=True, slots=True)
class OpenFile:
    """One file to download; ``size`` in bytes, ``sha256`` in hexadecimal."""

    name: str
    what: str
    size: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDataPage:
    """The newest snapshot, where there is one that may be given away now.

    ``is_overtaken``: there is one, and it shows something adverse that has ended or is disputed since.
    """

    is_overtaken: bool
    number: str
    facts: tuple[Fact, ...]
    files: tuple[OpenFile, ...]
    manifest_url: str
    licence: str
    changes_url: str
