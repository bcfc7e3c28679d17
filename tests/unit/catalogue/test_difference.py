"""Two catalogues side by side: what was added, taken away, changed, field by field in Chinese."""

import pytest
from pydantic import BaseModel
from tests.factories.intake_files import real_catalogue

from xinheng.catalogue.domain import Catalogue, ChangeKind, catalogue_changes
from xinheng.catalogue.domain.base import CatalogueModel
from xinheng.catalogue.domain.content import CatalogueFile
from xinheng.catalogue.domain.snapshot import IDENTITIES
from xinheng.catalogue.domain.wording import COLLECTION_LABELS, FIELD_LABELS

ITEM = "administrative_penalty"


def _changed(collection, identity, **values):
    """Return the real catalogue with one entry changed."""
    content = real_catalogue().content
    key = IDENTITIES[collection]
    entries = tuple(
        entry.model_copy(update=values) if str(getattr(entry, key)) == identity else entry
        for entry in getattr(content, collection)
    )
    return Catalogue.merged([content.model_copy(update={collection: entries})])


def _models(model=CatalogueModel):
    for found in model.__subclasses__():
        yield found
        yield from _models(found)


def test_every_field_of_every_model_has_a_name_in_chinese():
    named = {field for model in _models() if model is not CatalogueFile for field in model.model_fields}
    assert named == set(FIELD_LABELS)
    assert set(COLLECTION_LABELS) == set(IDENTITIES)


def test_the_same_catalogue_differs_in_nothing():
    catalogue = real_catalogue()
    assert catalogue_changes(before=catalogue, after=catalogue) == ()
    assert catalogue_changes(before=catalogue, after=_changed("items", ITEM)) == ()


def test_a_changed_value_is_told_where_it_stands():
    fields = tuple(
        field.model_copy(update={"max_length": 99}) if field.key == "CF_WSH" else field
        for field in real_catalogue().item(ITEM).fields
    )
    after = _changed("items", ITEM, fields=fields, adverse=False, until=None)
    (change,) = catalogue_changes(before=real_catalogue(), after=after)
    assert (change.kind, change.title, change.collection_label) == (ChangeKind.CHANGED, "行政处罚", "信息事项")
    told = {field.place: (field.before, field.after) for field in change.fields}
    assert told == {"是否不利信息": ("是", "否"), "字段，“CF_WSH”，最多字数": ("128", "99")}


def test_a_field_put_in_between_changes_no_other():
    before = real_catalogue().item(ITEM).fields
    new = before[0].model_copy(update={"key": "CF_NEW", "title": "新列"})
    (change,) = catalogue_changes(before=real_catalogue(), after=_changed("items", ITEM, fields=(before[0], new, *before[1:])))
    assert all(field.place.startswith("字段，“CF_NEW”") for field in change.fields)
    assert {field.before for field in change.fields} == {"（没有）"}


def test_an_entry_added_and_one_taken_away():
    content = real_catalogue().content
    fewer = Catalogue.merged([content.model_copy(update={"organs": content.organs[1:]})])
    (gone,) = catalogue_changes(before=real_catalogue(), after=fewer)
    (back,) = catalogue_changes(before=fewer, after=real_catalogue())
    assert (gone.kind, back.kind) == (ChangeKind.REMOVED, ChangeKind.ADDED)
    assert gone.identity == back.identity == content.organs[0].code
    assert [(f.place, f.after, f.before) for f in back.fields] == [(f.place, f.before, f.after) for f in gone.fields]


@pytest.mark.parametrize("collection", sorted(IDENTITIES))
def test_every_collection_is_compared(collection):
    content = real_catalogue().content
    entries = getattr(content, collection)
    if not entries:
        pytest.fail(
            f"the catalogue has no {collection}: take another one for this test"
        ) if collection != "evaluations" else None
        return
    fewer = Catalogue.merged([content.model_copy(update={collection: entries[:-1]})])
    changes = catalogue_changes(before=real_catalogue(), after=fewer)
    assert [change.collection for change in changes] == [collection]
    assert all(isinstance(field.before, str) and field.before != field.after for field in changes[0].fields)
    assert isinstance(entries[-1], BaseModel)
