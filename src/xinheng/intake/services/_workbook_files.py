"""Where marked workbooks lie sealed, and their end: with the original's key, or some days after they were made (P16)."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from xinheng.adapters.storage import folder
from xinheng.intake.models import WorkbookOrder
from xinheng.intake.selectors import workbooks_over


def workbook_place(name: str) -> Path:
    """Return where a sealed workbook, the list beside it or the progress of its making lies."""
    return folder("workbooks") / name


def workbooks_remove(*, now: datetime) -> int:
    """Remove the workbooks that are too old or whose key is destroyed, and files that no order names; return how many orders.

    An order that waits since a day is one whose job failed for good: it is said so, and can be given again.
    """
    unmade = WorkbookOrder.objects.filter(state=WorkbookOrder.State.WAITING, asked_at__lt=now - timedelta(days=1))
    unmade.update(state=WorkbookOrder.State.FAILED, problem="没有做成，请再做一次。")
    removed = 0
    for order_id in list(workbooks_over(now=now).values_list("pk", flat=True)):
        with transaction.atomic():
            order = WorkbookOrder.objects.select_for_update().get(pk=order_id)
            order.state, order.stored_as, order.rest_stored_as = WorkbookOrder.State.GONE, "", ""
            order.save(update_fields=["state", "stored_as", "rest_stored_as"])
        removed += 1
    _strays_remove(now=now)
    return removed


def _strays_remove(*, now: datetime) -> None:
    """Remove files of no order; young ones may belong to one that is just being made."""
    for path in folder("workbooks").iterdir():
        if now.timestamp() - path.stat().st_mtime < timedelta(hours=1).total_seconds():
            continue
        if not WorkbookOrder.objects.filter(Q(stored_as=path.name) | Q(rest_stored_as=path.name)).exists():
            path.unlink(missing_ok=True)
