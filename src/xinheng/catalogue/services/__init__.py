"""Checking, storing, describing and changing the catalogue."""

from xinheng.catalogue.services.checking import catalogue_check
from xinheng.catalogue.services.proposing import (
    proposal_adopt,
    proposal_install,
    proposal_make,
    proposal_problems,
    proposal_refuse,
)
from xinheng.catalogue.services.reference import reference_page
from xinheng.catalogue.services.schema import schema_text
from xinheng.catalogue.services.storing import Stored, catalogue_store

__all__ = [
    "Stored",
    "catalogue_check",
    "catalogue_store",
    "proposal_adopt",
    "proposal_install",
    "proposal_make",
    "proposal_problems",
    "proposal_refuse",
    "reference_page",
    "schema_text",
]
