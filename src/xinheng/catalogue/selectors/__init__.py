"""Reading the catalogue."""

from xinheng.catalogue.selectors.cases import CASES_FOLDER, law_cases
from xinheng.catalogue.selectors.keeping import catalogue_kept
from xinheng.catalogue.selectors.loading import (
    assembly_load_from,
    catalogue_current,
    catalogue_load_from,
    catalogue_sources,
)
from xinheng.catalogue.selectors.proposals import (
    proposal_catalogue,
    proposal_changes,
    proposal_get,
    proposal_is_in_force,
    proposals,
    sources_current,
)

__all__ = [
    "CASES_FOLDER",
    "assembly_load_from",
    "catalogue_current",
    "catalogue_kept",
    "catalogue_load_from",
    "catalogue_sources",
    "law_cases",
    "proposal_catalogue",
    "proposal_changes",
    "proposal_get",
    "proposal_is_in_force",
    "proposals",
    "sources_current",
]
