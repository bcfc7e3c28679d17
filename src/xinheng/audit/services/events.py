"""Append to the event log."""

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS

from xinheng.audit.models import Event
from xinheng.kernel.personal import mask_personal_numbers

JsonValue = str | int | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


def _masked(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return mask_personal_numbers(value)
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return value


def event_record(
    *, action: str, actor: str, target: tuple[str, str], at: datetime, using: str = DEFAULT_DB_ALIAS, **facts: JsonValue
) -> Event:
    """Append one event in the caller's transaction.

    Args:
        action: dotted, past tense: ``intake.submission.certified``.
        actor: who did it; an account id, a command-line name or ``system``.
        target: kind and id of what it was done to.
        at: the moment, aware.
        using: the connection whose transaction it belongs to, where that is not the application's.
        facts: small JSON values; personal numbers in them are masked.
    """
    return Event.objects.using(using).create(
        action=action,
        actor=actor,
        target_kind=target[0],
        target_id=target[1],
        at=at,
        facts={key: _masked(value) for key, value in facts.items()},
    )
