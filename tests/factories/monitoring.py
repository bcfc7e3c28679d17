"""Batches of an invented organ with known counts, for tests of monitoring."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.factories import intake_world as world
from xinheng.adapters.clock import CHINA
from xinheng.monitoring.domain import Counts

ITEM = "administrative_penalty"
NOW = datetime(2026, 4, 20, 10, 41, tzinfo=CHINA)
TODAY = NOW.date()
LATER = NOW + timedelta(days=2)

FIRST = Counts(reported=5, returned=2, incomplete=1, doubtful=1, late=1)
"""What :func:`rows` come to when they come first."""
AGAIN = Counts(reported=3, returned=2, incomplete=1, doubtful=1, duplicate=2)
"""What the same rows come to when the whole file comes once more."""


def organisations() -> None:
    """Put the organisations of the rows into the register, but for the one that is doubtful."""
    for number in (1, 2, 3, 5):
        world.subject_make(number)


def rows() -> list[dict[str, str]]:
    """Return five penalties: right, without a fine, without the act, of an unknown organisation, late."""
    return [
        world.penalty(1),
        world.penalty(2, CF_NR_FK=""),
        world.penalty(3, CF_WFXW=""),
        world.penalty(4),
        world.penalty(5, CF_JDRQ="2026-04-01", CF_YXQ="2027-04-01"),
    ]


def mended() -> list[dict[str, str]]:
    """Return the same rows, the two that came back made right."""
    return [world.penalty(2), world.penalty(3), *(row for row in rows() if row["CF_WSH"][-2] not in "23")]


def load(folder: Path, lines: list[dict[str, str]], *, now: datetime = NOW, name: str = "处罚.csv") -> str:
    """Take rows through the whole journey; return the number of the batch."""
    return world.load(world.file_write(folder / name, lines), now=now).receipt.number
