"""Compare a case system's list with the records (对账). Numbers and days are read and kept; nothing else of the file is."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters.storage import file_sha256
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Catalogue
from xinheng.intake.services import columns_read
from xinheng.kernel.dates import parse_date
from xinheng.kernel.personal import find_personal_numbers
from xinheng.kernel.text import clean_cell, document_no_key
from xinheng.monitoring.domain.side_by_side import Listed, SideBySide, compared
from xinheng.monitoring.errors import ListNotReadable
from xinheng.monitoring.models import Reconciliation
from xinheng.monitoring.selectors.reach import scope_of
from xinheng.monitoring.selectors.reconciliations import records_beside
from xinheng.monitoring.services.zero_reports import post_held

NUMBER_LABELS = (
    "文书号", "文号", "决定书文号", "决定文书号", "行政处罚决定书文号", "行政处罚决定文书号", "处罚决定书文号",
    "行政许可决定书文号", "行政许可决定文书号", "许可决定书文号", "案件文号", "CF_WSH", "XK_WSH",
)  # fmt: skip
DATE_LABELS = ("决定日期", "处罚决定日期", "许可决定日期", "作出决定日期", "CF_JDRQ", "XK_JDRQ")
AT_MOST = 20_000
"""Document numbers in one list; a county's organ decides fewer in a year."""


def list_reconcile(
    *,
    path: Path,
    organ_code: str,
    item_id: str,
    actor: Actor,
    catalogue: Catalogue,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
) -> Reconciliation:
    """Compare the file at ``path`` with the organ's records under the item, and keep what differs.

    ``first`` and ``last`` (inclusive) say which decision days the list covers; where they are not given, the list's own
    first and last day. Cells that hold a personal number are left out.

    Raises:
        NotOfThisOrgan: the person is neither clerk there nor of the credit office.
        ListNotReadable: there is no column of document numbers, no number in it, no time, or more than ``AT_MOST``.
        FileRefused: the file cannot be read at all (``intake.errors``).
    """
    if not (actor.is_of_credit_office and organ_code in scope_of(actor=actor, catalogue=catalogue).codes):
        post_held(actor=actor, role=Role.CLERK, organ_code=organ_code, item_id=item_id, catalogue=catalogue)
    columns = columns_read(path=path, labels={"number": NUMBER_LABELS, "decided": DATE_LABELS})
    if columns is None:
        raise ListNotReadable(reason="没有找到写文书号的一列")
    listed = _listed(columns)
    if not listed:
        raise ListNotReadable(reason="文书号一列是空的")
    if len(listed) > AT_MOST:
        raise ListNotReadable(reason=f"文书号超过{AT_MOST:,}个，请分成几份")
    days = [one.decided for one in listed.values() if one.decided is not None]
    begin, end = first or min(days, default=None), last or max(days, default=None)
    if begin is None or end is None or end < begin:
        raise ListNotReadable(reason="看不出清单是哪一段时间的，请填写决定日期从哪天到哪天")
    recorded = records_beside(organ_code=organ_code, item_id=item_id, keys=frozenset(listed), first=begin, last=end)
    found = compared(listed=listed, recorded=recorded, first=begin, last=end)
    with transaction.atomic():
        kept = Reconciliation.objects.create(
            organ_code=organ_code,
            item_id=item_id,
            first_day=begin,
            last_day=end,
            file_sha256=file_sha256(path),
            listed=len(listed),
            reported=found.reported,
            found=_kept(found),
            actor=actor.signature,
            at=now,
        )
        event_record(
            action="monitoring.list.reconciled",
            actor=actor.signature,
            target=("reconciliation", str(kept.pk)),
            at=now,
            organ=organ_code,
            item=item_id,
            listed=len(listed),
            missing=len(found.missing),
        )
    return kept


def _listed(rows: Iterable[dict[str, str]]) -> dict[str, Listed]:
    """Return the list's numbers by their normal form; of one that stands there twice the first with a day counts."""
    listed: dict[str, Listed] = {}
    for row in rows:
        number = clean_cell(row["number"])
        key = document_no_key(number)
        if not key or find_personal_numbers(number):
            continue
        decided = parse_date(row.get("decided", ""))
        if key not in listed or (listed[key].decided is None and decided is not None):
            listed[key] = Listed(key=key, document_no=number, decided=decided)
    return listed


def _kept(found: SideBySide) -> dict[str, list[list[str]]]:
    return {
        "missing": [[one.document_no, one.decided.isoformat() if one.decided else ""] for one in found.missing],
        "only_here": [[one.document_no, one.decided.isoformat() if one.decided else ""] for one in found.only_here],
        "differing": [
            [one.document_no, one.listed.isoformat(), "、".join(day.isoformat() for day in one.recorded)]
            for one in found.differing
        ],
    }
