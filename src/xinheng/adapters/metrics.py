"""Figures of the running platform for Prometheus (运行指标): how many requests, how long, how full the queue is; of nobody.

Several processes answer: each writes its counts into a file of a common folder (``PROMETHEUS_MULTIPROC_DIR``, set by
``xinheng serve``), and whichever is asked adds them up. Without the folder a process tells its own.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_requests = Counter("xinheng_requests", "Answered requests (已答复的请求)", ["route", "method", "status"])
_seconds = Histogram("xinheng_request_seconds", "Time to the answer, in seconds (答复用时)", ["route"], buckets=_BOUNDS)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def request_counted(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count an answered request under its route's name; ``seconds`` is the time it took."""
    _requests.labels(route, method if method in _METHODS else "-", str(status)).inc()
    _seconds.labels(route).observe(seconds)


class _Asked(Collector):
    """Figures that are looked up when they are asked for."""

    def __init__(self, look_up: Callable[[], Mapping[str, tuple[str, float]]]) -> None:
        self._look_up = look_up

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (words, value) in self._look_up().items():
            yield GaugeMetricFamily(f"xinheng_{name}", words, value=value)


def metrics_text(look_up: Callable[[], Mapping[str, tuple[str, float]]]) -> bytes:
    """Return all figures in Prometheus' text format.

    Args:
        look_up: gives the figures of the moment: name → (what it is, value).
    """
    counted, asked = REGISTRY, CollectorRegistry()
    if os.environ.get(FOLDER):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call] # typed but for its constructor
    asked.register(_Asked(look_up))
    return generate_latest(counted) + generate_latest(asked)
