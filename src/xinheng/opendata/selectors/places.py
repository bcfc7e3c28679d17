"""Where the feed stands."""

import hashlib
from datetime import date

from xinheng.opendata.domain import FORMAT, Cursor
from xinheng.publicity.selectors import DisplayLaw, law_current, state_of_data
from xinheng.records.models import RecordVersion


def feed_place(*, on_date: date, law: DisplayLaw | None = None) -> Cursor:
    """Return the place of somebody who knows everything that is shown on ``on_date``. Two small queries."""
    law = law or law_current()
    state = state_of_data()
    return Cursor(
        seq=state.known_seq,
        day=on_date,
        register=state.register_import,
        epoch=epoch_of(seq=state.known_seq, law=law),
    )


def epoch_of(*, seq: int, law: DisplayLaw) -> str:
    """Return what is the same as long as differences from publication ``seq`` can be told.

    The law's hash, the form of the data, and what publication ``seq`` was: a database put back from a copy counts on with the
    same numbers, and nobody may take its new publications for the old ones.
    """
    found = RecordVersion.objects.filter(seq=seq).values_list("record_id", "content_hash", "recorded_at").first()
    publication = f"{found[0]}/{bytes(found[1]).hex()}/{found[2].isoformat()}" if found is not None else ""
    return hashlib.sha256(f"{FORMAT}/{law.catalogue.hash}/{publication}".encode()).hexdigest()[:12]
