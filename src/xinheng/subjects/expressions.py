"""The code checks as Ibis expressions, for whole tables (DuckDB here, Spark where a province outgrows one machine)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from xinheng.adapters.engine import ibis
from xinheng.subjects.domain import (
    ALPHABET,
    ORGANISATION_CODE_PATTERN,
    ORGANISATION_CODE_WEIGHTS,
    PLACEHOLDER,
    USCC_PATTERN,
    WEIGHTS,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LETTERS_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _value_at(column: ir.StringValue, position: int, alphabet: str) -> ir.IntegerValue:
    """Return the value of the character at ``position`` (from 0) in ``alphabet``; -1 where it is not in it."""
    return cast("ir.IntegerValue", ibis.literal(alphabet).find(column.substr(position, 1)))


def uscc_is_well_formed(column: ir.StringValue) -> ir.BooleanValue:
    """Return whether each code has the shape of a unified social credit code; the check is not judged.

    Args:
        column: codes in canonical form (NFKC, trimmed, upper case); empty gives false.
    """
    return column.re_search(USCC_PATTERN) & (column != PLACEHOLDER)


def uscc_is_valid(column: ir.StringValue) -> ir.BooleanValue:
    """Return for each code what ``domain.uscc_is_valid`` says: shape and check character.

    Args:
        column: codes in canonical form (NFKC, trimmed, upper case); empty gives false, null gives null.

    Source: GB 32100-2015 (standards.md §8.1).
    """
    total = _value_at(column, 0, ALPHABET) * WEIGHTS[0]
    for position in range(1, 17):
        total = total + _value_at(column, position, ALPHABET) * WEIGHTS[position]
    # Sum and check character together are a multiple of 31, which needs no second look-up by value.
    return uscc_is_well_formed(column) & ((total + _value_at(column, 17, ALPHABET)) % 31 == 0)


def organisation_code_is_valid(column: ir.StringValue) -> ir.BooleanValue:
    """Return for each 9-character code without hyphen what ``domain.organisation_code_is_valid`` says.

    Source: GB 11714 (standards.md §8.2).
    """
    total = _value_at(column, 0, _LETTERS_AND_DIGITS) * ORGANISATION_CODE_WEIGHTS[0]
    for position in range(1, 8):
        total = total + _value_at(column, position, _LETTERS_AND_DIGITS) * ORGANISATION_CODE_WEIGHTS[position]
    check = _value_at(column, 8, "0123456789X")
    return column.re_search(ORGANISATION_CODE_PATTERN) & ((total + check) % 11 == 0)


def uscc_is_sole_trader(column: ir.StringValue) -> ir.BooleanValue:
    """Return whether each well-formed code is one of a sole trader (个体工商户): it starts with 92 (V02)."""
    return uscc_is_well_formed(column) & column.startswith("92")
