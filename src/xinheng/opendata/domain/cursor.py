"""A place in the change feed (变更位置), which is also a snapshot's number."""

import re
from dataclasses import dataclass
from datetime import date

from xinheng.opendata.errors import CursorGone, CursorNotRead

_DAY = "%Y%m%d"
PATTERN = r"^([0-9]{1,18})\.([0-9]{8})\.([0-9]{1,18})\.([0-9a-f]{12})(?:\.([0-9]{8})\.([0-9]{1,18})\.([0-9]{1,18}))?$"
"""How a place is written."""
_FORM = re.compile(PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """What somebody knows who has read so far: publications through ``seq``, displays as of ``day``, names as of ``register``.

    What is shown changes by publication, by the passing of days, by the register and by the law. The first three are the
    place; ``epoch`` stands for the law, the form of the data and the very publication ``seq``: in another epoch no difference
    can be told. In the middle of a long answer ``until_day`` and ``until_register`` say where it leads, and every record whose
    newest version is not past ``told`` has been told.
    """

    seq: int
    day: date
    register: int
    epoch: str
    until_day: date | None = None
    until_register: int = 0
    told: int = 0

    @property
    def text(self) -> str:
        """The place as addresses and manifests carry it."""
        base = f"{self.seq}.{self.day.strftime(_DAY)}.{self.register}.{self.epoch}"
        if self.until_day is None:
            return base
        return f"{base}.{self.until_day.strftime(_DAY)}.{self.until_register}.{self.told}"

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the place that ``text`` names.

        Raises:
            CursorNotRead: it is not written as a place.
            CursorGone: it names a day that never was.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise CursorNotRead(cursor=text[:80])
        seq, day, register, epoch, until_day, until_register, told = found.groups()
        try:
            return cls(
                seq=int(seq),
                day=_day(day),
                register=int(register),
                epoch=epoch,
                until_day=_day(until_day) if until_day else None,
                until_register=int(until_register or 0),
                told=int(told or 0),
            )
        except ValueError as error:
            raise CursorGone from error


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
