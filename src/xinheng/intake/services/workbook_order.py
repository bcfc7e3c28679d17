"""A marked workbook by a job (标记表): ordered in a request, made by a worker with its progress told, taken away when ready."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import IntegrityError, transaction

from xinheng.adapters.progress import Progress, ProgressFile, progress_read, telling
from xinheng.intake.errors import OriginalDestroyed, WorkbookNotReady
from xinheng.intake.models import Amendment, Submission, WorkbookOrder
from xinheng.intake.selectors import chain_of, submission_get
from xinheng.intake.services._artefacts import workplace
from xinheng.intake.services._queue import workbook_defer
from xinheng.intake.services._state import event_add
from xinheng.intake.services._workbook_files import workbook_place
from xinheng.intake.services.originals import file_opened, file_seal, submission_key
from xinheng.intake.services.returned_workbook import returned_workbook_write
from xinheng.intake.workbooks import MARKED_FINDINGS, MarkedWorkbook
from xinheng.kernel.errors import DomainError

__all__ = [
    "MARKED_FINDINGS",
    "workbook_ask",
    "workbook_make",
    "workbook_order_of",
    "workbook_progress",
    "workbook_read",
]

State = WorkbookOrder.State
_LIVE: Final = (State.WAITING, State.READY)


@transaction.atomic
def workbook_ask(*, number: str, actor: str, now: datetime) -> WorkbookOrder:
    """Order the marked workbook of a submission as it stands now; one that is being made or ready is not made again.

    Raises:
        SubmissionNotFound: no such submission.
        OriginalDestroyed: the retention is over; of the findings there is still the list.
    """
    submission = submission_get(number=number)
    submission_key(submission=submission)
    amendments = _amendments(submission)
    mine = {"submission": submission, "amendments": amendments}
    found = WorkbookOrder.objects.filter(**mine, state__in=_LIVE).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            order = WorkbookOrder.objects.create(**mine, asked_by=actor, asked_at=now)
    except IntegrityError:  # somebody else asked at the same time
        return WorkbookOrder.objects.get(**mine, state__in=_LIVE)
    event_add(submission, action="marked_workbook_made", actor=actor, at=now)
    workbook_defer(order_id=order.pk, number=number)
    return order


def workbook_order_of(submission: Submission) -> WorkbookOrder | None:
    """Return the newest order for the submission as it stands now; ``None`` where nobody ordered, or cells changed since."""
    return submission.workbooks.filter(amendments=_amendments(submission)).exclude(state=State.GONE).last()


def _amendments(submission: Submission) -> int:
    return Amendment.objects.filter(submission__in=chain_of(submission)).count()


def workbook_make(*, order_id: int, now: datetime) -> WorkbookOrder:
    """Make an ordered workbook and seal it under the submission's key. Repeated, or killed in the middle, there is one.

    How far it is stands in a file meanwhile (:func:`workbook_progress`). What cannot be made says why.
    """
    order = WorkbookOrder.objects.select_related("submission").get(pk=order_id)
    if order.state != State.WAITING:
        return order
    progress = ProgressFile(_progress_place(order.pk))
    try:
        # A private folder: what a killed process leaves in it goes with the next purge.
        with workplace(order.submission.number) as place, telling(progress.tell):
            made = returned_workbook_write(number=order.submission.number, out_dir=place)
            if made is None:
                order.state = State.NOTHING
            else:
                _keep(order, made)
    except DomainError as error:
        order.state, order.problem = State.FAILED, str(error)
    finally:
        progress.remove()
    order.finished_at = now
    order.save()
    return order


def _keep(order: WorkbookOrder, made: MarkedWorkbook) -> None:
    key = submission_key(submission=order.submission)
    order.state, order.file_name, order.marked, order.rest = State.READY, made.path.name, made.marked, made.rest
    order.stored_as = _sealed(made.path, key=key)
    order.rest_stored_as = "" if made.rest_path is None else _sealed(made.rest_path, key=key)


def _sealed(path: Path, *, key: bytes) -> str:
    name = uuid.uuid4().hex
    file_seal(path, out=workbook_place(name), key=key)
    return name


def _progress_place(order_id: int) -> Path:
    return workbook_place(f"{order_id}.json")


def workbook_progress(*, order_id: int) -> Progress | None:
    """Return how many rows of an ordered workbook are written; ``None`` where it is not being made just now."""
    return progress_read(_progress_place(order_id))


def workbook_read(*, order: WorkbookOrder, actor: str, now: datetime, is_rest: bool = False) -> tuple[str, Iterator[bytes]]:
    """Return name and content of a ready workbook, or of the list beside it, after noting who takes it (P11).

    Raises:
        WorkbookNotReady: it is not made yet, or there is no such list.
        OriginalDestroyed: the retention of the original, and with it of this, is over.
    """
    stored_as = order.rest_stored_as if is_rest else order.stored_as
    if order.state != State.READY or not stored_as:
        raise WorkbookNotReady(number=order.submission.number)
    key = submission_key(submission=order.submission)
    sealed = workbook_place(stored_as)
    if not sealed.exists():
        raise OriginalDestroyed(number=order.submission.number, date=order.submission.original.destroy_after)
    with transaction.atomic():
        event_add(order.submission, action="marked_workbook_read", actor=actor, at=now)
    name = f"{Path(order.file_name).stem}-其余问题.csv" if is_rest else order.file_name
    return name, file_opened(sealed, key=key)
