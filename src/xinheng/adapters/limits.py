"""How often an address may ask (访问限度): everybody is served, whoever asks very fast is slowed down before anything is refused.

One concept for pages and API. Each kind of cost has a store of requests for every address, which refills evenly (GCRA, by
throttled-py). A request that finds it empty waits its turn where the turn is near and few others wait; otherwise it is told
when to come again. A refused request costs nothing, so that no address is ever shut out.

Counts are one process's own: with several web processes an address may have up to as many times the limit, never less than
it. What is kept of an address is a keyed digest in memory; key and counts are thrown away together every ten minutes.
"""

import hmac
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from math import ceil
from threading import BoundedSemaphore, Lock
from typing import Any, Final, TypeVar

from django.conf import settings
from throttled import MemoryStore, RateLimiterType, Throttled
from throttled.rate_limiter.quota_parser import parse

PATIENCE: Final = 2.0
"""Seconds that a request may be made to wait before it is refused."""
WAITING_AT_MOST: Final = 2
"""Requests of one process that wait at the same time: the other threads are for everybody else."""
KEPT_SECONDS: Final = 600.0
# The turn may be due at the last digit of a float: a pause that is longer than that digit always gets there.
_SHORTEST_PAUSE: Final = 0.001
_ADDRESSES_AT_MOST: Final = 65_536
_IPV6_PREFIX: Final = 64
_COST: Final = "xinheng_cost"

View = TypeVar("View", bound=Callable[..., Any])


class Cost(StrEnum):
    """What a request costs the machine; each kind is counted by itself."""

    READ = "READ"
    SEARCH = "SEARCH"
    TYPING = "TYPING"
    DOWNLOAD = "DOWNLOAD"
    REPORT = "REPORT"
    API = "API"
    SIGNING_IN = "SIGNING_IN"


def costs(cost: Cost, *, method: str = "") -> Callable[[View], View]:
    """Mark a view with what it costs, or what it costs by one method; everything else is :attr:`Cost.READ`."""

    def mark(view: View) -> View:
        setattr(view, _COST, (cost, method))
        return view

    return mark


def cost_of(view: Callable[..., Any], *, method: str | None) -> Cost:
    """Return what a view costs when it is asked by ``method``."""
    cost, only = getattr(view, _COST, (Cost.READ, ""))
    return Cost(cost) if only in {"", method} else Cost.READ


@dataclass(frozen=True, slots=True)
class _Counts:
    """The counts since ``since``, under a key that nobody else has and that ends with them."""

    since: float
    key: bytes
    limits: Mapping[Cost, Throttled]

    def wait(self, cost: Cost, address: str) -> float:
        digest = hmac.new(self.key, f"{cost}/{address}".encode(), "sha256").hexdigest()
        result = self.limits[cost].limit(digest)
        return float(result.state.retry_after) if result.limited else 0.0


class Limiter:
    """Counts the requests of one process."""

    def __init__(
        self,
        allowed: Mapping[Cost, str],
        *,
        pause: Callable[[float], None] = time.sleep,
        moment: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take how many requests of each kind are allowed (``1200/m``), and how to wait and to tell the time (seconds)."""
        self._allowed = allowed
        self._pause = pause
        self._moment = moment
        self._waiting = BoundedSemaphore(WAITING_AT_MOST)
        self._lock = Lock()
        self._counts: _Counts | None = None

    def enter(self, *, cost: Cost, address: str) -> int:
        """Return 0 when the request may go on, else after how many seconds it should come again.

        Waits up to ``PATIENCE`` seconds where that is enough and a place to wait is free.
        """
        wait = self._wait(cost, address)
        if not wait or wait > PATIENCE or not self._waiting.acquire(blocking=False):
            return ceil(wait)
        try:
            waited = 0.0
            while wait and waited + wait <= PATIENCE:
                pause = max(wait, _SHORTEST_PAUSE)
                self._pause(pause)
                waited += pause
                wait = self._wait(cost, address)
        finally:
            self._waiting.release()
        return ceil(wait)

    def _wait(self, cost: Cost, address: str) -> float:
        return self._current().wait(cost, address)

    def _current(self) -> _Counts:
        with self._lock:
            now = self._moment()
            if self._counts is None or now - self._counts.since >= KEPT_SECONDS:
                self._counts = _Counts(now, secrets.token_bytes(), {one: _limit(text) for one, text in self._allowed.items()})
            return self._counts


def _limit(text: str) -> Throttled:
    store = MemoryStore(options={"MAX_SIZE": _ADDRESSES_AT_MOST})
    return Throttled(using=RateLimiterType.GCRA.value, quota=text, store=store)


@lru_cache(1)
def limiter() -> Limiter:
    """Return this process's limiter, as the settings say."""
    return Limiter({Cost(name): text for name, text in settings.XINHENG_LIMITS.items()})


def allowed(cost: Cost) -> tuple[int, int]:
    """Return how many requests of a kind an address may make, and in how many seconds."""
    quota = parse(settings.XINHENG_LIMITS[cost])[0]
    return quota.burst or quota.get_limit(), quota.get_period_sec()


def address_of(meta: Mapping[str, Any], *, proxies: int) -> str:
    """Return the address that a request comes from: an IPv4 address, or the network that one IPv6 subscriber has.

    Args:
        meta: the request's environment.
        proxies: how many proxies of our own stand before the site; each adds one entry to ``X-Forwarded-For``, and only
            those are believed.

    >>> address_of({"REMOTE_ADDR": "::ffff:192.0.2.7", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, proxies=0)
    '192.0.2.7'
    >>> address_of({"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}, proxies=1)
    '203.0.113.9'
    >>> address_of({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, proxies=0)
    '2001:db8:1:2::/64'
    """
    address = sender_of(meta, proxies=proxies)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
    return "" if address is None else str(address)


def sender_of(meta: Mapping[str, Any], *, proxies: int) -> IPv4Address | IPv6Address | None:
    """Return the very address that a request comes from, an IPv4 address as such; ``None`` where it cannot be told.

    ``meta`` and ``proxies`` as for :func:`address_of`.
    """
    text = str(meta.get("REMOTE_ADDR", ""))
    forwarded = forwarded_by(meta)
    if proxies and forwarded:
        text = forwarded[-min(proxies, len(forwarded))]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def forwarded_by(meta: Mapping[str, Any]) -> list[str]:
    """Return the addresses that proxies say a request came through, the nearest one last."""
    return [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]


class RoomFull(Exception):
    """As many as may are at the costly work already, and as many as may wait for it."""


class Room:
    """Costly work that few threads of a process do at the same time; a few more wait for a place."""

    def __init__(self, *, places: int, waiting: int, patience: float) -> None:
        """Take how many work, how many wait, and for how long (seconds)."""
        self._places = BoundedSemaphore(places)
        self._inside = BoundedSemaphore(places + waiting)
        self._patience = patience

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            RoomFull: none became free in time.
        """
        if not self._inside.acquire(blocking=False):
            raise RoomFull
        try:
            if not self._places.acquire(timeout=self._patience):
                raise RoomFull
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._inside.release()
