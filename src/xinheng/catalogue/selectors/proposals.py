"""Proposed changes of the catalogue, and what the catalogue would be with them."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.domain.assembly import Assembly, assemble
from xinheng.catalogue.domain.difference import EntryChange, catalogue_changes
from xinheng.catalogue.errors import ProposalNotFound
from xinheng.catalogue.models import CatalogueProposal
from xinheng.catalogue.selectors.loading import catalogue_current, catalogue_sources


def proposals() -> QuerySet[CatalogueProposal]:
    """Return all proposals, newest first. Only the credit office works with them; they name no subject."""
    return CatalogueProposal.objects.order_by("-pk")


def proposal_get(*, proposal_id: int) -> CatalogueProposal:
    """Return one proposal.

    Raises:
        ProposalNotFound: there is none of this number.
    """
    found = CatalogueProposal.objects.filter(pk=proposal_id).first()
    if found is None:
        raise ProposalNotFound(number=proposal_id)
    return found


def sources_current() -> dict[str, str]:
    """Return the texts of the catalogue in use by relative name."""
    return dict(catalogue_sources(path=Path(settings.XINHENG_CATALOGUE_DIR)))


def assembly_with(files: Mapping[str, str]) -> Assembly:
    """Return the catalogue in use with ``files`` in place of those of the same name, or beside them; problems are inside."""
    return assemble((sources_current() | dict(files)).items())


def proposal_catalogue(*, proposal: CatalogueProposal) -> Catalogue | None:
    """Return the catalogue that would be, None where the one in use is no longer the one it was proposed for."""
    catalogue = assembly_with(proposal.files).catalogue()
    return catalogue if catalogue.hash == proposal.hash else None


def proposal_is_in_force(*, proposal: CatalogueProposal) -> bool:
    """Return whether the catalogue in use is the proposed one."""
    return catalogue_current().hash == proposal.hash


def proposal_changes(*, after: Catalogue) -> tuple[EntryChange, ...]:
    """Return in what a catalogue differs from the one in use, field by field in words."""
    return catalogue_changes(before=catalogue_current(), after=after)
