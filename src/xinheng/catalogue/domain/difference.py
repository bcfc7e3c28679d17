"""In what two catalogues differ, entry by entry and field by field, in words (目录修改对照). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from xinheng.catalogue.domain.snapshot import IDENTITIES, Catalogue, identity_of
from xinheng.catalogue.domain.wording import COLLECTION_LABELS, FIELD_LABELS, NOTHING, value_in_words


class ChangeKind(StrEnum):
    """What happened to an entry."""

    ADDED = "新增"
    REMOVED = "删去"
    CHANGED = "修改"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One value that differs: where inside the entry, what it was, what it would be; all in words."""

    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry that differs. ``fields`` of an entry that is added or removed holds all of its values."""

    collection: str
    identity: str
    title: str
    kind: ChangeKind
    fields: tuple[FieldChange, ...]

    @property
    def collection_label(self) -> str:
        """Return what the collection is called."""
        return COLLECTION_LABELS[self.collection]


# By what the parts of a list are told apart, so that one put in between does not change all that follow.
_KEYS: Final = ("key", "code", "severity", "id", "instrument")


def catalogue_changes(*, before: Catalogue, after: Catalogue) -> tuple[EntryChange, ...]:
    """Return every entry in which the two catalogues differ, in the order of the collections; nothing where the hash is one."""
    return tuple(change for collection in IDENTITIES for change in _of_collection(collection, before, after))


def _of_collection(collection: str, before: Catalogue, after: Catalogue) -> Iterator[EntryChange]:
    old: dict[str, BaseModel] = {identity_of(collection, entry): entry for entry in getattr(before.content, collection)}
    new: dict[str, BaseModel] = {identity_of(collection, entry): entry for entry in getattr(after.content, collection)}
    for identity in sorted(old.keys() | new.keys()):
        left, right = old.get(identity), new.get(identity)
        fields = tuple(_differences(_plain(left), _plain(right), ""))
        if not fields:
            continue
        kind = ChangeKind.ADDED if left is None else ChangeKind.REMOVED if right is None else ChangeKind.CHANGED
        shown = right if right is not None else left
        title = getattr(shown, "title", None) or getattr(shown, "name", None) or identity
        yield EntryChange(collection=collection, identity=identity, title=str(title), kind=kind, fields=fields)


def _plain(entry: BaseModel | None) -> Mapping[str, Any]:
    return {} if entry is None else entry.model_dump(mode="python")


def _differences(before: Any, after: Any, place: str) -> Iterator[FieldChange]:
    if before == after:
        return
    if _is_structure(before) or _is_structure(after):
        yield from _of_structures(_parts(before), _parts(after), place)
        return
    was, will_be = value_in_words(before), value_in_words(after)
    if was != will_be:
        yield FieldChange(place=place, before=was, after=will_be)


def _of_structures(before: Mapping[str, Any], after: Mapping[str, Any], place: str) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*before, *after]):
        inner = f"{place}，{FIELD_LABELS.get(name, name)}" if place else FIELD_LABELS.get(name, name)
        yield from _differences(before.get(name), after.get(name), inner)


def _is_structure(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value))


def _parts(value: Any) -> Mapping[str, Any]:
    """Return the parts of a structure by name; those of a list by what tells them apart, by their place where nothing does."""
    if value is None or value in ((), []):
        return {}
    if isinstance(value, Mapping):
        return {name if isinstance(name, str) else value_in_words(name): part for name, part in value.items()}
    if not isinstance(value, list | tuple):
        return {NOTHING: value}
    key = next((key for key in _KEYS if all(isinstance(part, Mapping) and part.get(key) for part in value)), None)
    names = [f"“{value_in_words(part[key])}”" if key is not None else f"第{number}项" for number, part in enumerate(value, 1)]
    if len(set(names)) < len(names):
        names = [f"第{number}项" for number, _ in enumerate(value, 1)]
    return dict(zip(names, value, strict=True))
