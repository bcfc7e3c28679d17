"""What of the catalogue decides displays, worked out once per catalogue."""

from dataclasses import dataclass
from functools import cached_property

from xinheng.catalogue.domain import Catalogue, Item, ItemDisclosure, ItemKind, ListNature
from xinheng.catalogue.selectors import catalogue_current
from xinheng.rules.domain.rulebook import Rulebook
from xinheng.rules.selectors import rulebook

COMMITMENT_DISCLOSURE = "commitment_disclosure"
_KEPT = 4
_kept: "dict[str, DisplayLaw]" = {}


@dataclass(frozen=True)
class DisplayLaw:
    """The catalogue as the right to display sees it."""

    catalogue: Catalogue
    book: Rulebook

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items that may be shown to the public at all."""
        return {
            item.id: item
            for item in self.catalogue.items
            if item.disclosure is ItemDisclosure.PUBLIC and item.kind is not ItemKind.ACT
        }

    @cached_property
    def adverse_items(self) -> frozenset[str]:
        """Items that speak against the subject."""
        return frozenset(item.id for item in self.catalogue.items if item.adverse)

    @cached_property
    def penalty_items(self) -> frozenset[str]:
        """Items whose class of severity depends on the kinds of penalty."""
        return frozenset(item.id for item in self.catalogue.items if item.kind is ItemKind.PENALTY)

    @cached_property
    def private_lists(self) -> frozenset[str]:
        """Lists that are not for the public: not disclosed, or reminders (P15)."""
        return frozenset(
            spec.id
            for spec in self.catalogue.list_types
            if spec.disclosure is not ItemDisclosure.PUBLIC or spec.nature is ListNature.WATCH
        )

    @cached_property
    def organ_codes(self) -> frozenset[str]:
        """Codes of the known organs."""
        return frozenset(organ.code for organ in self.catalogue.organs)

    @cached_property
    def _sectors(self) -> dict[str, frozenset[str]]:
        return {organ.code: frozenset(organ.sectors) for organ in self.catalogue.organs}

    def sectors_of(self, organ_code: str) -> frozenset[str]:
        """Return the sectors of an organ, none for an unknown one."""
        return self._sectors.get(organ_code, frozenset())

    def organs_of(self, sectors: frozenset[str]) -> frozenset[str]:
        """Return the codes of the organs in any of ``sectors``."""
        return frozenset(code for code, own in self._sectors.items() if own & sectors)

    @cached_property
    def declared_public(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """For items whose subject says how far to disclose: the field's name, and the texts that mean everybody."""
        found = {}
        for item in self.items.values():
            field = item.field_by_role(COMMITMENT_DISCLOSURE)
            if field is not None and field.code_list is not None:
                value = self.catalogue.code_list(field.code_list).value("PUBLIC")
                texts = (value.code, value.label, *value.aliases) if value is not None else ()
                found[item.id] = (field.name, texts)
        return found


def law_current(catalogue: Catalogue | None = None) -> DisplayLaw:
    """Return what decides displays under ``catalogue`` (default: the current one), kept per catalogue hash."""
    catalogue = catalogue or catalogue_current()
    law = _kept.get(catalogue.hash)
    if law is None:
        while len(_kept) >= _KEPT:
            _kept.pop(next(iter(_kept)))
        law = _kept[catalogue.hash] = DisplayLaw(catalogue=catalogue, book=rulebook(catalogue))
    return law
