"""The form of one record, built from the catalogue: fields, code lists, help and what the rules say of what was typed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol
from urllib.parse import urlencode

from django.urls import reverse

from xinheng.accounts.domain import Actor, Role
from xinheng.catalogue.domain import Catalogue, CodeList, Field, FieldType, Item, Required, SubjectCategory
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.selectors import drafts_visible_to
from xinheng.intake.services import draft_values, field_help, fields_asked
from xinheng.kernel.shown import shown
from xinheng.workbench.selectors.organs import item_title, organ_name

NOTE: Final = "__note"
_LONG: Final = 300
_MANY: Final = 40
_JOINED: Final = ";"
_EXAMPLES: Final = {FieldType.DATE: "2026-04-09", FieldType.AMOUNT_WAN: "2.000000（即2万元）"}
# What the organ itself is need not be typed again (WCAG 3.3.7).
_OF_ORGAN: Final = {"organ_name": 1, "organ_code": 0, "source_organ_name": 1, "source_organ_code": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMessage:
    """What is to be said about a field: how serious, what is wrong, how to mend it."""

    severity: str
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOption:
    """One value of a code list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form of a record, with its help from the catalogue beside it.

    ``widget``: text, long, date, select, checks or search. ``note`` is what goes with a value that must be explained
    (``takes_note``).
    """

    key: str
    label: str
    widget: str
    is_required: bool
    value: str
    options: tuple[FormOption, ...]
    takes_note: bool
    note: str
    max_length: int | None
    how: str
    example: str
    ground: str
    confidence: str
    messages: tuple[FormMessage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """The form of one record of one item, reported by one organ."""

    item_id: str
    title: str
    organ_code: str
    organ: str
    fields: tuple[FormField, ...]
    others: tuple[FormMessage, ...]
    refusals: int
    remarks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A draft in the clerk's list."""

    draft_id: str
    item: str
    organ: str
    name: str
    saved_at: datetime
    keep_until: date
    url: str


class Posted(Protocol):
    """What a form sent: Django's ``QueryDict``."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        ...


def items_reported(*, actor: Actor) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """Return code and name of every organ where the actor is a clerk, each with id and title of the items to report."""
    catalogue = catalogue_current()
    return tuple(
        (
            code,
            organ_name(code),
            tuple(
                (item.id, item.title)
                for item in catalogue.items
                if actor.may(Role.CLERK, organ_code=code, item_id=item.id) and item.until is None
            ),
        )
        for code in sorted(actor.organs(Role.CLERK))
    )


def draft_lines(*, actor: Actor) -> tuple[DraftLine, ...]:
    """Return the actor's drafts, newest first. One query."""
    lines = []
    for draft in drafts_visible_to(actor=actor)[:_MANY]:
        item = next((item for item in catalogue_current().items if item.id == draft.item_id), None)
        field = item.field_by_role("subject_name") if item is not None else None
        where = urlencode({"organ": draft.organ_code, "draft": draft.pk})
        lines.append(
            DraftLine(
                draft_id=str(draft.pk),
                item=item_title(draft.item_id),
                organ=organ_name(draft.organ_code),
                name=shown(draft_values(draft=draft).get(field.key, "")) if field is not None else "",
                saved_at=draft.saved_at,
                keep_until=draft.keep_until,
                url=f"{reverse('workbench:record_form', args=[draft.item_id])}?{where}",
            )
        )
    return tuple(lines)


def values_posted(*, posted: Posted, item: Item, catalogue: Catalogue) -> dict[str, str]:
    """Return what was typed by catalogue key, as a file would write it: several codes joined, explanations put behind theirs."""
    values = {}
    for field in fields_asked(item=item):
        texts = [text.replace("\r\n", "\n") for text in posted.getlist(field.key) if text]
        note = "".join(posted.getlist(field.key + NOTE)).strip()
        explained = _explained(catalogue, field)
        values[field.key] = _JOINED.join(f"{text}-{note}" if note and text in explained else text for text in texts)
    return values


def values_at_first(*, item: Item, organ_code: str) -> dict[str, str]:
    """Return what is known before anything is typed: the organ itself."""
    organ = (organ_code, organ_name(organ_code))
    return {field.key: organ[_OF_ORGAN[field.role]] for field in item.fields if field.role in _OF_ORGAN}


