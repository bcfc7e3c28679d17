"""One record typed into a form (填一条): the same rules, and the same way in, as a file of one row."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from xinheng.catalogue.domain import Catalogue, Confidence, Field, Item, ItemKind
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, check_row, rule
from xinheng.intake.checking.single import land_row
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.errors import RowOfPerson
from xinheng.intake.models import Submission
from xinheng.intake.reading.cleaning import is_code
from xinheng.intake.reading.personal import text_masked
from xinheng.intake.services._artefacts import workplace
from xinheng.intake.services.receive import Declarations, submission_receive
from xinheng.intake.services.step_match import doubt_finding, ground_finding
from xinheng.intake.services.waivers import findings_waived, waivers_in_force
from xinheng.intake.workbooks import field_hint
from xinheng.kernel.dates import parse_date
from xinheng.kernel.text import document_no_key
from xinheng.records.selectors import documents_standing
from xinheng.subjects.selectors import irregular_codes
from xinheng.subjects.services import match_arrow

_PLACE = "form"
_ROW = 2
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

    A day on which the item had no ground (G4) is told, and a number of this organ's that the records have already (V14): so
    nobody learns after sending that the row is a duplicate, a correction, or brings back what was revoked. Where nothing
    refuses the record, the register is asked whose it is (V03).

    Raises:
        KeyError: the catalogue has no such item.
    """
    context = CheckContext(
        on_date=on_date, organ_code=organ_code, known_codes=irregular_codes(), on_the_spot=on_the_spot, legacy=False
    )
    catalogue = catalogue_current()
    item = catalogue.item(item_id)
    found = check_row(values=values, item_id=item_id, catalogue=catalogue, context=context, row=_ROW)
    waived = waivers_in_force(organ_code=organ_code, item_id=item_id, on_date=on_date)
    field = item.field_by_role("document_no")
    if waived and field is not None:
        found = findings_waived(findings=found, document_no=values.get(field.key, ""), waived=waived)
    cells = land_row(values=values, item=item, catalogue=catalogue, known_codes=context.known_codes).cells
    if item.kind is not ItemKind.ACT:
        found = (*found, *_groundless(cells, item, catalogue), *_known(cells, item, organ_code))
    if any(finding.severity is FindingSeverity.REFUSE for finding in found):
        return found
    return (*found, *_doubts(cells, item))


def _groundless(cells: Mapping[str, str], item: Item, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what is said where the item had no ground in force on the decision day."""
    field = item.field_by_role("decision_date")
    day = None if field is None else parse_date(cells[field.key])
    if field is not None and day is not None and not catalogue.basis_on(item.basis, on_date=day):
        yield ground_finding(sheet="", row=_ROW, column=field.title, key=field.key, day=day, item=item)


def _known(cells: Mapping[str, str], item: Item, organ_code: str) -> Iterator[Finding]:
    """Yield what the records have under this number already: it does not refuse the record."""
    field, of_organ = item.field_by_role("document_no"), item.field_by_role("organ_code")
    number = "" if field is None else cells[field.key]
    if field is None or not number:
        return
    organ = ("" if of_organ is None else cells[of_organ.key]) or organ_code
    key = document_no_key(number)
    ended = documents_standing(item_id=item.id, document_no_keys=[key]).get((key, organ))
    if ended is None:
        return
    told = rule("V14")
    yield Finding(
        row=_ROW,
        column=field.title,
        field=field.key,
        value=number,
        rule=told.id,
        severity=told.severity,
        message=f"库里已有这个文号的记录{f'（{ended}）' if ended else ''}；内容相同的不会记两次，不同的按更正入库",
        expected="没有报送过的文号，或者确实要更正的记录",
        fix="核对文号；要更正原来的记录，就按正确的内容报送" + ("；原决定已经撤销的不要再报" if ended else ""),
        ground=told.ground,
        confidence=told.confidence,
    )


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
        yield doubt_finding(
            sheet="", row=_ROW, column=named.title, key=named.key, name=cells[named.key], reason=answer["reason"]
        )


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
    """Make an original of one typed record and put the job that checks it into the queue, as for a file of one row.

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
        return submission_receive(
            path=path,
            organ_code=organ_code,
            clerk=clerk,
            item_id=item_id,
            declarations=declarations,
            now=now,
            advance_later=True,
        )
