"""Information items: editions, classes, code lists, fields."""

import datetime as dt
from typing import Annotated

from pydantic import Strict

from xinheng.catalogue.domain.base import CatalogueModel, Count, Reference, Text, Trusted
from xinheng.catalogue.domain.values import (
    Confidence,
    FieldDisclosure,
    FieldType,
    ItemDisclosure,
    ItemKind,
    Required,
    SecretLevel,
    SubjectCategory,
)


class Edition(Trusted):
    """One edition of the national basic catalogue (全国公共信用信息基础目录)."""

    id: Text
    title: Text
    instrument: Text
    in_force: dt.date | None = None
    until: dt.date | None = None
    class_count: Count
    note: Text | None = None


class ItemClass(Trusted):
    """One class of the national basic catalogue with the sub-items that may be collected."""

    id: Text
    title: Text
    since_edition: Text
    sub_items: tuple[Text, ...]
    source_bodies: Text
    disclosure: Text
    natural_persons_only: bool = False
    basis: tuple[Reference, ...]
    sub_items_confidence: Confidence
    note: Text | None = None


class CodeValue(CatalogueModel):
    """One value of a code list; ``annotate`` means it must be written as “其他-说明”."""

    code: Text
    label: Text
    rank: Count | None = None
    aliases: tuple[Text, ...] = ()
    annotate: bool = False
    note: Text | None = None


class CodeList(Trusted):
    """A code list (代码表)."""

    id: Text
    title: Text
    values: tuple[CodeValue, ...]
    basis: tuple[Reference, ...] = ()
    note: Text | None = None

    def value(self, code: str) -> CodeValue | None:
        """Return the value with ``code``, or None."""
        return next((value for value in self.values if value.code == code), None)

    def value_by_text(self, text: str) -> CodeValue | None:
        """Return the value whose code, label or alias is exactly ``text``, or None."""
        return next((v for v in self.values if text in (v.code, v.label) or text in v.aliases), None)


class Field(Trusted):
    """One column of an item; ``title`` is the header verbatim from the national template.

    ``max_length`` is in characters, ``multiple`` means several codes joined by ``;``.
    """

    key: Text
    name: Text
    title: Text
    aliases: tuple[Text, ...] = ()
    type: FieldType = FieldType.TEXT
    max_length: Count | None = None
    required: Required = Required.NEVER
    code_list: Text | None = None
    multiple: bool = False
    role: Text | None = None
    disclosure: FieldDisclosure = FieldDisclosure.PUBLIC
    person_related: bool = False
    identity_document: bool = False
    data_element: Text | None = None
    hint: Text | None = None


class RetiredTemplate(CatalogueModel):
    """An older template, known by columns of its own, that is refused by name."""

    title: Text
    marker_columns: tuple[Text, ...]


class Item(Trusted):
    """One information item (信息事项): what may be collected, by whom, on which ground."""

    id: Text
    title: Text
    kind: ItemKind
    class_id: Text | None = None
    sub_item: Text | None = None
    adverse: Annotated[bool, Strict()]
    subject_kinds: tuple[SubjectCategory, ...]
    responsible_organs: tuple[Text, ...]
    disclosure: ItemDisclosure
    secret_level: SecretLevel = SecretLevel.NONE
    template_version: Text
    template_title: Text
    fields: tuple[Field, ...]
    retired_templates: tuple[RetiredTemplate, ...] = ()
    reporting_clock: Text | None = None
    display_clock: Text
    basis: tuple[Reference, ...]
    in_force: dt.date
    until: dt.date | None = None
    note: Text | None = None

    def field(self, key: str) -> Field:
        """Return the field with national code ``key``; raises KeyError."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def field_by_name(self, name: str) -> Field:
        """Return the field with English ``name``; raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def field_by_role(self, role: str) -> Field | None:
        """Return the field that plays ``role``, or None where the item has none."""
        return next((field for field in self.fields if field.role == role), None)
