"""How far the data are: what an answer rests on, and whether it can have changed."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Subquery
from django.db.models.expressions import RawSQL

from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.selectors import submissions_published
from xinheng.records.models import PublicationCounter
from xinheng.subjects.models import RegisterImport


@dataclass(frozen=True, slots=True, kw_only=True)
class DataState:
    """Newest publication, register import and published submission, and the law in force.

    ``written_by``: the transaction that published last; it tells apart two states of a database that was put back.
    """

    known_seq: int
    written_by: int
    register_import: int
    submission: int
    catalogue_hash: str

    @property
    def tag(self) -> str:
        """Return a short text that differs whenever one of them does."""
        parts = f"{self.known_seq}/{self.written_by}/{self.register_import}/{self.submission}/{self.catalogue_hash}"
        return hashlib.sha256(parts.encode()).hexdigest()[:20]


def state_of_data() -> DataState:
    """Return the state of everything that public answers rest on. One small query."""
    text, values = _question()
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        known, writer_id, register_import, submission = cursor.fetchone()
    return DataState(
        known_seq=known,
        written_by=writer_id,
        register_import=register_import or 0,
        submission=submission or 0,
        catalogue_hash=catalogue_current().hash,
    )


def kept_under(state: DataState, *, catalogue_hash: str = "") -> str:
    """Return under what a process may keep what it worked out: another state, law or database (of a test) is another text."""
    return f"{connection.settings_dict['NAME']}/{state.tag}/{catalogue_hash or state.catalogue_hash}"


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """Return the query as Django writes it, written once: every answer asks it twice, and writing takes longer than answering."""
    imports = Subquery(RegisterImport.objects.order_by("-pk").values("pk")[:1])
    published = Subquery(submissions_published().order_by("-pk").values("pk")[:1])
    writer = RawSQL("records_publicationcounter.xmin::text::bigint", (), output_field=BigIntegerField())
    counter = PublicationCounter.objects.annotate(writer=writer, register_import=imports, submission=published).filter(pk=1)
    asked = counter.values_list("last", "writer", "register_import", "submission").query
    text, values = asked.sql_with_params()
    return text, tuple(values)
