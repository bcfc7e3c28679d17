"""The daily run: every kind in turn, in portions, each with its event; safe to repeat, after a kill too (P16, P17)."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from xinheng.adapters.clock import CHINA
from xinheng.audit.services import event_record, trail_retain
from xinheng.exchange.services import drafts_lapse
from xinheng.intake.services import originals_purge
from xinheng.notices.services import contacts_forget
from xinheng.records.services import person_fields_destroy_due
from xinheng.reports.services import report_keys_destroy
from xinheng.retention.domain import KEEPINGS, Kind
from xinheng.retention.errors import RetentionIncomplete
from xinheng.retention.selectors import RUN, person_fields_due, report_data_before

_log = logging.getLogger(__name__)
PORTION: Final = 500
"""Records whose keys go in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """How many of each kind a run destroyed."""

    counts: Mapping[Kind, int]

    @property
    def total(self) -> int:
        """Return how many of all kinds."""
        return sum(self.counts.values())


def retention_run(*, now: datetime, actor: str) -> Destroyed:
    """Destroy everything that is over. Repeated it destroys nothing more.

    Each portion is a transaction with its event; a kill in between loses nothing, and the next run goes on. At the end one
    event says how many of each kind.

    Raises:
        RetentionIncomplete: some kinds failed; the others are done, and that is recorded.
    """
    counts: dict[Kind, int] = {}
    failed: dict[Kind, str] = {}
    for step in (_intake, _person_fields, _report_data, _system_reports, _contacts, _trail_months):
        try:
            counts |= step(now, actor)
        except Exception as error:  # noqa: BLE001 - one kind that fails keeps none of the others
            # What a library says may hold a value: its kind is told, the rest is in the log's own masked line.
            failed[_KINDS[step]] = type(error).__name__
            _log.exception("retention of %s failed", _KINDS[step].value)
    told = {kind.value: count for kind, count in counts.items()}
    if failed:
        problems = {kind.value: name for kind, name in failed.items()}
        event_record(
            action="retention.failed",
            actor=actor,
            target=("retention", "run"),
            at=now,
            destroyed=dict(told),
            failed=dict(problems),
        )
        raise RetentionIncomplete(kinds="、".join(f"{KEEPINGS[kind].title}（{name}）" for kind, name in failed.items()))
    event_record(action=RUN, actor=actor, target=("retention", "run"), at=now, destroyed=dict(told))
    return Destroyed(counts=counts)


def _intake(now: datetime, actor: str) -> dict[Kind, int]:
    purged = originals_purge(on_date=now.astimezone(CHINA).date(), now=now, actor=actor)
    return {Kind.ORIGINALS: purged.originals, Kind.RECORD_DRAFTS: purged.drafts, Kind.WORKBOOKS: purged.workbooks}


def _person_fields(now: datetime, actor: str) -> dict[Kind, int]:
    """Destroy in portions; which are due is asked once, and what happens meanwhile the database sees for itself."""
    days = settings.XINHENG_PERSON_FIELDS_DAYS
    on_date = now.astimezone(CHINA).date()
    due = list(person_fields_due(on_date=on_date).order_by("record_id").values_list("record_id", flat=True))
    ground = f"保存期满：停止公示满{days}天〔暂定〕；{KEEPINGS[Kind.PERSON_FIELDS].ground}"
    keys = 0
    for place in range(0, len(due), PORTION):
        portion = due[place : place + PORTION]
        keys += person_fields_destroy_due(record_ids=portion, days=days, ground=ground, actor=actor, now=now)
    return {Kind.PERSON_FIELDS: keys}


def _report_data(now: datetime, actor: str) -> dict[Kind, int]:
    ground = f"留存期满：出具满{settings.XINHENG_REPORT_DATA_DAYS}天〔暂定〕；{KEEPINGS[Kind.REPORT_DATA].ground}"
    gone = report_keys_destroy(issued_before=report_data_before(now=now), actor=actor, now=now, ground=ground)
    return {Kind.REPORT_DATA: gone}


def _system_reports(now: datetime, actor: str) -> dict[Kind, int]:
    del actor
    return {Kind.SYSTEM_REPORTS: drafts_lapse(now=now)}


def _contacts(now: datetime, actor: str) -> dict[Kind, int]:
    day = now.astimezone(CHINA).date()
    return {Kind.CONTACTS: contacts_forget(on_date=day, days=settings.XINHENG_CONTACT_DAYS, actor=actor, now=now)}


def _trail_months(now: datetime, actor: str) -> dict[Kind, int]:
    return {Kind.TRAIL_MONTHS: len(trail_retain(months=settings.XINHENG_TRAIL_MONTHS, actor=actor, now=now))}


_KINDS: Final[Mapping[Callable[[datetime, str], dict[Kind, int]], Kind]] = {
    _intake: Kind.ORIGINALS,
    _person_fields: Kind.PERSON_FIELDS,
    _report_data: Kind.REPORT_DATA,
    _system_reports: Kind.SYSTEM_REPORTS,
    _contacts: Kind.CONTACTS,
    _trail_months: Kind.TRAIL_MONTHS,
}
