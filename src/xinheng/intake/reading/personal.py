"""Find and mask personal numbers in whole columns before anything is written (P3, P16)."""

import polars as pl

from xinheng.intake.reading.cleaning import Different
from xinheng.kernel.personal import find_personal_numbers, mask_value

_D = "[0-9０-９]"
_S = r"[ \u3000\-－—·]?"
_BEFORE = "(?:^|[^0-9A-Za-z０-９])"
_AFTER = "(?:$|[^0-9A-Za-z０-９])"
_RESIDENT = (
    rf"(?:{_D}{_S}){{6}}(?:[1１]{_S}[9９]|[2２]{_S}[01０１]){_S}(?:{_D}{_S}){{2}}[01０１]{_S}{_D}{_S}[0-3０-３]{_S}{_D}{_S}"
    rf"(?:{_D}{_S}){{3}}[0-9０-９XxＸｘ]"
)
_EIGHTEEN = rf"(?:{_D}{_S}){{17}}[0-9０-９XxＸｘ]"
_PHONE = rf"[1１][3-9３-９]{_D}[ \-]?{_D}{{4}}[ \-]?{_D}{{4}}"
_CARD = rf"[6６][2２](?:[ \-]?{_D}){{14,17}}"
_JOINED = rf"(?:[1１][3-9３-９]{_D}{{9}})?"
FILTER = rf"{_BEFORE}(?:{_JOINED}(?:{_EIGHTEEN})*{_RESIDENT}(?:{_EIGHTEEN})*{_JOINED}|{_PHONE}|{_CARD}){_AFTER}"
"""Finds every text in which ``find_personal_numbers`` finds something, and few others; a test holds this."""

_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")


def text_masked(text: str) -> tuple[str, tuple[str, ...]]:
    """Return ``text`` with personal numbers masked and their kinds, each once, in order.

    Full-width digits count as digits; whatever is no personal number stays as it was written.
    """
    kinds: dict[str, None] = {}
    # A number that is masked may have hidden its neighbour: numbers written together are looked at again.
    while hits := find_personal_numbers(text.translate(_NARROW)):
        parts: list[str] = []
        position = 0
        for hit in hits:
            parts += [text[position : hit.start], mask_value(text[hit.start : hit.end])]
            position = hit.end
            kinds[hit.kind] = None
        text = "".join([*parts, text[position:]])
    return text, tuple(kinds)


def columns_mask(
    frame: pl.DataFrame,
    columns: dict[str, str],
    *,
    exempt: frozenset[str],
    exempt_columns: frozenset[str],
    different: Different | None = None,
) -> pl.DataFrame:
    """Return ``frame`` with personal numbers masked in ``columns`` and a column ``_pii`` that says where and which.

    ``columns`` maps frame columns to the names written to ``_pii`` (``"CF_SY:resident_id;CF_NR:phone"``). In
    ``exempt_columns`` a cell that is exactly one of the registered codes ``exempt`` stays: some issued codes look like
    a person's number. The vectorised filter finds suspects among the different texts; each is looked at once.
    """
    different = different or Different()
    reports = pl.DataFrame(schema={"at": pl.UInt32, "order": pl.Int32, "found": pl.String})
    for order, name in enumerate(columns):
        texts = different.of(frame, name)
        suspects = texts.filter(texts.str.contains(FILTER))
        if suspects.is_empty():
            continue
        allowed = exempt if name in exempt_columns else frozenset()
        masks = _masks(suspects, columns[name], allowed)
        places = frame[name].is_in(masks["value"].implode()).arg_true()
        if places.is_empty():
            continue
        cells = pl.DataFrame({"at": places, "value": frame[name].gather(places)})
        hits = cells.join(masks, on="value", how="inner", maintain_order="left")
        frame = frame.with_columns(frame[name].clone().scatter(hits["at"], hits["masked"]).alias(name))
        different.forget([name])
        reports.extend(hits.select("at", pl.lit(order, dtype=pl.Int32).alias("order"), "found"))
    told = reports.sort("at", "order").group_by("at", maintain_order=True).agg(pl.col("found").str.join(";"))
    found = pl.repeat("", frame.height, dtype=pl.String, eager=True)
    return frame.with_columns(found.scatter(told["at"], told["found"]).alias("_pii"))


def _masks(values: pl.Series, label: str, allowed: frozenset[str]) -> pl.DataFrame:
    """Return the masked form and the report of every value that holds a personal number."""
    name = label.replace(";", " ").replace(":", " ")
    rows = []
    for value in values.to_list():
        if value in allowed:
            continue
        masked, kinds = text_masked(value)
        if kinds:
            rows.append((value, masked, ";".join(f"{name}:{kind}" for kind in kinds)))
    return pl.DataFrame(rows, schema={"value": pl.String, "masked": pl.String, "found": pl.String}, orient="row")
