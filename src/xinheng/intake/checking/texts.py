"""What people are told about a broken check: one function for a file, a row and a field."""

from collections.abc import Mapping
from dataclasses import dataclass

from xinheng.catalogue.domain import Catalogue, Field, Item
from xinheng.intake.checking.model import PERSONAL_KINDS, Cell, Check, CheckContext
from xinheng.kernel.personal import mask_value

SHOWN = 60
"""Characters of a cell that a finding repeats; the workbook shows the rest in its place."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of a finding."""

    message: str
    expected: str
    fix: str


def depends_on_value(check: Check) -> bool:
    """Return whether the words about a check differ from cell to cell."""
    return hasattr(check.module, "words")


def texts_for(
    *,
    check: Check,
    value: str,
    detail: str,
    label: str,
    item: Item,
    catalogue: Catalogue,
    context: CheckContext,
    kind: str = "",
) -> Texts:
    """Return the words about one broken cell; ``kind`` is the kind of personal number for the V13 family."""
    field = check.field
    placeholders: dict[str, str] = {
        "label": label,
        "hint": f"。{field.hint.rstrip('。')}" if field is not None and field.hint else "",
        "kind": PERSONAL_KINDS.get(kind, "个人号码"),
    }
    words = getattr(check.module, "words", None)
    if words is not None:
        cell = Cell(value=value, detail=detail, field=field, label=label, item=item, catalogue=catalogue, context=context)
        found: Mapping[str, str] = words(cell)
        placeholders |= found
    rule = check.rule
    return Texts(
        message=rule.message.format_map(placeholders),
        expected=rule.expected.format_map(placeholders),
        fix=rule.fix.format_map(placeholders),
    )


def is_hidden(field: Field | None) -> bool:
    """Return whether a column's cells are never repeated whole: names and papers of persons."""
    return field is not None and (field.person_related or field.identity_document)


def shown_value(*, field: Field | None, value: str) -> str:
    """Return a cell as a finding may repeat it: names of persons masked, long texts cut (P16).

    Personal numbers are masked already where the row was landed.
    """
    if is_hidden(field):
        return mask_value(value)
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def label_of(*, field: Field, columns: Mapping[str, str]) -> str:
    """Return a column's label as the file writes it, the catalogue's title where the file does not have it."""
    return columns.get(field.key) or field.title
