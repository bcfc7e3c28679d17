"""The doors that machines ask: is the process alive (存活), may it get requests (就绪), and the figures (指标). No data in any.

They are answered before hosts, limits and sessions, so that a probe needs no name of the site, and cost one small question to
the database at most once a second. Figures are given to addresses of ``XINHENG_METRICS_FROM`` only; to others there is no such
page. The proxy keeps all three from the outside (deploy/nginx).
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_network
from threading import Lock
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse

from xinheng.adapters.database import migrations_missing
from xinheng.adapters.jobs import queue_state
from xinheng.adapters.limits import forwarded_by, sender_of
from xinheng.adapters.metrics import CONTENT_TYPE, metrics_text
from xinheng.adapters.postgres import ServerNotStarted
from xinheng.operations.selectors.backups import last_backup

_log = logging.getLogger(__name__)
_KEPT_SECONDS: Final = 1.0
_UP: Final = "Whether the database answers (数据库可用)"
_AWAY: Final = (DatabaseError, InterfaceError, ServerNotStarted)


def probe_answered(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a probe, ``None`` to everything else."""
    answer = _PROBES.get(request.path_info)
    if answer is None:
        return None
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
    response = answer(request)
    response.headers["Cache-Control"] = "no-store"
    return response


def _health(request: HttpRequest) -> HttpResponse:
    """Answer that this process answers; nothing else is looked at, so that a database that is away restarts no web server."""
    del request
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def _readiness(request: HttpRequest) -> HttpResponse:
    del request
    state = readiness().state()
    status = HTTPStatus.OK if all(state.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ready": all(state.values()), **state}, status=status)


def _metrics(request: HttpRequest) -> HttpResponse:
    if not may_see_metrics(request.META, networks=settings.XINHENG_METRICS_FROM, proxies=settings.XINHENG_PROXIES):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return HttpResponse(metrics_text(_figures_now), content_type=CONTENT_TYPE)


_PROBES: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/healthz": _health,
    "/readyz": _readiness,
    "/metrics": _metrics,
}


def may_see_metrics(meta: Mapping[str, object], *, networks: list[str], proxies: int) -> bool:
    """Return whether figures are given to who asks.

    A request that came through a proxy that we do not know of seems to come from this machine: it is refused.

    >>> may_see_metrics({"REMOTE_ADDR": "127.0.0.1"}, networks=["127.0.0.0/8"], proxies=0)
    True
    >>> may_see_metrics({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, networks=["127.0.0.0/8"], proxies=0)
    False
    >>> may_see_metrics({"REMOTE_ADDR": "10.1.2.3"}, networks=["127.0.0.0/8"], proxies=0)
    False
    """
    if forwarded_by(meta) and not proxies:
        return False
    sender = sender_of(meta, proxies=proxies)
    return sender is not None and any(sender in ip_network(network, strict=False) for network in networks)


def _figures_now() -> dict[str, tuple[str, float]]:
    """Return the figures of the moment; where the database is away that is the one figure there is."""
    if settings.XINHENG_DOORS == "public":  # its role cannot ask the queue; the other process tells of it
        return {"database_up": (_UP, float(readiness().state()["database"]))}
    last = last_backup()
    try:
        queue = queue_state()
    except _AWAY:
        connections[DEFAULT_DB_ALIAS].close()
        return {"database_up": (_UP, 0.0)}
    return {
        "database_up": (_UP, 1.0),
        "jobs_waiting": ("Jobs that could run now (等待处理的任务)", float(queue.waiting)),
        "jobs_oldest_seconds": ("How long the first of them has waited (最久等待秒数)", queue.oldest_seconds),
        "jobs_failed": ("Jobs that were given up (失败的任务)", float(queue.failed)),
        "backup_time_seconds": (
            "When the last backup was finished, 0 without one (最近一次备份)",
            last.at.timestamp() if last else 0.0,
        ),
        "workers": ("Workers with a sign of life (在运行的工作进程)", float(queue.workers)),
    }


@dataclass
class Readiness:
    """Whether this process may get requests: the database answers and has every table that this code was written for."""

    moment: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock, repr=False)
    _asked_at: float = float("-inf")
    _state: dict[str, bool] = field(default_factory=dict)
    _has_tables: bool = False

    def state(self) -> dict[str, bool]:
        """Return what holds, by name; asked anew at most once a second, however many ask."""
        with self._lock:
            if self.moment() - self._asked_at >= _KEPT_SECONDS:
                self._state, self._asked_at = self._looked(), self.moment()
            return dict(self._state)

    def _looked(self) -> dict[str, bool]:
        connection = connections[DEFAULT_DB_ALIAS]
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            # Tables only go forward: a newer release may have added to them (docs/operations.md, Upgrade).
            self._has_tables = self._has_tables or not migrations_missing()
        except _AWAY:
            _log.warning("not ready: the database cannot be asked")
            connection.close()
            return {"database": False, "tables": False}
        return {"database": True, "tables": self._has_tables}


@lru_cache(1)
def readiness() -> Readiness:
    """Return this process's own."""
    return Readiness()
