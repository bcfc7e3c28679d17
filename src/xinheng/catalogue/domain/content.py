"""What one catalogue file may hold.

Every model is frozen and refuses unknown keys; references are checked by ``gates``.
"""

from xinheng.catalogue.domain.base import CatalogueModel, Instrument
from xinheng.catalogue.domain.items import CodeList, Edition, Item, ItemClass
from xinheng.catalogue.domain.places import CalendarYear, Organ, Sector, Township
from xinheng.catalogue.domain.terms import Clock, Evaluation, ListType, Measure, RegimeSpec


class CatalogueFile(CatalogueModel):
    """What one YAML file may hold: any of these collections, nothing else."""

    instruments: tuple[Instrument, ...] = ()
    editions: tuple[Edition, ...] = ()
    classes: tuple[ItemClass, ...] = ()
    code_lists: tuple[CodeList, ...] = ()
    items: tuple[Item, ...] = ()
    clocks: tuple[Clock, ...] = ()
    regimes: tuple[RegimeSpec, ...] = ()
    list_types: tuple[ListType, ...] = ()
    measures: tuple[Measure, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    sectors: tuple[Sector, ...] = ()
    organs: tuple[Organ, ...] = ()
    townships: tuple[Township, ...] = ()
    calendar: tuple[CalendarYear, ...] = ()
