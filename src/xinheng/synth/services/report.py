"""What was written, for the caller and for ``truth.json``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthFile:
    """One file to send in, with what must come of it; paths are relative to the county's folder."""

    path: str
    item_id: str
    organ_code: str
    is_legacy: bool
    wave: int
    rows: int
    counts: Mapping[str, int]


@dataclass(slots=True, kw_only=True)
class SynthCounty:
    """What was written."""

    scale: int
    seed: int
    on_date: date
    catalogue_hash: str
    organisations: int = 0
    records: int = 0
    register: Mapping[str, object] = field(default_factory=dict)
    delta: Mapping[str, object] = field(default_factory=dict)
    files: list[SynthFile] = field(default_factory=list)
    acts: list[Mapping[str, object]] = field(default_factory=list)
    refused: list[Mapping[str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
