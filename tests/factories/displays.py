"""Records as they stand in the catalogue in force, for tests of what is shown."""

from datetime import date
from typing import Any

from tests.factories.records import BATCH, draft, publish
from xinheng.catalogue.selectors import catalogue_current
from xinheng.records import selectors
from xinheng.records.models import CurrentRecord

MARKET = "县市场监督管理局"


def organ_code(name: str = MARKET) -> str:
    """Return the code of an organ of the catalogue, by a part of its name."""
    return next(organ.code for organ in catalogue_current().organs if name in organ.name)


def make_record(*, item_id: str = "administrative_penalty", batch: dict[str, Any] | None = None, **row: Any) -> CurrentRecord:
    """Publish one record of ``item_id`` and return it; a penalty unless said otherwise."""
    catalogue = catalogue_current()
    item = catalogue.item(item_id)
    values: dict[str, Any] = {"organ_code": organ_code(), "decision_date": date(2026, 3, 12), "display_from": date(2026, 3, 20)}
    if item.kind != "PENALTY":
        values |= {"penalty_mask": 0, "fine_fen": None}
    result = publish(
        draft(**values | row),
        item_id=item.id,
        item_kind=item.kind.value,
        item_version=catalogue.item_version(item.id),
        catalogue_hash=catalogue.hash,
        legal_basis=catalogue.basis_text(item.basis),
        **{"submission_id": BATCH.submission_id} | (batch or {}),
    )
    record_id = result.outcomes["record_id"][0].as_py()
    return selectors.records_current().get(record_id=record_id)
