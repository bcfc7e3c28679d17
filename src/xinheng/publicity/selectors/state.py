"""How far the data are: what an answer rests on, and whether it can have changed."""

import hashlib
from dataclasses import dataclass

from django.db.models import Max

from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.selectors import submissions_published_last
from xinheng.records.selectors import known_latest
from xinheng.subjects.models import RegisterImport


@dataclass(frozen=True, slots=True, kw_only=True)
class DataState:
    """Newest publication, register import and published submission, and the law in force."""

    known_seq: int
    register_import: int
    submission: int
    catalogue_hash: str

    @property
    def tag(self) -> str:
        """Return a short text that differs whenever one of them does."""
        parts = f"{self.known_seq}/{self.register_import}/{self.submission}/{self.catalogue_hash}"
        return hashlib.sha256(parts.encode()).hexdigest()[:20]


def state_of_data() -> DataState:
    """Return the state of everything that public answers rest on. Three small queries."""
    return DataState(
        known_seq=known_latest(),
        register_import=RegisterImport.objects.aggregate(last=Max("pk"))["last"] or 0,
        submission=submissions_published_last(),
        catalogue_hash=catalogue_current().hash,
    )
