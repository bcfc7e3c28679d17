"""Pieces of SQL that the checks put together: quoted names and values, and tests of mask bits."""

from collections.abc import Iterable

from xinheng.intake.checking.model import Check


def is_set(check_: Check) -> str:
    """Return SQL that is true where a check is broken."""
    return f"_m{check_.mask} & {check_.bit} <> 0"


def any_set(checks: Iterable[Check]) -> str:
    """Return SQL that is true where one of the checks is broken: one comparison per mask column."""
    masks: dict[int, int] = {}
    for check_ in checks:
        masks[check_.mask] = masks.get(check_.mask, 0) | check_.bit
    return "(" + (" OR ".join(f"_m{index} & {bits} <> 0" for index, bits in masks.items()) or "false") + ")"


def numbers_list(checks: Iterable[Check]) -> str:
    """Return the checks' numbers for an ``IN``; a number that no check has where there are none."""
    return ", ".join(str(check_.number) for check_ in checks) or "-1"


def values_list(values: Iterable[str]) -> str:
    """Return text values for an ``IN``."""
    return ", ".join(literal(value) for value in sorted(values)) or "NULL"


def literal(value: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(column: str) -> str:
    """Return a column name quoted."""
    return '"' + column.replace('"', '""') + '"'
