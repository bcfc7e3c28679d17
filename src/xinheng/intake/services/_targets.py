"""Acts (撤销、修复、移出): which records a row means, by document number, deciding organ and party."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from xinheng.catalogue.domain import Catalogue, Confidence, Item, ItemKind
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.models import Submission
from xinheng.intake.services._artefacts import LANDED, artefact
from xinheng.intake.services._rows import KEYS
from xinheng.intake.services.converting import act_columns, date_of, document_no_key_of
from xinheng.kernel.text import canonical_code, name_key
from xinheng.records.selectors import records_current

_ROLES = (
    "document_no", "organ_code", "organ_name", "subject_name", "uscc", "target_item", "list_type", "act_document_no",
    "ground", "event_date",
)  # fmt: skip
_RULE = "ACT"
CORRECTION = "correction"
"""The catalogue item whose rows change one column of a record."""
_SCHEMA: dict[str, pl.DataType] = {
    "_sheet": pl.String(), "_row": pl.Int64(), "outcome": pl.String(), "record_ids": pl.List(pl.String()),
    "event_date": pl.Date(), "ground": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Rows with ``outcome``, ``record_ids``, ``event_date``, ``ground``; and what is told about those without a record."""

    rows: pl.DataFrame
    findings: tuple[Finding, ...]


def targets_match(
    submission: Submission, *, rows: pl.DataFrame, catalogue: Catalogue, more_roles: tuple[str, ...] = ()
) -> Targets:
    """Find the records that every row means: same document number, same organ, same party.

    A row without such a record, or whose party differs from the record's, is returned with the reason. One document
    may be several records of one party (a licence with several certificates): the act concerns them all.
    """
    item = catalogue.item(submission.item_id)
    roles = (*_ROLES, *(role for role in more_roles if role not in _ROLES))
    cells = act_columns(item=item, roles=roles)
    wanted = (
        pl.scan_parquet(artefact(submission.number, LANDED))
        .select(
            *KEYS,
            *(cells[role].alias(role) for role in roles),
            document_no_key=document_no_key_of(cells["document_no"]),
            day=date_of(cells["event_date"]),
        )
        .join(rows.lazy().select(KEYS), on=KEYS, how="semi", maintain_order="left")
        .collect()
    )
    known = _records(wanted)
    found: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for row in wanted.iter_rows(named=True):
        organ = row["organ_code"] or submission.organ_code
        target = _Target(row=row, item_ids=_item_ids(row, item, catalogue), list_type=_list_type(row, item, catalogue))
        records = [record for record in known.get((row["document_no_key"], organ), []) if target.is_meant(record)]
        own = [record for record in records if target.is_party(record)]
        if not own:
            findings.append(_finding(submission, item, row, has_records=bool(records)))
        found.append(
            {
                "_sheet": row["_sheet"],
                "_row": row["_row"],
                "outcome": "MATCHED" if own else "RETURNED",
                "record_ids": [str(record["record_id"]) for record in own],
                "event_date": row["day"],
                "ground": "；".join(text for text in (row["act_document_no"], row["ground"]) if text),
            }
            | {role: row[role] for role in more_roles}
        )
    schema = _SCHEMA | dict.fromkeys(more_roles, pl.String())
    return Targets(rows=pl.DataFrame(found, schema=schema), findings=tuple(findings))


@dataclass(frozen=True, slots=True)
class _Target:
    row: dict[str, Any]
    item_ids: frozenset[str]
    list_type: str | None

    def is_meant(self, record: dict[str, Any]) -> bool:
        """Return whether the act may concern a record of this item, and of this list where it names one."""
        return record["item_id"] in self.item_ids and self.list_type in (None, record["list_type"])

    def is_party(self, record: dict[str, Any]) -> bool:
        """Return whether the record is of the party the row names: by code where the row has one, else by name."""
        code = canonical_code(self.row["uscc"])
        if code and record["subject__uscc"]:
            return bool(code == record["subject__uscc"])
        return name_key(self.row["subject_name"]) in {record["subject__name_key"], name_key(record["reported_name"] or "")}


def _item_ids(row: dict[str, Any], act: Item, catalogue: Catalogue) -> frozenset[str]:
    """Return the items an act may concern: the one it names, or every list for a removal."""
    field = act.field_by_role("target_item")
    if field is None or field.code_list is None:
        return frozenset(item.id for item in catalogue.items if item.kind is ItemKind.LIST_ENTRY)
    value = catalogue.code_list(field.code_list).value_by_text(row["target_item"])
    return frozenset() if value is None else frozenset({value.code})


def _list_type(row: dict[str, Any], act: Item, catalogue: Catalogue) -> str | None:
    """Return the list that an act names, by its id; ``None`` where the sheet has no such column."""
    field = act.field_by_role("list_type")
    if field is None or field.code_list is None:
        return None
    value = catalogue.code_list(field.code_list).value_by_text(row["list_type"])
    return "" if value is None else value.code


def _records(wanted: pl.DataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    keys = wanted["document_no_key"].unique().to_list()
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    columns = ("record_id", "item_id", "list_type", "organ_code", "document_no_key", "subject__uscc", "subject__name_key")
    records = records_current().filter(document_no_key__in=keys)
    for values in records.values(*columns, reported_name=_reported_name()):
        found.setdefault((values["document_no_key"], values["organ_code"]), []).append(values)
    return found


def _reported_name() -> Any:
    from django.db.models.fields.json import KeyTextTransform

    return KeyTextTransform("subject_name", "fields")


def _finding(submission: Submission, item: Item, row: dict[str, Any], *, has_records: bool) -> Finding:
    field = item.field_by_role("subject_name" if has_records else "document_no")
    key = "" if field is None else field.key
    if has_records:
        message = "文书号和机关对上了，但当事人与库中记录不是同一家单位。"
        fix = "核对当事人名称和代码；一份决定书有几个当事人的，一人一行。"
    else:
        message = "库里没有这个机关的这份文书，可能没有报送过，或者文书号、机关代码写错了。"
        fix = "核对文书号和原决定机关代码；原决定还没有报送的，先报送原决定。"
    return Finding(
        sheet=row["_sheet"],
        row=row["_row"],
        column=submission.landing.get("columns", {}).get(key, ""),
        field=key,
        value=row["subject_name"] if has_records else row["document_no"],
        rule=_RULE,
        severity=FindingSeverity.REFUSE,
        message=message,
        expected="与原决定书一致的文书号、机关和当事人",
        fix=fix,
        ground=item.title,
        confidence=Confidence.PROVISIONAL,
    )


def marks_grouped(rows: pl.DataFrame) -> Iterator[tuple[tuple[Any, str], list[str]]]:
    """Yield ``(event date, ground)`` with the records that get this mark; each record once."""
    exploded = rows.select("event_date", "ground", "record_ids").explode("record_ids").drop_nulls("record_ids")
    groups = exploded.group_by("event_date", "ground", maintain_order=True).agg(
        pl.col("record_ids").unique(maintain_order=True)
    )
    for day, ground, records in groups.iter_rows():
        yield (day, ground), records
