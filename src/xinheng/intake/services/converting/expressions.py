"""Column expressions of the conversion. Each gives what the kernel's function of one value gives; tests hold them equal."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from xinheng.catalogue.domain import CodeList, Item

_OPENING = "([{〔【﹝［〈《（｛"
_CLOSING = ")]}〕】﹞］〉》）｝"
_BRACKETS = dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕")
_DATE = r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_COMPACT_DATE = r"^(\d{4})(\d{2})(\d{2})$"
_AMOUNT = r"^\d{1,12}(,\d{3})*(\.\d{1,6})?0*$"
_SEPARATORS = r"\s*[;；、，,]\s*"


def document_no_key_of(column: pl.Expr) -> pl.Expr:
    """Return ``kernel.text.document_no_key`` of a cleaned column."""
    text = column.str.normalize("NFKC").str.replace_all(r"\s+", "")
    text = text.str.replace_many(list(_BRACKETS), list(_BRACKETS.values())).str.to_uppercase()
    return text.str.replace(r"第([0-9A-Z\-]+号?)$", "${1}")


def date_of(column: pl.Expr) -> pl.Expr:
    """Return ``kernel.dates.parse_date`` of a cleaned column; null where the cell writes no day."""
    text = column.str.normalize("NFKC").str.strip_chars()
    days = []
    for pattern in (_DATE, _COMPACT_DATE):
        year, month, day = (text.str.extract(pattern, group) for group in (1, 2, 3))
        iso = pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")
        days.append(iso.str.to_date("%Y-%m-%d", strict=False))
    return pl.coalesce(days)


def fen_of(column: pl.Expr) -> pl.Expr:
    """Return ``kernel.money.parse_wan_yuan`` of a cleaned column of 万元, in fen; null where it is no plain number.

    Built from the digits, not through a fraction, so no amount is rounded.
    """
    text = column.str.normalize("NFKC").str.strip_chars()
    plain = pl.when(text.str.contains(_AMOUNT)).then(text.str.replace_all(",", "", literal=True))
    whole = plain.str.extract(r"^(\d+)")
    decimals = plain.str.extract(r"\.(\d{1,6})").fill_null("").str.pad_end(6, "0")
    return (whole + decimals).cast(pl.Int64, strict=False)


def kinds_mask_of(column: pl.Expr, *, code_list: CodeList) -> pl.Expr:
    """Return the bit mask of the penalty kinds in a column of codes or labels joined by ``;``.

    Code ``k`` from 1 to 13 is bit ``k``, ``99`` (其他-说明) is bit 0, as ``rules.domain.kinds_to_mask`` has it.
    """
    wrapped = pl.lit(";") + column.str.replace_all(_SEPARATORS, ";") + pl.lit(";")
    mask = pl.lit(0, dtype=pl.Int32)
    for value in code_list.values:
        bit = 0 if value.code == "99" else int(value.code)
        texts = [f";{text};" for text in (value.code, value.label, *value.aliases)]
        if value.annotate:
            texts += [f";{text}{dash}" for text in (value.label, *value.aliases) for dash in "-—－:："]
        mask = mask + pl.when(wrapped.str.contains_any(texts)).then(1 << bit).otherwise(0)
    return mask.cast(pl.Int32)


def code_of(column: pl.Expr, *, aliases: Mapping[str, str]) -> pl.Expr:
    """Return the code that a column writes as code, label or alias; what is unknown stays as written."""
    return column.replace(aliases) if aliases else column


def json_object_of(pairs: Iterable[tuple[str, str]]) -> pl.Expr:
    """Return JSON objects of ``(name, column)`` pairs as text; empty cells have no member, no cell at all gives ``{}``."""
    members = [
        pl.when(pl.col(column) != "").then(
            # The encoder writes {"name":"text"}; without its braces it is one member.
            pl.struct(pl.col(column).alias(name)).struct.json_encode().str.slice(1).str.head(-1)
        )
        for name, column in pairs
    ]
    if not members:
        return pl.lit("{}")
    return pl.lit("{") + pl.concat_str(members, separator=",", ignore_nulls=True) + pl.lit("}")


def act_columns(*, item: Item, roles: Sequence[str]) -> dict[str, pl.Expr]:
    """Return the text columns of an item by role, ``""`` where the item has no such field."""
    found: dict[str, pl.Expr] = {}
    for role in roles:
        field = item.field_by_role(role)
        found[role] = pl.lit("") if field is None else pl.col(field.key)
    return found
