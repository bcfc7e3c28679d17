"""Checking, storing and describing the catalogue."""

from xinheng.catalogue.services.checking import catalogue_check
from xinheng.catalogue.services.reference import reference_page
from xinheng.catalogue.services.schema import schema_text
from xinheng.catalogue.services.storing import Stored, catalogue_store

__all__ = ["Stored", "catalogue_check", "catalogue_store", "reference_page", "schema_text"]
