"""Whose figures somebody sees: the one gate of monitoring."""

from dataclasses import dataclass

from xinheng.accounts.domain import Actor, Post, Role
from xinheng.catalogue.domain import Catalogue, Item, ItemKind, Organ

SYSTEM = Actor(account_id=0, name="平台", posts=(Post(role=Role.CREDIT_OFFICER, organ_code=""),))
"""Who acts in commands that look at every organ: reminders, figures of the day, the bulletin."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one look is about: organs in the catalogue's order, under one law."""

    organs: tuple[Organ, ...]
    catalogue: Catalogue

    @property
    def codes(self) -> frozenset[str]:
        """The organs' codes."""
        return frozenset(organ.code for organ in self.organs)

    def sectors(self, organ_code: str) -> frozenset[str]:
        """The sectors of an organ; none of an unknown one."""
        return next((frozenset(organ.sectors) for organ in self.organs if organ.code == organ_code), frozenset())


def organs_visible_to(*, actor: Actor, catalogue: Catalogue) -> tuple[Organ, ...]:
    """Return the organs whose reporting this person follows, in the catalogue's order.

    The credit office all of them; clerks and reviewers their own; anybody else, administrators too, none.
    """
    if actor.is_of_credit_office:
        return catalogue.organs
    own = actor.organs(Role.CLERK, Role.REVIEWER)
    return tuple(organ for organ in catalogue.organs if organ.code in own)


def scope_of(*, actor: Actor, catalogue: Catalogue, organ_code: str = "") -> Scope:
    """Return what a person looks at: all that is visible, or one organ of it; nothing where that one is not visible."""
    organs = organs_visible_to(actor=actor, catalogue=catalogue)
    if organ_code:
        organs = tuple(organ for organ in organs if organ.code == organ_code)
    return Scope(organs=organs, catalogue=catalogue)


def items_reported(catalogue: Catalogue) -> tuple[Item, ...]:
    """Return the items of which rows become records: acts only change what is there. Those with a deadline first."""
    items = [item for item in catalogue.items if item.kind is not ItemKind.ACT]
    return tuple(sorted(items, key=lambda item: (item.reporting_clock is None, catalogue.items.index(item))))


def is_responsible(item: Item, organ: Organ) -> bool:
    """Return whether the catalogue lets the organ report the item: by its sectors, or all organs (``*``)."""
    return "*" in item.responsible_organs or bool(frozenset(item.responsible_organs) & frozenset(organ.sectors))
