"""A row as a rule sees it: cells by role, as text, day, amount or set of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Catalogue, Field, FieldType, Item, SubjectCategory
from xinheng.intake.checking import normalise
from xinheng.subjects.expressions import uscc_is_valid

if TYPE_CHECKING:
    import ibis.expr.types as ir

LANDED = "landed"
CONTEXT = "context"
DOUBTS = "doubts"
REPEATED = "repeated"
REPEATED_NUMBERS = "repeated_numbers"
CONTEXT_COLUMNS = {
    "ctx_on_date": "date",
    "ctx_organ_code": "string",
    "ctx_on_the_spot": "boolean",
    "ctx_legacy": "boolean",
    "ctx_on_time_since": "date",
    "ctx_known_codes": "array<string>",
}
CODE_ROLES = ("uscc", "registration_no", "organisation_code", "tax_no", "institution_no", "social_no")


class Prepared:
    """The landed table joined with the one-row context, with parsed columns beside the texts."""

    def __init__(self, *, item: Item, catalogue: Catalogue, patterns: Mapping[str, str]) -> None:
        """Build the table expression; nothing is read.

        ``patterns`` maps a field's key to one regular expression of all words that rules look for in it.
        """
        self.item = item
        self.catalogue = catalogue
        self.patterns = dict(patterns)
        landed = ibis.table(
            {
                "_sheet": "string",
                "_row": "int64",
                **{field.key: "string" for field in item.fields},
                "_pii": "string",
                "_spare": "string",
                "_person": "boolean",
            },
            name=LANDED,
        )
        context = ibis.table(CONTEXT_COLUMNS, name=CONTEXT)
        table = landed.cross_join(context)
        parsed: dict[str, ir.Value] = {}
        for field in item.fields:
            text = table[field.key]
            if field.type is FieldType.DATE:
                parsed[f"_day_{field.key}"] = normalise.written_day(text)
            elif field.type is FieldType.AMOUNT_WAN:
                parsed[f"_amount_{field.key}"] = normalise.is_wan_yuan(text)
            elif field.type is FieldType.USCC:
                parsed[f"_valid_{field.key}"] = self._is_valid_code(text, field)
            elif field.multiple:
                parsed[f"_parts_{field.key}"] = normalise.parts_of(text)
        for key, pattern in self.patterns.items():
            parsed[f"_words_{key}"] = table[key].re_search(pattern)
        parsed["_about_person"] = self._is_person(table)
        table = table.mutate(**parsed)
        self.table: ir.Table = table.mutate(**self._second_step(table))

    def _is_valid_code(self, text: ir.StringValue, field: Field) -> ir.BooleanValue:
        """Return whether a code passes the check as written; codes of the catalogue's organs passed it there."""
        organs = [organ.code for organ in self.catalogue.organs]
        if field.role == "uscc" or not organs:
            return uscc_is_valid(text)
        return ibis.ifelse(text.isin(organs), True, uscc_is_valid(text))

    def _second_step(self, table: ir.Table) -> dict[str, ir.Value]:
        """Return the columns that are made of parsed ones: engines share the work of a step only with later steps."""
        dates = [field.key for field in self.item.fields if field.type is FieldType.DATE]
        return {f"_day_{key}": table[f"_day_{key}"].try_cast("date") for key in dates}

    def row(self, field: Field | None) -> Row:
        """Return what a check on ``field`` sees."""
        return Row(prepared=self, field=field)

    def forms(self, *, role: str, codes: Iterable[str]) -> list[str]:
        """Return every way in which the values with these codes may be written in the column of ``role``."""
        field = self.item.field_by_role(role)
        if field is None or field.code_list is None:
            return []
        values = [value for value in self.catalogue.code_list(field.code_list).values if value.code in set(codes)]
        return [form for value in values for form in (value.label, value.code, *value.aliases)]

    def category_forms(self, category: SubjectCategory) -> list[str]:
        """Return every way in which a category of parties may be written."""
        field = self.item.field_by_role("subject_category")
        forms = {category.label, category.value}
        if field is not None and field.code_list is not None:
            value = self.catalogue.code_list(field.code_list).value_by_text(category.label)
            if value is not None:
                forms |= {value.code, value.label, *value.aliases}
        return sorted(forms)

    def _is_person(self, table: ir.Table) -> ir.BooleanValue:
        """Return whether the reader blanked the row, or its category is one of the catalogue's words for 自然人."""
        category = self.item.field_by_role("subject_category")
        if category is None:
            return table["_person"]
        return table["_person"] | table[category.key].isin(self.category_forms(SubjectCategory.NATURAL_PERSON))


