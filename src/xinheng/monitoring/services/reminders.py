"""Reminders (催办): what is nearly due or late, told to its organ once a day."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from xinheng.accounts.domain import Role
from xinheng.accounts.selectors import accounts_holding
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Catalogue
from xinheng.kernel.dates import chinese_date
from xinheng.monitoring.domain import DueKind, DueLine
from xinheng.monitoring.models import Reminder
from xinheng.monitoring.selectors.due import due_lines
from xinheng.monitoring.selectors.reach import SYSTEM
from xinheng.notices.domain import NoticeKind
from xinheng.notices.services import notices_send

REMIND_DAYS = 2
"""Working days before a deadline from which it is told every day; a choice of this platform, no rule of law."""


@transaction.atomic
def reminders_make(*, catalogue: Catalogue, now: datetime, today: date) -> list[Reminder]:
    """Make the reminders of ``today`` that were not made yet, and return them; each is an event of the log besides.

    The clerks of the organ get a notice of each. However often it is called, and by two at once, a reminder is made, and
    somebody is told, once a day.
    """
    made = []
    for line in due_lines(actor=SYSTEM, catalogue=catalogue, now=now, today=today):
        if not _is_told(line):
            continue
        reminder, is_new = Reminder.objects.get_or_create(
            day=today,
            organ_code=line.organ_code,
            key=line.key,
            defaults={"text": _text(line, catalogue), "made_at": now},
        )
        if is_new:
            made.append(reminder)
            clerks = accounts_holding(role=Role.CLERK, organ_code=line.organ_code, on_date=today)
            notices_send(
                account_ids=clerks.values_list("pk", flat=True),
                kind=NoticeKind.DUE,
                number=line.number,
                due=line.due,
                now=now,
            )
    for reminder in made:
        event_record(
            action="monitoring.reminder.made",
            actor="system",
            target=("organ", reminder.organ_code),
            at=now,
            key=reminder.key,
            text=reminder.text,
        )
    return made


def _is_told(line: DueLine) -> bool:
    return line.kind is not DueKind.LATE and line.due is not None and (line.is_late or line.days <= REMIND_DAYS)


def _text(line: DueLine, catalogue: Catalogue) -> str:
    assert line.due is not None
    titles = {item.id: item.title for item in catalogue.items}
    provisional = "，暂定" if line.is_provisional else ""
    return (
        f"{titles.get(line.item_id, line.item_id)}批次{line.number}：{line.count}行{line.kind.label}，"
        f"期限{chinese_date(line.due)}（含当日{provisional}），{line.left}。"
    )


def reminders_of(*, day: date) -> Iterator[Reminder]:
    """Yield the reminders of a day in the order they were made."""
    yield from Reminder.objects.filter(day=day).order_by("id")