def told_mark(findings: Iterable[Finding]) -> str:
    """Return a short text that stands for what was told: who ticks that it was seen has seen this, and nothing newer."""
    told = sorted(f"{finding.rule}/{finding.field}/{finding.message}" for finding in findings)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def record_form(
    *,
    item: Item,
    organ_code: str,
    catalogue: Catalogue,
    values: Mapping[str, str],
    findings: Iterable[Finding] = (),
    told: frozenset[str] | None = None,
) -> RecordForm:
    """Return the form filled with ``values`` and with what was found; ``told`` names the only fields to speak of."""
    found = tuple(findings)
    asked = fields_asked(item=item)
    by_field: dict[str, list[FormMessage]] = {}
    for finding in found:
        by_field.setdefault(finding.field, []).append(_message(finding))
    keys = {field.key for field in asked}
    return RecordForm(
        item_id=item.id,
        title=item.title,
        organ_code=organ_code,
        organ=organ_name(organ_code),
        fields=tuple(
            _field(
                field,
                item=item,
                catalogue=catalogue,
                value=values.get(field.key, ""),
                messages=tuple(by_field.get(field.key, ())) if told is None or field.key in told else (),
            )
            for field in asked
        ),
        others=tuple(message for key, messages in by_field.items() if key not in keys for message in messages),
        refusals=sum(finding.severity is FindingSeverity.REFUSE for finding in found),
        remarks=sum(finding.severity is not FindingSeverity.REFUSE for finding in found),
    )


def _message(finding: Finding) -> FormMessage:
    return FormMessage(severity=finding.severity.label, text=finding.message, fix=finding.fix)


def _field(field: Field, *, item: Item, catalogue: Catalogue, value: str, messages: tuple[FormMessage, ...]) -> FormField:
    told = field_help(field=field, item=item, catalogue=catalogue)
    explained = _explained(catalogue, field)
    chosen, note = _parts(value, field=field, explained=explained)
    codes = catalogue.code_list(field.code_list) if field.code_list else None
    return FormField(
        key=field.key,
        label=field.title,
        widget=_widget(field, codes, value),
        is_required=field.required in (Required.ALWAYS, Required.ORGANISATION),
        value=value if codes is None or not field.multiple else "",
        options=_options(field, codes, chosen),
        takes_note=bool(explained),
        note=note,
        max_length=18 if field.type is FieldType.USCC else field.max_length,
        how=told.how,
        example=_EXAMPLES.get(field.type, ""),
        ground=told.ground,
        confidence=told.confidence.label,
        messages=messages,
    )


def _widget(field: Field, codes: CodeList | None, value: str) -> str:
    if codes is not None:
        if field.multiple:
            return "checks"
        return "select" if len(codes.values) <= _MANY else "search"
    if field.type is FieldType.DATE and _is_day(value):
        return "date"
    return "long" if (field.max_length or 0) >= _LONG else "text"


def _is_day(value: str) -> bool:
    """Return whether a day picker can show the value; one that is written otherwise stays as it was typed."""
    try:
        return not value or bool(date.fromisoformat(value))
    except ValueError:
        return False


def _explained(catalogue: Catalogue, field: Field) -> frozenset[str]:
    """Return the labels of the values that must be written with an explanation (“其他-说明”)."""
    if not field.code_list:
        return frozenset()
    return frozenset(value.label for value in catalogue.code_list(field.code_list).values if value.annotate)


def _parts(value: str, *, field: Field, explained: frozenset[str]) -> tuple[list[str], str]:
    """Return the chosen texts and the explanation that stands behind one of them."""
    chosen, note = [], ""
    for text in value.split(_JOINED) if field.multiple else [value]:
        label = next((label for label in explained if text.startswith(f"{label}-")), None)
        if label is not None:
            note, text = text[len(label) + 1 :], label  # noqa: PLW2901 - the label is what was chosen
        if text:
            chosen.append(text)
    return chosen, note


def _options(field: Field, codes: CodeList | None, chosen: list[str]) -> tuple[FormOption, ...]:
    """Return the list's values, natural persons left out, and what was typed that is in no list: nothing is lost."""
    if codes is None:
        return ()
    person = SubjectCategory.NATURAL_PERSON.label if field.role == "subject_category" else ""
    offered = [value for value in codes.values if value.label != person]
    by_text = {text: value.label for value in offered for text in (value.code, value.label, *value.aliases)}
    labels = {by_text.get(text, text) for text in chosen}
    options = [FormOption(value=value.label, label=value.label, is_chosen=value.label in labels) for value in offered]
    strays = sorted(labels - {value.label for value in offered})
    return tuple(options + [FormOption(value=text, label=f"{text}（不在代码表里）", is_chosen=True) for text in strays])
