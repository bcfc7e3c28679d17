"""The law as plain values, for whoever reads it by machine."""

from typing import Any

from xinheng.catalogue.domain import Catalogue, ItemDisclosure
from xinheng.publicity.selectors.law import DisplayLaw


def catalogue_plain(law: DisplayLaw) -> dict[str, Any]:
    """Return the public items, the measures, the clocks and the public lists, each with its ground and how sure we are of it."""
    catalogue = law.catalogue
    return {
        "hash": catalogue.hash,
        "items": _items(catalogue),
        "measures": [
            {
                "id": one.id,
                "title": one.title,
                "category": one.category.label,
                "in_force": one.in_force,
                "until": one.until,
                "basis": catalogue.basis_text(one.basis),
                "confidence": one.confidence.value,
            }
            for one in catalogue.measures
        ],
        "clocks": [
            {"id": clock.id, "title": clock.title, "kind": clock.kind.value, "versions": _versions(catalogue, clock.versions)}
            for clock in catalogue.clocks
        ],
        "lists": [
            {
                "id": one.id,
                "title": one.title,
                "lister": one.lister,
                "term_months": one.term_months,
                "accepted": one.accepted,
                "basis": catalogue.basis_text(one.basis),
                "confidence": one.confidence.value,
                "term_confidence": one.term_confidence.value,
            }
            for one in catalogue.list_types
            if one.id not in law.private_lists
        ],
    }


def _items(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "title": item.title,
            "kind": item.kind.value,
            "adverse": item.adverse,
            "in_force": item.in_force,
            "basis": catalogue.basis_text(item.basis),
            "confidence": item.confidence.value,
            "version": catalogue.item_version(item.id),
        }
        for item in catalogue.items
        if item.disclosure is ItemDisclosure.PUBLIC
    ]


def _versions(catalogue: Catalogue, versions: Any) -> list[dict[str, Any]]:
    return [
        {
            "in_force": one.in_force,
            "until": one.until,
            "amount": one.amount,
            "unit": one.unit.value if one.unit else None,
            "start": one.start.value,
            "end_rule": one.end_rule.value if one.end_rule else None,
            "basis": catalogue.basis_text(one.basis),
            "confidence": one.confidence.value,
        }
        for one in versions
    ]
