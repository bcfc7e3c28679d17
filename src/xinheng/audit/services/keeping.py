"""Keep the trail: partitions of a month made ahead, and dropped whole when their time is over (ADR 0060)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from xinheng.adapters.database import RETENTION_ALIAS, as_retention
from xinheng.audit.domain import LEGAL_MONTHS
from xinheng.audit.errors import KeptTooShortly
from xinheng.audit.services.events import JsonValue, event_record

MONTHS_AHEAD = 2
"""How many months have their partitions before they begin."""


def partitions_make(*, ahead: int = MONTHS_AHEAD) -> list[str]:
    """Make the partitions of this month and of ``ahead`` months more that are not there; return their names.

    An entry that came before its partition stands in the default one and is moved to where it belongs.
    """
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT audit_partitions_make(%s)", [ahead])
        return [name for (name,) in cursor.fetchall()]


def destroyed_and_told(
    statement: str,
    values: Sequence[Any],
    *,
    action: str,
    actor: str,
    target: tuple[str, str],
    at: datetime,
    counted: str,
    **facts: JsonValue,
) -> int:
    """Let the retention role call one of its functions that destroy, tell how many in the same transaction, and return it.

    Nothing destroyed, nothing told. Whoever destroys what is over does it so (P17, ADR 0067).

    Args:
        statement: ``SELECT function(%s, …)``, whose one value is how many were destroyed.
        values: what the function is given.
        action: of the event, as for :func:`event_record`.
        actor: who destroys.
        target: kind and id of what is destroyed.
        at: the moment, aware.
        counted: name of the fact that says how many.
        facts: what else the event says.
    """
    with as_retention() as cursor:
        cursor.execute(statement, values)
        destroyed: int = cursor.fetchone()[0]
        if destroyed:
            told = {**facts, counted: destroyed}
            event_record(action=action, actor=actor, target=target, at=at, using=RETENTION_ALIAS, **told)
    return destroyed


def trail_retain(*, months: int, actor: str, now: datetime) -> list[str]:
    """Drop the partitions whose last entry is older than ``months`` months, as the retention role; return their names.

    The application role may not: what it could drop, somebody who took it over could too.

    Raises:
        KeptTooShortly: fewer months than the law asks for.
    """
    if months < LEGAL_MONTHS:
        raise KeptTooShortly(months=months, least=LEGAL_MONTHS)
    with as_retention() as cursor:
        cursor.execute("SELECT audit_retain(%s)", [months])
        dropped = [name for (name,) in cursor.fetchall()]
        if dropped:
            event_record(
                action="audit.trail.retained",
                actor=actor,
                target=("trail", "audit"),
                at=now,
                using=RETENTION_ALIAS,
                months=months,
                dropped=list(dropped),
            )
    return dropped
