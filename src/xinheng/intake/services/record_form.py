"""One record typed into a form (填一条): the same rules, and the same way in, as a file of one row."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from xinheng.catalogue.domain import Catalogue, Confidence, Field, Item, ItemKind
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, check_row
from xinheng.intake.checking.single import land_row
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.errors import RowOfPerson
from xinheng.intake.models import Submission
from xinheng.intake.reading.cleaning import is_code
from xinheng.intake.reading.personal import text_masked
from xinheng.intake.services._artefacts import workplace
from xinheng.intake.services.advance import submission_advance
from xinheng.intake.services.receive import Declarations, submission_receive
from xinheng.intake.services.step_match import doubt_finding
from xinheng.intake.services.waivers import findings_waived, waivers_in_force
from xinheng.intake.workbooks import field_hint
from xinheng.kernel.dates import parse_date
from xinheng.subjects.selectors import irregular_codes
from xinheng.subjects.services import match_arrow

_PLACE = "form"
_MATCHED = ("uscc", "registration_no", "organisation_code", "decision_date")


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

    Where nothing refuses it, the register is asked whose it is (V03). What only several rows show (V14) is told once it is
    sent, and so is a day on which the item had no ground (G4).

    Raises:
        KeyError: the catalogue has no such item.
    """
    context = CheckContext(
        on_date=on_date, organ_code=organ_code, known_codes=irregular_codes(), on_the_spot=on_the_spot, legacy=False
    )
    catalogue = catalogue_current()
    item = catalogue.item(item_id)
    found = check_row(values=values, item_id=item_id, catalogue=catalogue, context=context, row=2)
    waived = waivers_in_force(organ_code=organ_code, item_id=item_id, on_date=on_date)
    field = item.field_by_role("document_no")
    if waived and field is not None:
        found = findings_waived(findings=found, document_no=values.get(field.key, ""), waived=waived)
    if any(finding.severity is FindingSeverity.REFUSE for finding in found):
        return found
    cells = land_row(values=values, item=item, catalogue=catalogue, known_codes=context.known_codes).cells
    return (*found, *_doubts(cells, item))


def _doubts(cells: Mapping[str, str], item: Item) -> Iterator[Finding]:
    """Yield what the register says of the row where it does not settle whose it is."""
    named = item.field_by_role("subject_name")
    if named is None or item.kind is ItemKind.ACT:
        return
    roles = {role: found.key for role in _MATCHED if (found := item.field_by_role(role)) is not None}
    day = cells.get(roles.get("decision_date", ""), "")
    asked = {"row": [0], "name": [cells[named.key]], "decision_date": pa.array([parse_date(day)], pa.date32())}
    codes = {role: [cells[key]] for role, key in roles.items() if role != "decision_date"}
    (answer,) = match_arrow(table=pa.table(asked | codes)).to_pylist()
    if answer["subject_id"] is None:
        yield doubt_finding(sheet="", row=2, column=named.title, key=named.key, name=cells[named.key], reason=answer["reason"])


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
