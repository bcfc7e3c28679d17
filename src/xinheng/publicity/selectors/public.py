"""From a stored record to what may be said of it: field by field, by the catalogue and P3, masked besides."""

from collections.abc import Iterable, Mapping
from datetime import date

from xinheng.catalogue.domain import Catalogue, Confidence, Field, FieldDisclosure, FieldType, Item, ItemKind
from xinheng.kernel.dates import CHINA, LONG_TERM, ONE_DAY, chinese_date, parse_date
from xinheng.kernel.money import fen_to_text, parse_wan_yuan
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.publicity.domain import Decision, Provenance, PublicField, PublicRecord
from xinheng.publicity.selectors.deciding import decide
from xinheng.publicity.selectors.displays import is_sole_traders
from xinheng.publicity.selectors.law import COMMITMENT_DISCLOSURE, DisplayLaw
from xinheng.records.models import CurrentRecord, ReportSource
from xinheng.records.selectors import source_of

# Said once for the whole record, or about the reporting and not the act.
_TOLD_ELSEWHERE = frozenset(
    {
        "subject_name",
        "subject_category",
        "uscc",
        "registration_no",
        "organisation_code",
        "tax_no",
        "institution_no",
        "social_no",
        "organ_name",
        "organ_code",
        "source_organ_code",
        "remark",
        "legal_representative",
        "display_until",
        "statutory_until",
        "list_type",
        COMMITMENT_DISCLOSURE,
    }
)
# P3: number, kind, category, amount, organ (the reporting one too), date. Nothing else of a penalty without 已脱敏.
_PENALTY_SUMMARY = frozenset(
    {"document_no", "violation_kind", "penalty_kinds", "fine", "confiscation", "decision_date", "source_organ_name"}
)
# P2: no place below the township in public.
_SOLE_TRADER_NEVER = frozenset({"address", "site"})


def public_records(*, records: Iterable[CurrentRecord], on_date: date, law: DisplayLaw) -> tuple[PublicRecord, ...]:
    """Return what may be said of ``records`` on ``on_date``, leaving out any that may not be shown. At most one query.

    ``records`` come with their subjects (``displays`` selects them).
    """
    decided = [(record, decide(record=record, on_date=on_date, law=law)) for record in records]
    shown = [(record, decision) for record, decision in decided if decision.shown]
    sources = source_of(submission_ids=sorted({record.submission_id for record, _ in shown})) if shown else {}
    return tuple(_public(record, decision, law, sources.get(record.submission_id)) for record, decision in shown)


def fields_in_lists(*, item_ids: Iterable[str], law: DisplayLaw) -> tuple[tuple[str, str], ...]:
    """Return name and title of every field that records of some items may show in public, in the catalogue's order."""
    items = [law.items[item_id] for item_id in item_ids if item_id in law.items]
    shown = [field for item in items for field in item.fields if may_be_shown(field, item, sole_trader=False)]
    return tuple({field.name: field.title for field in shown}.items())


def title_of(*, record: CurrentRecord, law: DisplayLaw) -> str:
    """Return what a record is called: its item and document number."""
    item = law.items.get(record.item_id)
    return f"{item.title if item is not None else record.item_id}：{mask_personal_numbers(record.document_no)}"


def list_title_of(*, record: CurrentRecord, law: DisplayLaw) -> str:
    """Return the title of the list that an entry stands on, ``""`` for anything else."""
    if record.list_type is None:
        return ""
    return next((spec.title for spec in law.catalogue.list_types if spec.id == record.list_type), "")


