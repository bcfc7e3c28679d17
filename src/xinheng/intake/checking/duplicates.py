"""Rows of one file about the same decision: the natural key of a record, compared inside the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.intake.checking.columns import CODE_ROLES, REPEATED, REPEATED_NUMBERS, Row
from xinheng.intake.checking.normalise import document_no_key

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BETWEEN = "\x1f"
_COLUMNS = {
    "_sheet": "string",
    "_row": "int64",
    "value": "string",
    "place": "int64",
    "first_sheet": "string",
    "first_row": "int64",
    "next_row": "int64",
    "contradicts": "boolean",
}


def repeated_numbers(row: Row) -> ir.Table:
    """Return the document numbers, in normal form, that stand in more than one row about organisations."""
    numbers = _numbers(row).select("_number")
    counted = numbers.group_by("_number").aggregate(_times=numbers.count())
    return counted.filter(counted["_times"] > 1).select("_number")


def _numbers(row: Row) -> ir.Table:
    text = row.text("document_no")
    # A filter on the number itself would have engines make it twice. Landed text that is not empty has a number.
    narrow = row.table.select("_sheet", "_row", _text=text, _person=row.is_person)
    narrow = narrow.filter((narrow["_text"] != "") & ~narrow["_person"])
    return narrow.select("_sheet", "_row", _number=document_no_key(narrow["_text"]))


def repeated_rows(row: Row) -> ir.Table:
    """Return every row whose natural key occurs more than once, with its place among those rows.

    The key is document number, party (its first code, or its name), organ (code, or name) and certificate number
    (V14). Document numbers alone are compared first (``repeated_numbers``); the rest is read only for numbers that
    occur twice.
    """
    twice = ibis.table({"_number": "string"}, name=REPEATED_NUMBERS)
    same_number = _numbers(row).semi_join(twice, "_number").select("_sheet", "_row", "_number")
    rows = row.table.inner_join(same_number, ["_sheet", "_row"])
    content = ibis.literal("")
    for field in row.item.fields:
        content = content + _BETWEEN + rows[field.key]
    keyed = rows.select(
        "_sheet", "_row", value=rows[row.field.key], _key=rows["_number"] + _rest_of_key(row, rows), _content=content
    )
    group = ibis.window(group_by="_key")
    few = keyed.mutate(_times=keyed.count().over(group))
    few = few.filter(few["_times"] > 1)
    in_order = ibis.window(group_by="_key", order_by=[ibis.asc("_sheet"), ibis.asc("_row")])
    return few.select(
        "_sheet",
        "_row",
        "value",
        place=ibis.row_number().over(in_order),
        first_sheet=few["_sheet"].first().over(in_order),
        first_row=few["_row"].first().over(in_order),
        next_row=few["_row"].lead().over(in_order),
        contradicts=few["_content"].min().over(group) != few["_content"].max().over(group),
    )


def _rest_of_key(row: Row, rows: ir.Table) -> ir.StringValue:
    def text(role: str) -> ir.StringValue:
        field = row.item.field_by_role(role)
        return ibis.literal("") if field is None else rows[field.key]

    party = text("subject_name")
    for role in reversed(CODE_ROLES):
        if row.has(role):
            party = ibis.ifelse(text(role) != "", text(role), party)
    organ = ibis.ifelse(text("organ_code") != "", text("organ_code"), text("organ_name"))
    # A correction (更正登记表) is of one column: several columns of one record are several rows.
    return (
        ibis.literal(_BETWEEN) + party + _BETWEEN + organ + _BETWEEN + text("certificate_no") + _BETWEEN + text("column_code")
    )


def equal_rows() -> ir.Table:
    """Return all but the first of rows that are equal in every column; detail is the first."""
    seen = ibis.table(_COLUMNS, name=REPEATED)
    chosen = seen.filter(~seen["contradicts"] & (seen["place"] > 0))
    return _named(chosen, chosen["first_row"])


def contradicting_rows() -> ir.Table:
    """Return every row of a group that is not equal in every column; detail is another row of it."""
    seen = ibis.table(_COLUMNS, name=REPEATED)
    chosen = seen.filter(seen["contradicts"])
    return _named(chosen, ibis.ifelse(chosen["place"] == 0, chosen["next_row"], chosen["first_row"]))


def _named(chosen: ir.Table, other: ir.IntegerValue) -> ir.Table:
    elsewhere = (chosen["first_sheet"] != chosen["_sheet"]) & (chosen["place"] > 0)
    sheet = ibis.ifelse(elsewhere, ibis.literal("“") + chosen["first_sheet"] + "”", "")
    return chosen.select("_sheet", "_row", "value", detail=sheet + "第" + other.cast("string") + "行")
