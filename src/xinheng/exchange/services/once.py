"""A request that is sent again is done once (防重): what it was answered is kept with its ``Idempotency-Key``."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from xinheng.accounts.domain import Purpose, System
from xinheng.adapters.database import constraint_of
from xinheng.exchange.errors import KeyReused, ScopeNotGranted
from xinheng.exchange.models import ReportKey

Answer = tuple[int, dict[str, Any]]


def once(*, system: System, key: str, request_sha256: str, now: datetime, act: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Return the answer of ``act``, or the one that was kept, and whether it was kept. ``act`` and its answer are one transaction.

    Two requests with one key at the same time: the second waits for the first. What ``act`` refuses is not kept: mended and
    sent again with the same key it is done.

    Raises:
        KeyReused: the key came with another request before.
        ScopeNotGranted: the answer was kept, and this token is not good for reporting.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = ReportKey.objects.create(
                    client_id=system.client_id,
                    organ_code=system.organ_code,
                    key=key,
                    request_sha256=request_sha256,
                    made_at=now,
                )
        except IntegrityError as error:
            if constraint_of(error) != "key_once_per_client":
                raise
            kept = ReportKey.objects.get(client_id=system.client_id, key=key)
            if kept.request_sha256 != request_sha256:
                raise KeyReused from error
            # What was kept was asked for by a token that could report; another one of the same system may be for less.
            if not system.may_report:
                raise ScopeNotGranted(scope=Purpose.REPORT.value) from error
            return (kept.status, kept.answer), True
        kept.status, kept.answer = act()
        kept.save(update_fields=["status", "answer"])
    return (kept.status, kept.answer), False
