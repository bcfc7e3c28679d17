"""Reading the catalogue."""

from xinheng.catalogue.selectors.keeping import catalogue_kept
from xinheng.catalogue.selectors.loading import (
    assembly_load_from,
    catalogue_current,
    catalogue_load_from,
    catalogue_sources,
)

__all__ = ["assembly_load_from", "catalogue_current", "catalogue_kept", "catalogue_load_from", "catalogue_sources"]
