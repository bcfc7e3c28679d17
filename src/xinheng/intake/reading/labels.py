"""Recognise a table by its header: Chinese labels, national codes and catalogue aliases, in any order."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xinheng.catalogue.domain import Catalogue, FieldType, Item, Required

_REMARK = re.compile(r"[（(【\[]?(?:选择性必填|条件必填|非必填|必填项?|选填项?|可不填)[)）】\]]?")
_STEM_END = re.compile(r"[\n\r（(【\[:：]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_ENOUGH = 3
_LONGEST = 500


def label_key(label: str) -> str:
    """Return the form in which labels are compared: NFKC, upper case, letters and digits only, no 必填 remarks.

    What is too long to be a label has the form ``""``, which no label has.

    >>> label_key(" *CF_WSH ") == label_key("cfWsh")
    True
    >>> label_key("罚款金额（元）") == label_key("罚款金额(万元)")
    False
    """
    return _label_key(label) if len(label) <= _LONGEST else ""


@lru_cache(maxsize=4096)
def _label_key(label: str) -> str:
    return _NOT_A_WORD.sub("", _REMARK.sub("", unicodedata.normalize("NFKC", label))).upper()


def label_stem(label: str) -> str:
    """Return the key of what stands before the first bracket or line break: clerks add remarks there."""
    if len(label) > _LONGEST:
        return ""
    return label_key(_STEM_END.split(unicodedata.normalize("NFKC", label).strip(), maxsplit=1)[0])


@dataclass(frozen=True, slots=True)
class HeaderIndex:
    """The labels by which one item's fields are known."""

    item: Item
    exact: Mapping[str, str]
    stems: Mapping[str, str]
    retired: Mapping[str, str]

    def field_key(self, label: str) -> str | None:
        """Return the catalogue key that ``label`` names, or None. Money is matched with its unit only."""
        found = self.exact.get(label_key(label))
        return found if found is not None else self.stems.get(label_stem(label))


def header_index(item: Item) -> HeaderIndex:
    """Return the labels of ``item``; a form that two fields share is nobody's."""
    exact: dict[str, str] = {}
    shared: set[str] = set()
    for field in item.fields:
        for label in (field.title, field.key, *field.aliases):
            key = label_key(label)
            if exact.setdefault(key, field.key) != field.key:
                shared.add(key)
    stems: dict[str, str] = {}
    for field in item.fields:
        if field.type is FieldType.AMOUNT_WAN:
            continue
        for label in (field.title, *field.aliases):
            key = label_stem(label)
            if stems.setdefault(key, field.key) != field.key:
                shared.add(key)
    # A title wins over another field's alias of the same form: the template is the agreement.
    titles = {label_key(field.title): field.key for field in item.fields}
    return HeaderIndex(
        item=item,
        exact={key: value for key, value in exact.items() if key not in shared} | titles,
        stems={key: value for key, value in stems.items() if key and key not in shared},
        retired={label_key(m): retired.title for retired in item.retired_templates for m in retired.marker_columns},
    )


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A header found in a sheet; rows count from 0 within the rows that were looked at."""

    item: Item
    row: int
    data_row: int
    labels: tuple[str, ...]
    keys: tuple[str | None, ...]
    hits: int
    retired: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the titles of always required columns that the sheet does not have."""
        return tuple(f.title for f in self.item.fields if f.required is Required.ALWAYS and f.key not in self.keys)

    @property
    def is_certain(self) -> bool:
        """Return whether the header alone says which table it is: national codes, or most of the required columns.

        Three labels that many tables share are enough to read a table that was announced, not to guess one.
        """
        keys = {label_key(field.key) for field in self.item.fields}
        required = [field for field in self.item.fields if field.required is Required.ALWAYS]
        return any(label_key(label) in keys for label in self.labels) or len(self.missing) * 5 <= len(required) * 2


def _matched(index: HeaderIndex, labels: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(index.field_key(label) if label.strip() else None for label in labels)


def _hits(keys: Sequence[str | None]) -> int:
    return len({key for key in keys if key is not None})


def _enough(index: HeaderIndex) -> int:
    return min(_ENOUGH, len(index.item.fields))


def _joined(upper: Sequence[str], lower: Sequence[str], index: HeaderIndex) -> tuple[str, ...]:
    """Return the labels of a header of two rows: the lower one where it names a field, else the upper one."""
    width = max(len(upper), len(lower))
    pairs = zip((*upper, *[""] * (width - len(upper))), (*lower, *[""] * (width - len(lower))), strict=True)
    return tuple(low if low.strip() and (not up.strip() or index.field_key(low)) else up for up, low in pairs)


def header_find(index: HeaderIndex, rows: Sequence[Sequence[str]]) -> HeaderMatch | None:
    """Return the best header of ``index`` among ``rows``, the earlier where two are equal; None if there is none.

    A header of two rows (groups above, labels below; or labels above, national codes below) counts as one; rows
    right below that are labels again are no data.
    """
    best: tuple[int, int, int, tuple[str, ...]] | None = None
    matched = [_hits(_matched(index, row)) for row in rows]
    for number, row in enumerate(rows):
        hits, height, labels = matched[number], 1, tuple(row)
        if number + 1 < len(rows) and matched[number + 1]:
            both = _joined(row, rows[number + 1], index)
            together = _hits(_matched(index, both))
            if together > max(hits, matched[number + 1]):
                hits, height, labels = together, 2, both
        if hits >= _enough(index) and (best is None or hits > best[0]):
            best = (hits, number, height, labels)
    if best is None:
        return None
    hits, number, height, labels = best
    data_row = number + height
    while data_row < len(rows) and matched[data_row] >= _enough(index):
        data_row += 1
    keys = _matched(index, labels)
    retired = next((index.retired[label_key(label)] for label in labels if label_key(label) in index.retired), None)
    return HeaderMatch(item=index.item, row=number, data_row=data_row, labels=labels, keys=keys, hits=hits, retired=retired)


def header_choose(*, catalogue: Catalogue, item_id: str | None, rows: Sequence[Sequence[str]]) -> list[HeaderMatch]:
    """Return the headers that fit ``rows`` best, best first; several of equal rank mean that the file could be either.

    With ``item_id`` that item comes first unless another one fits clearly better (more than half as many labels
    again): then the sheet is another table.
    """
    found = [match for item in catalogue.items if (match := header_find(header_index(item), rows)) is not None]
    if not found:
        return []
    top = max(match.hits for match in found)
    if item_id is not None:
        announced = next((match for match in found if match.item.id == item_id), None)
        if announced is not None and announced.hits * 3 >= top * 2:
            return [announced]
    # Among equals the table with fewer columns left empty is meant; only a real tie stays a tie.
    best = [match for match in found if match.hits == top]
    fewest = min(len(match.missing) for match in best)
    return [match for match in best if len(match.missing) == fewest]
