"""One record typed into a form (填一条): the same rules, and the same way in, as a file of one row."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.catalogue.domain import Catalogue, Confidence, Field, Item
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, check_row
from xinheng.intake.checking.single import land_row
from xinheng.intake.domain import Finding
from xinheng.intake.errors import RowOfPerson
from xinheng.intake.models import Submission
from xinheng.intake.reading.cleaning import is_code
from xinheng.intake.reading.personal import text_masked
from xinheng.intake.services._artefacts import workplace
from xinheng.intake.services.advance import submission_advance
from xinheng.intake.services.receive import Declarations, submission_receive
from xinheng.intake.services.waivers import findings_waived, waivers_in_force
from xinheng.intake.workbooks import field_hint
from xinheng.subjects.selectors import irregular_codes

_PLACE = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHelp:
    """What stands beside a field: how it is filled in, on what ground it is asked for, and how sure that is."""

    how: str
    ground: str
    confidence: Confidence


def fields_asked(*, item: Item) -> tuple[Field, ...]:
    """Return the fields that a form asks for: all but numbers and types of persons' documents, as in the template."""
    return tuple(field for field in item.fields if not field.identity_document)


def field_help(*, field: Field, item: Item, catalogue: Catalogue) -> FieldHelp:
    """Return the catalogue's help for a field; the ground is its code list's where that has one, else the item's."""
    basis = catalogue.code_list(field.code_list).basis if field.code_list else ()
    return FieldHelp(
        how=field_hint(field=field),
        ground=catalogue.basis_text(basis or item.basis),
        confidence=field.confidence,
    )


def record_check(
    *, values: Mapping[str, str], item_id: str, organ_code: str, on_date: date, on_the_spot: bool = False
) -> tuple[Finding, ...]:
    """Return what is wrong with one typed record, as a file with this one row would be told.

    What only a file or the register can show (V03, V14) is told once it is sent.

    Raises:
        KeyError: the catalogue has no such item.
    """
    context = CheckContext(
        on_date=on_date, organ_code=organ_code, known_codes=irregular_codes(), on_the_spot=on_the_spot, legacy=False
    )
    catalogue = catalogue_current()
    found = check_row(values=values, item_id=item_id, catalogue=catalogue, context=context, row=2)
    waived = waivers_in_force(organ_code=organ_code, item_id=item_id, on_date=on_date)
    field = catalogue.item(item_id).field_by_role("document_no")
    if not waived or field is None:
        return found
    return findings_waived(findings=found, document_no=values.get(field.key, ""), waived=waived)


def record_is_personal(*, values: Mapping[str, str], item_id: str) -> bool:
    """Return whether the record is about a natural person: nothing of such a one is kept, not even as a draft (P4, P16)."""
    catalogue = catalogue_current()
    return land_row(values=values, item=catalogue.item(item_id), catalogue=catalogue, known_codes=frozenset()).is_person


def values_masked(*, values: Mapping[str, str], item: Item) -> dict[str, str]:
    """Return the typed values with personal numbers masked: so they are shown again and kept. Registered codes stay."""
    codes = {field.key for field in item.fields if is_code(field)}
    known: frozenset[str] | None = None
    masked = {}
    for key, value in values.items():
        text, kinds = text_masked(value)
        if kinds and key in codes:
            known = irregular_codes() if known is None else known
            text = value if value in known else text
        masked[key] = text
    return masked


def record_send(
    *,
    values: Mapping[str, str],
    item_id: str,
    organ_code: str,
    clerk: str,
    declarations: Declarations,
    now: datetime,
) -> Submission:
    """Make an original of one typed record and take it as far as it goes without a person, as a file of one row.

    The original is a CSV under the template's labels. The same record sent twice while it is being worked at is the
    same submission.

    Raises:
        RowOfPerson: the record is about a natural person; nothing is kept.
        SecrecyNotDeclared, OrganUnknown, SubmissionInProgress: as for :func:`submission_receive`.
        KeyError: the catalogue has no such item.
    """
    item = catalogue_current().item(item_id)
    if record_is_personal(values=values, item_id=item_id):
        raise RowOfPerson
    fields = fields_asked(item=item)
    with workplace(_PLACE) as place:
        path = place / f"填一条-{item.template_title}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([field.title for field in fields])
            writer.writerow([values.get(field.key, "") for field in fields])
        submission = submission_receive(
            path=path, organ_code=organ_code, clerk=clerk, item_id=item_id, declarations=declarations, now=now
        )
    return submission_advance(number=submission.number, actor=clerk, now=now)
