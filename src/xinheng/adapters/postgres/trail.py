"""Which tables the trail of changes is on (ADR 0060): every table of our own, but for those that are named here with a reason.

The triggers are put on after the migrations (``adapters.database.database_prepare``), so that a new table has them without
anybody remembering; ``tests/integration/audit/test_changes.py`` looks at every table.
"""

from collections.abc import Mapping
from typing import Any, Final

import psycopg
from django.apps import apps
from django.db import models
from psycopg import sql

NOT_RECORDED: Final[Mapping[str, str]] = {
    "audit_change": "the trail itself",
    "audit_read": "the trail itself",
    "audit_readsent": "the trail itself",
    "records_currentrecord": "a projection that a trigger of the database keeps from the versions, which are recorded",
    "records_publicationcounter": "a counter, moved by the versions' trigger",
    "intake_numbercounter": "a counter of the day's submissions, which are recorded",
    "subjects_frequentpair": "an estimate for the search, counted anew from the names",
}
"""Table → why its changes are not in the trail."""

SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts_account": ("is_active",),
    "accounts_rolegrant": ("role", "organ_code", "valid_from", "valid_until"),
    "accounts_systemclient": ("organ_code", "items", "purposes", "valid_from", "valid_until"),
    "catalogue_catalogueproposal": ("decision",),
    "exchange_reportdraft": ("state", "row_count"),
    "intake_doubt": ("state",),
    "intake_submission": ("state", "first_seq", "last_seq"),
    "intake_waiver": ("decision",),
    "monitoring_zeroreport": ("state",),
    "subjects_subject": ("status", "is_irregular_code"),
}
"""Table → columns whose old and new values stand in the trail: states and codes, nothing that people typed (P16)."""

_FUNCTION: Final = "audit_change_log()"
_EVENTS: Final = (
    ("INSERT", "REFERENCING NEW TABLE AS became"),
    ("UPDATE", "REFERENCING OLD TABLE AS was NEW TABLE AS became"),
    ("DELETE", "REFERENCING OLD TABLE AS was"),
    ("TRUNCATE", ""),
)


def recorded_models() -> list[type[models.Model]]:
    """Return the models of our own tables whose changes are recorded."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("xinheng.")
        and model._meta.managed  # noqa: SLF001 - Django's public-by-habit name
        and model._meta.db_table not in NOT_RECORDED  # noqa: SLF001
    ]


def trail_attach(connection: "psycopg.Connection[Any]") -> None:
    """Put the triggers on every recorded table and take them from the others; safe to repeat. For the owner, after migrating."""
    found = connection.execute("SELECT to_regprocedure(%s)", [_FUNCTION]).fetchone()
    if found is None or found[0] is None:  # migrated back to before there was a trail
        return
    for model in recorded_models():
        meta = model._meta  # noqa: SLF001
        arguments = [_key(meta.pk), ",".join(SHOWN.get(meta.db_table, ()))]
        with connection.transaction():
            for event, tables in _EVENTS:
                connection.execute(
                    sql.SQL(
                        "CREATE OR REPLACE TRIGGER {} AFTER {} ON {} {} FOR EACH STATEMENT"
                        " EXECUTE FUNCTION audit_change_log({}, {})"
                    ).format(
                        sql.Identifier(f"trail_{event.lower()}"),
                        sql.SQL(event),
                        sql.Identifier(meta.db_table),
                        sql.SQL(tables),
                        *(sql.Literal(argument) for argument in arguments),
                    )
                )
    for table in NOT_RECORDED:
        for event, _tables in _EVENTS:
            connection.execute(
                sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(
                    sql.Identifier(f"trail_{event.lower()}"), sql.Identifier(table)
                )
            )


def _key(field: Any) -> str:
    """Return the expression of a row's key of which the server knows the least and the greatest: of an UUID that is its text."""
    column = f'"{field.column}"'
    kind = field.target_field if field.is_relation else field
    return column if isinstance(kind, models.IntegerField | models.CharField | models.TextField) else f"{column}::text"
