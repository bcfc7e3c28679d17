"""Time that only moves when somebody waits, for limits of requests."""

from collections.abc import Mapping

import pytest
from throttled import utils

from xinheng.adapters.limits import Cost, Limiter


class Moments:
    """A clock in seconds; ``pauses`` are the waits that were asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_000.0
        self.pauses: list[float] = []
        monkeypatch.setattr(utils, "now_mono_f", self.read)

    def read(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def limiter(self, allowed: Mapping[Cost, str]) -> Limiter:
        return Limiter(dict.fromkeys(Cost, "1000/s") | dict(allowed), pause=self.pause, moment=self.read)


def limit_the_site(monkeypatch: pytest.MonkeyPatch, **allowed: str) -> Moments:
    """Give the site a fresh limiter with these limits (by name of the cost), on a clock of its own."""
    moments = Moments(monkeypatch)
    own = moments.limiter({Cost(name): text for name, text in allowed.items()})
    for module in ("xinheng.config.limits.limiter", "xinheng.adapters.limits.limiter"):
        monkeypatch.setattr(module, lambda: own)
    return moments
