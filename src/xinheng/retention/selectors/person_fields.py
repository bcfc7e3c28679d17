"""Records whose person-related fields have served: shown nowhere any more, long enough, and nothing needs them (P17)."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from xinheng.adapters.clock import CHINA
from xinheng.exchange.selectors import sent_and_not_withdrawn
from xinheng.intake.selectors import organs_correcting
from xinheng.publicity.selectors import display_ends, law_current
from xinheng.records.models import CurrentRecord, RecordKey
from xinheng.retention.domain import Due, Kind, Waiting

_DATES = ("revoked_date", "repaired_date", "delisted_date")


def person_fields_over(*, on_date: date) -> QuerySet[CurrentRecord]:
    """Return the records with a key left that left every display, and had their last version, as many days ago as set.

    Annotated with ``display_end``; to be asked directly, as ``publicity.selectors.display_ends``. The day of the last version
    counts too, so that whatever happens to a record begins the time anew.
    """
    last_day = on_date - timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS)
    gone = Q(display_end__lte=last_day) | Q(withdrawn=True)
    for name in _DATES:
        gone |= Q(**{f"{name}__lte": last_day})
    has_key = Exists(RecordKey.objects.filter(record_id=OuterRef("record_id"), material__isnull=False))
    return display_ends(on_date=on_date, law=law_current()).filter(
        gone, has_key, recorded_at__lt=datetime.combine(last_day + timedelta(days=1), time(), CHINA)
    )


def person_fields_due(*, on_date: date) -> QuerySet[CurrentRecord]:
    """Return those of them that nothing needs: no dispute, no hold, no correction under way, no withdrawal yet to be told."""
    return person_fields_over(on_date=on_date).exclude(_needed())


def person_fields_told(*, on_date: date) -> Due:
    """Return what is over and what waits for what."""
    days = settings.XINHENG_PERSON_FIELDS_DAYS
    over = person_fields_over(on_date=on_date)
    since: date | None = None
    count = 0
    for withdrawn, recorded, *ends in (
        over.exclude(_needed()).values_list("withdrawn", "recorded_at", "display_end", *_DATES).iterator(chunk_size=5_000)
    ):
        left = date.min if withdrawn else min(day for day in ends if day is not None)
        day = max(left, recorded.astimezone(CHINA).date()) + timedelta(days=days)
        since, count = min(since or day, day), count + 1
    reasons = {
        "异议还没有办完": Q(disputed_since__isnull=False),
        "暂停公示，还没有作出决定": Q(held=True),
        "机关有更正批次还没有办完": Q(organ_code__in=organs_correcting()),
        "撤回还没有上报市平台（运行 xinheng export）": Exists(sent_and_not_withdrawn(record_id=OuterRef("record_id"))),
    }
    waiting = [Waiting(reason=reason, count=over.filter(why).count()) for reason, why in reasons.items()]
    return Due(
        kind=Kind.PERSON_FIELDS,
        period=days,
        count=count,
        since=since,
        waiting=tuple(one for one in waiting if one.count),
    )


def _needed() -> Q:
    """Return the condition that something still needs them."""
    return (
        Q(disputed_since__isnull=False)
        | Q(held=True)
        | Q(organ_code__in=organs_correcting())
        | Q(Exists(sent_and_not_withdrawn(record_id=OuterRef("record_id"))))
    )
