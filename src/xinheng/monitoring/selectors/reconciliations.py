"""Lists of case systems that were compared with the records."""

from datetime import date

from django.db.models import Q, QuerySet

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Catalogue
from xinheng.monitoring.domain.side_by_side import Listed
from xinheng.monitoring.errors import NothingFound
from xinheng.monitoring.models import Reconciliation
from xinheng.monitoring.selectors.reach import scope_of
from xinheng.records.selectors import records_current


def reconciliations_visible_to(*, actor: Actor, catalogue: Catalogue) -> QuerySet[Reconciliation]:
    """Return the comparisons of the organs that a person follows, newest first."""
    codes = scope_of(actor=actor, catalogue=catalogue).codes
    return Reconciliation.objects.filter(organ_code__in=codes).order_by("-at", "-id")


def reconciliation_visible_to(*, actor: Actor, catalogue: Catalogue, reconciliation_id: int) -> Reconciliation:
    """Return one comparison.

    Raises:
        NothingFound: there is none, or not for this person.
    """
    found = reconciliations_visible_to(actor=actor, catalogue=catalogue).filter(pk=reconciliation_id).first()
    if found is None:
        raise NothingFound
    return found


def records_beside(*, organ_code: str, item_id: str, keys: frozenset[str], first: date, last: date) -> list[Listed]:
    """Return number and day of an organ's records under an item with one of the numbers, or decided in the time.

    Withdrawn records are left out: they are no longer reported.
    """
    records = records_current().filter(organ_code=organ_code, item_id=item_id, withdrawn=False)
    records = records.filter(Q(document_no_key__in=keys) | Q(decision_date__range=(first, last)))
    return [
        Listed(key=key, document_no=number, decided=decided)
        for key, number, decided in records.order_by("decision_date", "document_no_key").values_list(
            "document_no_key", "document_no", "decision_date"
        )
    ]
