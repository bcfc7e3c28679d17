"""A case system's list beside the records (对账): which numbers are where, and whose days differ."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document number with its decision day, where one is written. ``key`` is the number in its normal form."""

    key: str
    document_no: str
    decided: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A number that both have, with different days."""

    document_no: str
    listed: date
    recorded: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """What the comparison found; every number of the list is in exactly one of ``reported`` and ``missing``."""

    reported: int
    missing: tuple[Listed, ...]
    only_here: tuple[Listed, ...]
    differing: tuple[Differing, ...]


def compared(*, listed: Mapping[str, Listed], recorded: Iterable[Listed], first: date, last: date) -> SideBySide:
    """Compare a list with the records.

    Args:
        listed: the list's numbers by key.
        recorded: the organ's records under the item with one of these numbers, or decided in the time.
        first: first decision day of the time that the list covers; only records of it can be missing from the list.
        last: last day of that time, inclusive.
    """
    days: dict[str, set[date]] = defaultdict(set)
    numbers: dict[str, Listed] = {}
    for record in recorded:
        if record.decided is not None:
            days[record.key].add(record.decided)
        numbers[record.key] = record
    differing = [
        Differing(document_no=one.document_no, listed=one.decided, recorded=tuple(sorted(days[key])))
        for key, one in listed.items()
        if key in numbers and one.decided is not None and one.decided not in days[key]
    ]
    only_here = [
        one for key, one in numbers.items() if key not in listed and one.decided is not None and first <= one.decided <= last
    ]
    missing = [one for key, one in listed.items() if key not in numbers]
    return SideBySide(
        reported=sum(key in numbers for key in listed),
        missing=tuple(sorted(missing, key=_order)),
        only_here=tuple(sorted(only_here, key=_order)),
        differing=tuple(sorted(differing, key=lambda one: (one.listed, one.document_no))),
    )


def _order(one: Listed) -> tuple[date, str]:
    return one.decided or date.min, one.document_no