def _public(record: CurrentRecord, decision: Decision, law: DisplayLaw, source: ReportSource | None) -> PublicRecord:
    item = law.items[record.item_id]
    subject = record.subject.merged_into or record.subject
    sole_trader = is_sole_traders(record=record)
    columns = dict(source.columns) if source is not None else {}
    fields, withheld = _fields(record, item, law.catalogue, sole_trader=sole_trader, columns=columns)
    return PublicRecord(
        record_id=record.record_id,
        item_id=record.item_id,
        item_kind=item.kind.value,
        item_title=item.title,
        adverse=item.adverse,
        subject_id=subject.pk,
        subject_name=subject.name,
        subject_code=subject.shown_code,
        subject_township=subject.township,
        is_sole_trader=sole_trader,
        organ_code=record.organ_code,
        organ_name=record.organ_name,
        document_no=mask_personal_numbers(record.document_no),
        title=title_of(record=record, law=law),
        decision_date=record.decision_date,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        list_title=list_title_of(record=record, law=law),
        fields=fields,
        withheld=withheld,
        severity=decision.term.severity,
        severity_confidence=decision.term.severity_confidence,
        display_from=record.display_from or record.recorded_at.astimezone(CHINA).date(),
        display_until=decision.end - ONE_DAY if decision.end is not None else None,
        first_repair_date=decision.term.first_repair_date,
        disputed_since=record.disputed_since,
        disputed_until=record.disputed_until,
        basis=record.legal_basis,
        basis_confidence=Confidence(record.basis_confidence),
        steps=decision.steps,
        rule_versions=decision.term.rule_versions,
        provenance=Provenance(
            submission_id=record.submission_id,
            file_sha256=source.file_sha256 if source is not None else "",
            sheet=record.sheet,
            row_no=record.row_no,
            columns={field.name: field.column for field in fields if field.column},
            rule_set_version=source.rule_set_version if source is not None else "",
            item_version=record.item_version,
            reported_date=record.reported_date,
            late_workdays=record.late_workdays,
            is_legacy=record.is_legacy,
            seq=record.seq,
            version_no=record.version_no,
        ),
    )


def _fields(
    record: CurrentRecord, item: Item, catalogue: Catalogue, *, sole_trader: bool, columns: Mapping[str, str]
) -> tuple[tuple[PublicField, ...], tuple[str, ...]]:
    """Return the fields to show, in the item's order, and the titles of the free texts that are kept back."""
    shown, withheld = [], []
    for field in item.fields:
        text = record.fields.get(field.name) or ""
        if not text or not may_be_shown(field, item, sole_trader=sole_trader):
            continue
        if field.disclosure is FieldDisclosure.FREE_TEXT and not record.free_text_confirmed:
            withheld.append(field.title)
            continue
        value = field_value(field, text, catalogue)
        shown.append(
            PublicField(
                name=field.name,
                role=field.role or "",
                title=field.title,
                value=value,
                written=written_as(field, text, value),
                column=columns.get(field.name, ""),
            )
        )
    return tuple(shown), tuple(withheld)


def may_be_shown(field: Field, item: Item, *, sole_trader: bool) -> bool:
    """Return whether a field may be shown to the public at all; a free text only once it is confirmed (P2, P3)."""
    if field.person_related or field.identity_document or field.role in _TOLD_ELSEWHERE:
        return False
    if sole_trader and field.role in _SOLE_TRADER_NEVER:
        return False
    if field.disclosure is FieldDisclosure.FREE_TEXT:
        return True
    if field.disclosure is not FieldDisclosure.PUBLIC:
        return False
    return item.kind is not ItemKind.PENALTY or field.role in _PENALTY_SUMMARY


def written_as(field: Field, text: str, value: str) -> str:
    """Return what the file said of an amount where ``value`` puts it in another form, ``""`` otherwise."""
    return mask_personal_numbers(text) if field.type is FieldType.AMOUNT_WAN and value != text else ""


def field_value(field: Field, text: str, catalogue: Catalogue) -> str:
    """Return a field's text as people read it: codes by name, one form for days and amounts, personal numbers masked."""
    if field.code_list is not None:
        codes = catalogue.code_list(field.code_list)
        parts = text.replace("；", ";").split(";") if field.multiple else [text]
        known = [(codes.value_by_text(part.strip()), part.strip()) for part in parts]
        return "、".join(value.label if value is not None else mask_personal_numbers(part) for value, part in known)
    if field.type is FieldType.AMOUNT_WAN:
        fen = parse_wan_yuan(text)
        return fen_to_text(fen) if fen is not None else mask_personal_numbers(text)
    if field.type is FieldType.DATE:
        day = parse_date(text)
        if day is None:
            return mask_personal_numbers(text)
        return "长期" if day >= LONG_TERM else chinese_date(day)
    return mask_personal_numbers(text)
