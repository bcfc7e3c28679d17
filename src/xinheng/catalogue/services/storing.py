"""Keep every catalogue that was ever in use."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.models import CatalogueSnapshot
from xinheng.catalogue.selectors import catalogue_current


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing did: the hash, and whether the snapshot was new."""

    hash: str
    is_new: bool


@transaction.atomic
def catalogue_store(*, now: datetime, actor: str = "system", catalogue: Catalogue | None = None) -> Stored:
    """Store ``catalogue`` (the current one by default) as a snapshot, once per content hash.

    A second call with the same content changes nothing and writes no second event.

    Raises:
        CatalogueRefused: the catalogue folder has problems.
    """
    kept = catalogue or catalogue_current()
    _, is_new = CatalogueSnapshot.objects.get_or_create(
        hash=kept.hash, defaults={"content": kept.canonical_json, "stored_at": now}
    )
    if is_new:
        event_record(
            action="catalogue.snapshot.stored",
            actor=actor,
            target=("catalogue_snapshot", kept.hash),
            at=now,
            items=len(kept.items),
        )
    return Stored(hash=kept.hash, is_new=is_new)
