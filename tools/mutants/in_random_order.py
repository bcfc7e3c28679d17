"""``mutmut``, but in an order that is random and always the same: a run that was stopped is a random sample."""

import random

from mutmut import __main__ as mutmut


def place_of(name: str) -> float:
    """Return where a mutant stands; mutmut asks for how long its tests take, and runs the short ones first."""
    return random.Random(name).random()  # noqa: S311 - no secret


if __name__ == "__main__":
    mutmut.estimated_worst_case_time = place_of
    mutmut.cli(prog_name="mutmut")
