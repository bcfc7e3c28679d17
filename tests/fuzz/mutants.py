"""A mutant is a number: from it and the run's seed follow its kind, its bytes and the door it comes to."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.fuzz.kept import REGISTER, Made
from tests.fuzz.mutate_bombs import bombs
from tests.fuzz.mutate_bytes import bits, encodings, many_bytes, names
from tests.fuzz.mutate_compound import compound
from tests.fuzz.mutate_markup import markup
from tests.fuzz.mutate_packages import packages
from tests.fuzz.mutate_tables import cells, delimited

SEED = "xinheng-1"
KINDS: dict[str, tuple[Callable[[Random], Made], int]] = {
    "bits": (bits, 12),
    "bytes": (many_bytes, 14),
    "packages": (packages, 12),
    "markup": (markup, 16),
    "compound": (compound, 10),
    "cells": (cells, 14),
    "delimited": (delimited, 9),
    "encodings": (encodings, 6),
    "names": (names, 4),
    "bombs": (bombs, 3),
}
"""Mutators, and how many of a hundred mutants each makes."""

CHECK, CHECK_REGISTER, LOAD, COMMAND, REGISTER_IMPORT, REGISTER_COMMAND = (
    "check",
    "check with register",
    "load",
    "command",
    "register import",
    "register command",
)
_SCHEDULE = [kind for kind, (_, share) in KINDS.items() for _ in range(share)]
Random(SEED).shuffle(_SCHEDULE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One case: its number, its kind, the door it comes to, and the file."""

    number: int
    kind: str
    door: str
    made: Made


def kind_of(number: int) -> str:
    """Return the kind of a mutant; every hundred holds each kind as often as ``KINDS`` says."""
    return _SCHEDULE[number % len(_SCHEDULE)]


def mutant_make(number: int, *, seed: str) -> Mutant:
    """Return mutant ``number`` of a run; the same every time."""
    dice = Random(f"{seed}/{number}")
    kind = kind_of(number)
    made = KINDS[kind][0](dice)
    return Mutant(number=number, kind=kind, door=door_for(made, dice), made=made)


def door_for(made: Made, dice: Random) -> str:
    """Return a door: mostly one that the file is meant for, now and then the other side's."""
    if (made.family == REGISTER) != (dice.random() < 0.04):
        return dice.choice([REGISTER_IMPORT, REGISTER_IMPORT, REGISTER_COMMAND])
    return dice.choice([LOAD, LOAD, LOAD, CHECK, CHECK_REGISTER, COMMAND])
