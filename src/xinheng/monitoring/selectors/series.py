"""Gaps in the series of document numbers of one organ and item. A hint that proves nothing."""

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Catalogue
from xinheng.intake.models import Doubt, ReturnedRow
from xinheng.intake.selectors import submissions_visible_to
from xinheng.kernel.text import document_no_key
from xinheng.monitoring.domain.series import Explained, Series, SeriesGaps, gaps_of
from xinheng.monitoring.errors import NothingFound
from xinheng.monitoring.models import GapExplanation
from xinheng.monitoring.selectors.reach import scope_of
from xinheng.monitoring.selectors.zero_reports import names_of
from xinheng.records.selectors import records_current


def series_gaps(*, actor: Actor, catalogue: Catalogue, organ_code: str, item_id: str, year: int) -> tuple[SeriesGaps, ...]:
    """Return the series of a year with the serials that are not among what the organ ever sent. Four queries.

    Sent counts, whatever became of it: records (withdrawn ones too), rows that came back, doubts.

    Raises:
        NothingFound: the organ is not one that this person follows.
    """
    if organ_code not in scope_of(actor=actor, catalogue=catalogue).codes:
        raise NothingFound
    batches = submissions_visible_to(actor=actor).filter(organ_code=organ_code, item_id=item_id)
    records = records_current().filter(organ_code=organ_code, item_id=item_id, document_no_key__contains=f"〔{year}〕")
    returned = ReturnedRow.objects.filter(submission__in=batches, document_no_key__contains=f"〔{year}〕")
    numbers = {
        *records.order_by().values_list("document_no_key", flat=True),
        *returned.values_list("document_no_key", flat=True),
        *(
            document_no_key(number)
            for number in Doubt.objects.filter(submission__in=batches).values_list("document_no", flat=True)
        ),
    }
    told = list(GapExplanation.objects.filter(organ_code=organ_code, item_id=item_id, year=year).order_by("id"))
    names = names_of({one.actor for one in told})
    explained = [
        Explained(
            series=Series(one.series, one.year),
            first=one.first_serial,
            last=one.last_serial,
            reason=one.reason,
            by=names.get(one.actor, one.actor),
        )
        for one in told
    ]
    return tuple(found for found in gaps_of(numbers, explained=explained) if found.series.year == year)
