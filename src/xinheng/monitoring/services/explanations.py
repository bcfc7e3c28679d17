"""Explain a gap in a series of document numbers (缺号说明)."""

from datetime import datetime

from django.db import transaction

from xinheng.accounts.domain import Actor, Role
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Catalogue
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.monitoring.domain.series import Series
from xinheng.monitoring.errors import GapUnknown, ReasonNeeded
from xinheng.monitoring.models import GapExplanation
from xinheng.monitoring.selectors.series import series_gaps
from xinheng.monitoring.services.zero_reports import post_held

_LONGEST = 400


@transaction.atomic
def gap_explain(
    *,
    organ_code: str,
    item_id: str,
    series: Series,
    first: int,
    last: int,
    reason: str,
    actor: Actor,
    catalogue: Catalogue,
    now: datetime,
) -> GapExplanation:
    """Say why the serials ``first`` to ``last`` (inclusive) of a series are not among the records.

    Personal numbers in the reason are masked. A later explanation of the same serials takes the place of an earlier one.

    Raises:
        NotOfThisOrgan: the person is no clerk there.
        NothingFound: the organ is not one that this person follows.
        ReasonNeeded: no reason is given.
        GapUnknown: these serials are no gap.
    """
    post_held(actor=actor, role=Role.CLERK, organ_code=organ_code, item_id=item_id, catalogue=catalogue)
    words = mask_personal_numbers(reason.strip())[:_LONGEST]
    if not words:
        raise ReasonNeeded(what="缺号说明")
    found = series_gaps(actor=actor, catalogue=catalogue, organ_code=organ_code, item_id=item_id, year=series.year)
    missing = {serial for one in found if one.series == series for gap in one.gaps for serial in range(gap.first, gap.last + 1)}
    if not missing or first > last or not set(range(first, last + 1)) <= missing:
        raise GapUnknown(series=series.name, year=series.year, first=first, last=last)
    explanation = GapExplanation.objects.create(
        organ_code=organ_code,
        item_id=item_id,
        series=series.name,
        year=series.year,
        first_serial=first,
        last_serial=last,
        reason=words,
        actor=actor.signature,
        at=now,
    )
    event_record(
        action="monitoring.gap.explained",
        actor=actor.signature,
        target=("series", f"{organ_code}:{item_id}:{series.name}:{series.year}"[:120]),
        at=now,
        first=first,
        last=last,
        reason=words,
    )
    return explanation
