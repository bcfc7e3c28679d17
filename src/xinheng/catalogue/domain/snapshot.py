"""The whole catalogue at one moment, with its content hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from pydantic import BaseModel

from xinheng.catalogue.domain.base import Instrument, Reference
from xinheng.catalogue.domain.content import CatalogueFile
from xinheng.catalogue.domain.items import CodeList, Edition, Item, ItemClass
from xinheng.catalogue.domain.places import CalendarYear, Organ, Sector, Township
from xinheng.catalogue.domain.terms import Clock, Evaluation, ListType, Measure, RegimeSpec
from xinheng.kernel.text import name_key

# How the entries of each collection are told apart; also the stable order of the hash.
IDENTITIES: Mapping[str, str] = {
    "instruments": "id",
    "editions": "id",
    "classes": "id",
    "code_lists": "id",
    "items": "id",
    "clocks": "id",
    "regimes": "id",
    "list_types": "id",
    "measures": "id",
    "evaluations": "id",
    "sectors": "id",
    "organs": "code",
    "townships": "name",
    "calendar": "year",
}


def identity_of(collection: str, entry: BaseModel) -> str:
    """Return what tells ``entry`` apart inside its collection.

    Versions of one regime share their id, so a regime is told apart by id and first day in force.
    """
    value = str(getattr(entry, IDENTITIES[collection]))
    if isinstance(entry, RegimeSpec):
        return f"{value}@{entry.in_force.isoformat()}"
    return value


def _canonical(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _digest(content: Any) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()


@dataclass(frozen=True)
class Catalogue:
    """The law as data: typed, dated, immutable. Look-ups raise KeyError for an unknown id."""

    content: CatalogueFile

    @classmethod
    def merged(cls, files: Iterable[CatalogueFile]) -> "Catalogue":
        """Return one catalogue of all ``files``; the order of files and entries does not matter."""
        gathered: dict[str, list[BaseModel]] = {name: [] for name in IDENTITIES}
        for file in files:
            for name, entries in gathered.items():
                entries.extend(getattr(file, name))
        ordered = {name: tuple(sorted(entries, key=partial(identity_of, name))) for name, entries in gathered.items()}
        fields: dict[str, Any] = dict(ordered)
        return cls(content=CatalogueFile.model_construct(**fields))

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """Return the content as plain JSON values, entries in stable order."""
        return self.content.model_dump(mode="json")

    @cached_property
    def hash(self) -> str:
        """Return the content hash (SHA-256, hex), independent of files and their order."""
        return _digest(self.as_json)

    @cached_property
    def canonical_json(self) -> str:
        """Return the text whose SHA-256 is ``hash``; it is what the stored snapshot keeps."""
        return _canonical(self.as_json).decode()

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all items in stable order."""
        return self.content.items

    @property
    def organs(self) -> tuple[Organ, ...]:
        """Return all organs in stable order."""
        return self.content.organs

    @property
    def townships(self) -> tuple[Township, ...]:
        """Return all townships in stable order."""
        return self.content.townships

    @property
    def list_types(self) -> tuple[ListType, ...]:
        """Return all list types in stable order."""
        return self.content.list_types

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Return all measures in stable order."""
        return self.content.measures

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Return all evaluations in stable order."""
        return self.content.evaluations

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """Return all clocks in stable order."""
        return self.content.clocks

    @property
    def regimes(self) -> tuple[RegimeSpec, ...]:
        """Return all regimes in stable order."""
        return self.content.regimes

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Return all instruments in stable order."""
        return self.content.instruments

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Return all editions in stable order."""
        return self.content.editions

    @property
    def classes(self) -> tuple[ItemClass, ...]:
        """Return all classes in stable order."""
        return self.content.classes

    @property
    def code_lists(self) -> tuple[CodeList, ...]:
        """Return all code lists in stable order."""
        return self.content.code_lists

    @property
    def sectors(self) -> tuple[Sector, ...]:
        """Return all sectors in stable order."""
        return self.content.sectors

    @property
    def calendar(self) -> tuple[CalendarYear, ...]:
        """Return all calendar in stable order."""
        return self.content.calendar

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        return {name: {str(getattr(e, key)): e for e in getattr(self.content, name)} for name, key in IDENTITIES.items()}

    def item(self, item_id: str) -> Item:
        """Return the item with this id; raises KeyError."""
        item: Item = self._by_id["items"][item_id]
        return item

    def code_list(self, code_list_id: str) -> CodeList:
        """Return the code list with this id; raises KeyError."""
        code_list: CodeList = self._by_id["code_lists"][code_list_id]
        return code_list

    def clock(self, clock_id: str) -> Clock:
        """Return the clock with this id; raises KeyError."""
        clock: Clock = self._by_id["clocks"][clock_id]
        return clock

    def instrument(self, instrument_id: str) -> Instrument:
        """Return the instrument with this id; raises KeyError."""
        instrument: Instrument = self._by_id["instruments"][instrument_id]
        return instrument

    def item_class(self, class_id: str) -> ItemClass:
        """Return the item class with this id; raises KeyError."""
        item_class: ItemClass = self._by_id["classes"][class_id]
        return item_class

    def list_type(self, list_type_id: str) -> ListType:
        """Return the list with id ``B01`` (any case)."""
        list_type: ListType = self._by_id["list_types"][list_type_id.upper()]
        return list_type

    def measure(self, measure_id: str) -> Measure:
        """Return the measure with this id; raises KeyError."""
        measure: Measure = self._by_id["measures"][measure_id]
        return measure

    def organ(self, code: str) -> Organ:
        """Return the organ with this code; raises KeyError."""
        organ: Organ = self._by_id["organs"][code]
        return organ

    @cached_property
    def _organs_by_name(self) -> dict[str, Organ]:
        return {
            name_key(name): organ for organ in self.content.organs for name in (*organ.aliases, organ.short_name, organ.name)
        }

    def organ_by_name(self, name: str) -> Organ | None:
        """Return the organ with this full name, short name or alias, or None."""
        return self._organs_by_name.get(name_key(name))

    @cached_property
    def _item_versions(self) -> dict[str, str]:
        return {
            item.id: f"{item.id}@{item.template_version}#{_digest(item.model_dump(mode='json'))[:8]}"
            for item in self.content.items
        }

    def item_version(self, item_id: str) -> str:
        """Return ``administrative_penalty@2026.11#<8 hex>``: what a record entered under."""
        return self._item_versions[item_id]

    def basis_on(self, references: Iterable[Reference], *, on_date: date) -> tuple[Reference, ...]:
        """Return those of ``references`` whose instrument is in force on ``on_date``, both ends inclusive.

        Empty means that on that day there was no ground (P1, G4): such a record is not admitted.
        """
        return tuple(
            reference
            for reference in references
            if (instrument := self.instrument(reference.instrument)).in_force is not None
            and instrument.in_force <= on_date
            and (instrument.until is None or on_date <= instrument.until)
        )

    def basis_text(self, references: Iterable[Reference]) -> str:
        """Return references in words: 《行政处罚法》第四十八条；《…》（国办发〔2020〕49号）."""
        return "；".join(self.instrument(reference.instrument).cited(reference.article) for reference in references)
