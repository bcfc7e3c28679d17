"""Corrections (更正): one column of a stored record, by document number. A correction is a re-report of the whole row."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
import pyarrow as pa

from xinheng.catalogue.domain import Catalogue, Confidence, Field, Item
from xinheng.intake.checking import CheckContext, check_row
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.models import Submission
from xinheng.intake.services._targets import Targets, targets_match
from xinheng.intake.services.converting import DraftContext, draft_tables
from xinheng.kernel.text import clean_cell
from xinheng.records.domain import ReportBatch
from xinheng.records.models import CurrentRecord
from xinheng.records.selectors import records_current
from xinheng.records.services import person_fields_open

_RULE = "ACT"
_IDENTITY_ROLES = frozenset(
    {"document_no", "certificate_no", "subject_name", "subject_category", "uscc", "organ_code", "organ_name"}
)
"""Columns that make a record this record: another value there is another record, not a correction."""


def corrections_match(submission: Submission, *, rows: pl.DataFrame, catalogue: Catalogue) -> Targets:
    """Find the record and the column of every correction; the corrected row is checked like a reported one.

    A row is returned where the record, the column or the old value is not found, where the column is part of what
    identifies the record, or where the corrected record would break a rule that it did not break before.
    """
    targets = targets_match(
        submission, rows=rows, catalogue=catalogue, more_roles=("column_code", "wrong_value", "right_value", "target_item")
    )
    found: list[dict[str, Any]] = []
    findings = list(targets.findings)
    for row in targets.rows.iter_rows(named=True):
        entry = row | {"field_name": "", "right_value": row["right_value"]}
        if row["outcome"] == "MATCHED":
            record = records_current().get(record_id=row["record_ids"][0])
            field, problem = _field_and_problem(submission, row, record=record, catalogue=catalogue)
            if problem is not None:
                findings.append(problem)
                entry |= {"outcome": "RETURNED", "record_ids": []}
            elif field is not None:
                entry["field_name"] = field.name
        found.append(entry)
    schema = dict(targets.rows.schema) | {"field_name": pl.String, "right_value": pl.String}
    return replace(targets, rows=pl.DataFrame(found, schema=schema), findings=tuple(findings))


def _field_and_problem(
    submission: Submission, row: Mapping[str, Any], *, record: CurrentRecord, catalogue: Catalogue
) -> tuple[Field | None, Finding | None]:
    if record.withdrawn:
        return None, withdrawal_finding(row)
    item = catalogue.item(record.item_id)
    field = field_named(item, row["column_code"])
    if field is None:
        return None, _finding(
            row, f"“{item.title}”没有“{row['column_code']}”这一列。", "列名照模板的表头写，或用国标字段代码。"
        )
    if field.role in _IDENTITY_ROLES or field.identity_document:
        text = f"“{field.title}”是记录的身份，改了就是另一条记录。"
        return None, _finding(row, text, "先撤回原记录所在批次，再按正确的内容重新报送整行。")
    before = row_of(record, item=item)
    if row["wrong_value"] and row["wrong_value"] != before.get(field.key, ""):
        return None, _finding(row, "库中的值与“原值”不同，可能已经更正过。", "核对原值；不确定时可以不填原值。")
    after = before | {field.key: row["right_value"]}
    context = CheckContext(
        on_date=submission.reported_date,
        organ_code=submission.organ_code,
        legacy=True,  # a correction is not late: the decision was reported before
    )
    old = {(f.rule, f.field) for f in check_row(values=before, item_id=item.id, catalogue=catalogue, context=context)}
    for problem in check_row(values=after, item_id=item.id, catalogue=catalogue, context=context):
        if problem.severity is FindingSeverity.REFUSE and (problem.rule, problem.field) not in old:
            return None, _finding(row, f"更正后：{problem.message}", problem.fix)
    return field, None


def withdrawal_finding(row: Mapping[str, Any]) -> Finding:
    """Return what is told of a correction whose record is withdrawn: correcting must not put it back (撤回)."""
    return _finding(row, "原记录已经撤回，没有可以更正的内容。", "确需公示的，按正确的内容重新报送整行；不需要的，不用再办。")


def field_named(item: Item, text: str) -> Field | None:
    """Return the field that a person names by its national code, its title or an alias."""
    wanted = _label(text)
    for field in item.fields:
        if wanted in {_label(name) for name in (field.key, field.title, *field.aliases)}:
            return field
    return None


def _label(text: str) -> str:
    return unicodedata.normalize("NFKC", clean_cell(text)).replace(" ", "").upper()


def row_of(record: CurrentRecord, *, item: Item) -> dict[str, str]:
    """Return a stored record as a row of its table again: catalogue key to text, without what retention destroyed (P17)."""
    person = person_fields_open(versions=[record], destroyed_are_empty=True)[record.seq]
    values = dict(record.fields) | dict(person)
    return {field.key: values.get(field.name, "") for field in item.fields}


def _finding(row: Mapping[str, Any], message: str, fix: str) -> Finding:
    return Finding(
        sheet=row["_sheet"],
        row=row["_row"],
        value=row.get("column_code", ""),
        rule=_RULE,
        severity=FindingSeverity.REFUSE,
        message=message,
        expected="原记录里的一列和它的正确值",
        fix=fix,
        ground="《政府信息公开条例》第四十一条",
        confidence=Confidence.PROVISIONAL,
    )


def corrected_draft(
    submission: Submission, *, record_id: UUID, values: Mapping[str, str], catalogue: Catalogue, place: tuple[str, int]
) -> tuple[ReportBatch, pa.Table]:
    """Return the batch and the one draft that report a record again with ``values`` (field name to text)."""
    record = records_current().get(record_id=record_id)
    item = catalogue.item(record.item_id)
    cells = row_of(record, item=item) | {item.field_by_name(name).key: value for name, value in values.items()}
    landed = pl.DataFrame([cells | {"_sheet": place[0], "_row": place[1]}], schema_overrides={"_row": pl.Int64})
    rows = pl.DataFrame(
        {
            "_sheet": [place[0]],
            "_row": [place[1]],
            "subject_id": [record.subject_id],
            "is_sole_trader": [record.is_sole_trader],
            "is_not_shown": [record.on_the_spot],
        },
        schema_overrides={"_row": pl.Int64},
    )
    context = DraftContext(
        catalogue=catalogue,
        item=item,
        organ_code=record.organ_code,
        organ_name=record.organ_name,
        display_from=record.display_from,
        is_on_the_spot=record.on_the_spot,
        is_desensitised=record.free_text_confirmed,
        late_workdays=_lateness(record),
    )
    batch = ReportBatch(
        item_id=item.id,
        item_kind=item.kind.value,
        item_version=catalogue.item_version(item.id),
        catalogue_hash=catalogue.hash,
        legal_basis=record.legal_basis,
        basis_confidence=record.basis_confidence,
        submission_id=submission.number,
        file_sha256=submission.file_sha256,
        rule_set_version=submission.rule_set_version,
        reported_date=submission.reported_date,
        actor=submission.reviewer,
        is_legacy=record.is_legacy,
    )
    (table,) = draft_tables(batches=[landed], rows=rows, context=context)
    return batch, table


def _lateness(record: CurrentRecord) -> dict[date, int]:
    """Return the lateness the record had: a correction neither makes nor heals it."""
    return {record.decision_date: record.late_workdays} if record.late_workdays else {}