class Row:
    """One row for one check; ``cell`` is the text of the marked column."""

    def __init__(self, *, prepared: Prepared, field: Field | None) -> None:
        """Take the table and the field that the check marks."""
        self.prepared = prepared
        self.item = prepared.item
        self.catalogue = prepared.catalogue
        self.table = prepared.table
        self._field = field

    @property
    def field(self) -> Field:
        """Return the catalogue entry of the marked column."""
        assert self._field is not None, "this rule marks no single column"
        return self._field

    @property
    def cell(self) -> ir.StringValue:
        """Return the text of the marked column."""
        return self.table[self.field.key]

    @property
    def cell_day(self) -> ir.DateValue:
        """Return the marked column as a day, null where it writes none."""
        return self.table[f"_day_{self.field.key}"]

    @property
    def cell_is_amount(self) -> ir.BooleanValue:
        """Return whether the marked column is one plain number of 万元."""
        return self.table[f"_amount_{self.field.key}"]

    @property
    def cell_is_zero(self) -> ir.BooleanValue:
        """Return whether the marked column is the amount 0."""
        return self.cell_is_amount & ~self.cell.re_search("[1-9]")

    @property
    def cell_is_positive(self) -> ir.BooleanValue:
        """Return whether the marked column is an amount above 0."""
        return self.cell_is_amount & self.cell.re_search("[1-9]")

    @property
    def cell_is_valid_code(self) -> ir.BooleanValue:
        """Return whether the marked column is, as written, a unified social credit code that passes the check."""
        return self.table[f"_valid_{self.field.key}"]

    def has(self, role: str) -> bool:
        """Return whether the item has a column of this role."""
        return self.item.field_by_role(role) is not None

    def text(self, role: str) -> ir.StringValue:
        """Return the cell of ``role``, ``""`` where the item has no such column."""
        field = self.item.field_by_role(role)
        return ibis.literal("") if field is None else self.table[field.key]

    def day(self, role: str) -> ir.DateValue:
        """Return the day in the column of ``role``, null where there is none."""
        field = self.item.field_by_role(role)
        return ibis.null("date") if field is None else self.table[f"_day_{field.key}"]

    def matches(self, pattern: str) -> ir.BooleanValue:
        """Return whether a regular expression is found in the marked column.

        ``pattern`` is the rule file's ``PATTERN``: a cell without any such word, of any rule, is searched once.
        """
        found = self.cell.re_search(pattern)
        return ibis.ifelse(self.table[f"_words_{self.field.key}"], found, False)

    def holds(self, role: str, *codes: str) -> ir.BooleanValue:
        """Return whether a column of several values holds one with one of these codes (not of those with a note)."""
        field = self.item.field_by_role(role)
        forms = self.prepared.forms(role=role, codes=codes)
        if field is None or not forms:
            return ibis.literal(value=False)
        parts = self.table[f"_parts_{field.key}"] if field.multiple else normalise.parts_of(self.table[field.key])
        return reduce(or_, [parts.contains(f";{form};") for form in forms])

    def is_category(self, category: SubjectCategory) -> ir.BooleanValue:
        """Return whether the party is written as being of ``category``."""
        return self.text("subject_category").isin(self.prepared.category_forms(category))

    @property
    def is_person(self) -> ir.BooleanValue:
        """Return whether the row is about a natural person."""
        return self.table["_about_person"]

    @property
    def personal_numbers(self) -> ir.StringValue:
        """Return what the reader found: ``CF_SY:resident_id;…``."""
        return self.table["_pii"]

    @property
    def beyond_header(self) -> ir.StringValue:
        """Return what a row of a text file has beyond the header's last column."""
        return self.table["_spare"]

    @property
    def on_date(self) -> ir.DateValue:
        """Return the day of reporting."""
        return self.table["ctx_on_date"]

    @property
    def organ_code(self) -> ir.StringValue:
        """Return the code of the sending organ, null where it is not given."""
        return self.table["ctx_organ_code"]

    @property
    def on_the_spot(self) -> ir.BooleanValue:
        """Return whether the submission was declared to be on-the-spot penalties."""
        return self.table["ctx_on_the_spot"]

    @property
    def legacy(self) -> ir.BooleanValue:
        """Return whether the submission is an old site's data."""
        return self.table["ctx_legacy"]

    @property
    def on_time_since(self) -> ir.DateValue:
        """Return the first decision day that is still in time, null where nothing is ever late."""
        return self.table["ctx_on_time_since"]

    def is_known(self, code: ir.StringValue) -> ir.BooleanValue:
        """Return whether a code is one of the registered codes that fail the check.

        They are a list in the context: a join would make the engine normalise every code of the file first.
        """
        return self.table["ctx_known_codes"].contains(code)


def literal_day(day: date) -> ir.DateValue:
    """Return a day as a constant of the expression."""
    return ibis.date(day.isoformat())
