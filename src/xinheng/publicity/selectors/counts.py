"""How many records are shown, remembered while nothing has changed: a million records take seconds to judge one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Condition

from cachetools import LRUCache, cached
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from xinheng.adapters.database import statements_patient
from xinheng.publicity.selectors.displays import displays, without_sole_traders
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.publicity.selectors.pages import NO_FILTER, ListFilter
from xinheng.publicity.selectors.state import kept_under, state_of_data
from xinheng.records.models import CurrentRecord

_REMEMBERED = 1_024
_GROUPED_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class DisplayGroup:
    """How many records of one item, decided by one organ in one month (its first day), are in public lists."""

    item_id: str
    organ_code: str
    organ_name: str
    month: date
    count: int


def display_count(
    *, item_ids: Sequence[str], on_date: date, narrow: ListFilter = NO_FILTER, law: DisplayLaw | None = None
) -> int:
    """Return how many records a public list holds. Two queries, one of them tiny."""
    law = law or law_current()
    return _count(_state(law), on_date, tuple(item_ids), narrow)


def displays_counted(*, on_date: date, law: DisplayLaw | None = None) -> dict[str, int]:
    """Return how many records of each item are shown in public lists, by item id. Two queries, one tiny."""
    law = law or law_current()
    return dict.fromkeys(law.items, 0) | dict(_count_by_item(_state(law), on_date))


def displays_grouped(*, on_date: date, law: DisplayLaw | None = None) -> tuple[DisplayGroup, ...]:
    """Return the counts of everything in public lists on ``on_date``, by item, organ and month of decision.

    What is in no list is in no count: an ended display, a sole trader's adverse record (P2, P8). Two queries, one tiny.
    """
    law = law or law_current()
    return _grouped(_state(law), on_date)


def _state(law: DisplayLaw) -> str:
    """Return what a count depends on besides what is asked: while it is the same, so is the count.

    The day is not in it: a count is of one day. Another database (of a test) is another state.
    """
    return kept_under(state_of_data(), catalogue_hash=law.catalogue.hash)


# Counts hold nothing that was shown of anybody, so that remembering them outlives no display (P8); a display that ends
# at midnight is out of the next day's count. One thread counts what several ask for at once (the conditions): after a
# publication fifty readers would count fifty times.
@cached(LRUCache(_REMEMBERED), condition=Condition())
def _count(state: str, on_date: date, item_ids: tuple[str, ...], narrow: ListFilter) -> int:
    del state
    with statements_patient():
        return narrow.apply(_listed(on_date, item_ids)).count()


@cached(LRUCache(_REMEMBERED), condition=Condition())
def _count_by_item(state: str, on_date: date) -> tuple[tuple[str, int], ...]:
    del state
    with statements_patient():
        return tuple(_listed(on_date, None).order_by().values_list("item_id").annotate(count=Count("record_id")))


@cached(LRUCache(_GROUPED_REMEMBERED), condition=Condition())
def _grouped(state: str, on_date: date) -> tuple[DisplayGroup, ...]:
    del state
    month = TruncMonth("decision_date")
    rows = _listed(on_date, None).order_by().values_list("item_id", "organ_code", "organ_name", month)
    counts: Counter[tuple[str, str, date]] = Counter()
    names: dict[str, str] = {organ.code: organ.name for organ in law_current().catalogue.organs}
    with statements_patient():
        found = tuple(rows.annotate(count=Count("record_id")))
    for item_id, organ_code, organ_name, first_day, count in found:
        counts[item_id, organ_code, first_day] += count
        names.setdefault(organ_code, organ_name)
    return tuple(
        DisplayGroup(item_id, organ_code, names[organ_code], first_day, count)
        for (item_id, organ_code, first_day), count in sorted(counts.items())
    )


def _listed(on_date: date, item_ids: Sequence[str] | None) -> QuerySet[CurrentRecord]:
    law = law_current()
    return without_sole_traders(records=displays(on_date=on_date, item_ids=item_ids, law=law), law=law)
