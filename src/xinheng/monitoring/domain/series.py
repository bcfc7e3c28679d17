"""Series of document numbers (字号): year and serial, and which serials are not among the records.

A gap is a hint and proves nothing: decisions about natural persons are not reported here, numbers are spoilt, used for other
papers, or not due yet.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"^(?P<before>[^〔〕]*)〔(?P<year>(?:19|20)\d{2})〕(?P<between>\D*)(?P<serial>\d{1,6})号?$")
_LONGEST_STEP = 200
"""Serials in a row that may be missing; a longer step is another way of numbering, not a gap."""

PROVES_NOTHING = (
    "缺号只是提示，不能说明漏报或瞒报：对自然人作出的决定不报本平台，文号可能作废、可能用于别的文书，"
    "也可能还没有到报送期限。请核对后写明原因。"
)


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One series of a year: what stands before the serial."""

    name: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Serials that no record has, from ``first`` to ``last``, both included; ``reason`` where somebody explained all of them."""

    first: int
    last: int
    reason: str = ""
    explained_by: str = ""

    @property
    def size(self) -> int:
        """How many serials."""
        return self.last - self.first + 1

    @property
    def text(self) -> str:
        """The serials as people write them."""
        return f"{self.first}" if self.size == 1 else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesGaps:
    """A series with what is known of it; ``is_odd``: numbered in another way, so that nothing is said about gaps."""

    series: Series
    known: int
    highest: int
    gaps: tuple[Gap, ...]
    is_odd: bool = False

    @property
    def missing(self) -> int:
        """Serials that no record has and nobody explained."""
        return sum(gap.size for gap in self.gaps if not gap.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why serials are not among the records, as somebody said."""

    series: Series
    first: int
    last: int
    reason: str
    by: str


def serial_of(document_no_key: str) -> tuple[Series, int] | None:
    """Return series and serial of a document number in its normal form; ``None`` where it has no year or no serial.

    >>> serial_of("奉市监罚字〔2026〕15号")
    (Series(name='奉市监罚字', year=2026), 15)
    >>> serial_of("JY15002360001") is None
    True
    """
    match = _NUMBER.match(document_no_key)
    if match is None or int(match["serial"]) == 0:
        return None
    name = match["before"] + match["between"]
    return (Series(name, int(match["year"])), int(match["serial"])) if name else None


def gaps_of(numbers: Iterable[str], *, explained: Iterable[Explained] = ()) -> tuple[SeriesGaps, ...]:
    """Return every series among document numbers (in normal form) with the serials that are missing from 1 on.

    A gap is cut where its explanation begins or ends; of two explanations of a serial the later one counts.
    """
    known: dict[Series, set[int]] = defaultdict(set)
    for number in numbers:
        found = serial_of(number)
        if found is not None:
            known[found[0]].add(found[1])
    told: dict[Series, dict[int, Explained]] = defaultdict(dict)
    for one in explained:
        told[one.series] |= dict.fromkeys(range(one.first, min(one.last, max(known[one.series], default=0)) + 1), one)
    return tuple(_one(series, serials, told[series]) for series, serials in sorted(known.items()) if serials)


def _one(series: Series, serials: set[int], told: dict[int, Explained]) -> SeriesGaps:
    ordered = sorted(serials)
    steps = zip([0, *ordered], ordered, strict=False)
    open_steps = [(before + 1, after - 1) for before, after in steps if after > before + 1]
    if any(last - first + 1 > _LONGEST_STEP for first, last in open_steps):
        return SeriesGaps(series=series, known=len(ordered), highest=ordered[-1], gaps=(), is_odd=True)
    gaps: list[Gap] = []
    for first, last in open_steps:
        for serial in range(first, last + 1):
            why = told.get(serial)
            reason, by = (why.reason, why.by) if why else ("", "")
            if gaps and gaps[-1].last == serial - 1 and (gaps[-1].reason, gaps[-1].explained_by) == (reason, by):
                gaps[-1] = Gap(first=gaps[-1].first, last=serial, reason=reason, explained_by=by)
            else:
                gaps.append(Gap(first=serial, last=serial, reason=reason, explained_by=by))
    return SeriesGaps(series=series, known=len(ordered), highest=ordered[-1], gaps=tuple(gaps))
