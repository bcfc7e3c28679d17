"""Rows of the national template (双公示模板) from records: the columns of the catalogue item, in its order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Protocol

from xinheng.catalogue.domain import Field, FieldType, Item
from xinheng.kernel.dates import LONG_TERM, ONE_DAY, chinese_date, parse_date
from xinheng.kernel.money import fen_to_wan, parse_wan_yuan
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.kernel.spreadsheet_safety import neutralise
from xinheng.records.models import CurrentRecord
from xinheng.records.services import person_fields_open

_RECORDS_AT_ONCE = 2_000
_DATE_FORM = "%Y/%m/%d"


class Displayed(Protocol):
    """A record with the end of its display, exclusive; ``None`` or ``expressions.ALWAYS``: long-term."""

    display_end: date | None


def template_rows(*, item: Item, records: Iterator[CurrentRecord]) -> Iterator[tuple[CurrentRecord, list[str]]]:
    """Yield each record with its row of the template. The registered legal representative is unsealed here only (P4 d).

    Numbers and types of persons' documents are never in it; free texts have personal numbers masked; the remark says
    that an objection is open and nothing else (P3, P9). No cell can run as a formula.
    """
    while portion := list(islice(records, _RECORDS_AT_ONCE)):
        # One of whose key nothing is left goes without the name: the city must have the rest (P12, P17).
        person = person_fields_open(versions=portion, destroyed_are_empty=True)
        for record in portion:
            values = dict(record.fields) | dict(person[record.seq])
            yield record, [neutralise(_cell(field, record, values)) for field in item.fields]


def template_header(*, item: Item) -> Sequence[str]:
    """Return the titles of the national template, in its order."""
    return [field.title for field in item.fields]


def _cell(field: Field, record: CurrentRecord, values: Mapping[str, str]) -> str:
    if field.identity_document:
        return ""
    if field.role == "remark":
        return _remark(record)
    if field.role == "display_until":
        return _display_until(getattr(record, "display_end", None))
    written = values.get(field.name, "")
    if field.type is FieldType.DATE:
        day = parse_date(written)
        return day.strftime(_DATE_FORM) if day is not None else ""
    if field.type is FieldType.AMOUNT_WAN:
        fen = parse_wan_yuan(written)
        return fen_to_wan(fen) if fen is not None else ""
    return mask_personal_numbers(written) if field.type is FieldType.TEXT else written


def _remark(record: CurrentRecord) -> str:
    if record.disputed_since is None:
        return ""
    return f"{chinese_date(record.disputed_since)}收到异议，正在核查"


def _display_until(end: date | None) -> str:
    """Return the last day of display; a display without an end (``ALWAYS`` in SQL) is long-term, as the template writes it."""
    return (LONG_TERM if end is None else min(end - ONE_DAY, LONG_TERM)).strftime(_DATE_FORM)
