"""Catalogues that were in use before, read from their snapshots."""

from functools import lru_cache

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.domain.content import CatalogueFile
from xinheng.catalogue.errors import CatalogueNotKept
from xinheng.catalogue.models import CatalogueSnapshot
from xinheng.catalogue.selectors.loading import catalogue_current


def catalogue_kept(*, content_hash: str) -> Catalogue:
    """Return the catalogue with this hash: the current one, or one that was in use when something began.

    Raises:
        CatalogueNotKept: no snapshot has this hash.
    """
    current = catalogue_current()
    return current if current.hash == content_hash else _from_snapshot(content_hash)


@lru_cache(maxsize=4)
def _from_snapshot(content_hash: str) -> Catalogue:
    kept = CatalogueSnapshot.objects.filter(hash=content_hash).first()
    if kept is None:
        raise CatalogueNotKept(hash=content_hash)
    return Catalogue(content=CatalogueFile.model_validate_json(kept.content))
