"""Put cells right on the platform and check again (改正、重新检查); explain what a rule asks about (说明). ADR 0044."""

from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.catalogue.domain import Item
from xinheng.intake.checking.single import LandedRow, land_row
from xinheng.intake.errors import (
    AmendmentHoldsPersonalNumber,
    CellNotFound,
    NothingAmended,
    ReasonMissing,
    RowNotKept,
)
from xinheng.intake.models import Amendment, Explanation, Submission, SubmissionFinding, SubmissionState
from xinheng.intake.selectors import amended_cells
from xinheng.intake.services._artefacts import LANDED, artefact, artefacts_remove
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._numbers import number_take
from xinheng.intake.services._queue import advance_defer
from xinheng.intake.services._state import event_add, state_move, submission_locked
from xinheng.intake.services._with_clerk import refuse_unless_with_clerk
from xinheng.intake.services.originals import original_hand_over
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.subjects.selectors import irregular_codes

_MOST_CHARACTERS = 32_767
_EXPLANATION_CHARACTERS = 500


def row_cells(*, submission: Submission, sheet: str, row: int) -> dict[str, str]:
    """Return one landed row by catalogue key as it stands now, amendments included; masked (P16).

    Raises:
        CellNotFound: the submission has no such row, or its table is gone because it is finished.
        RowNotKept: the row is about a natural person; nothing of it was kept.
    """
    path = artefact(submission.number, LANDED)
    item = catalogue_of(submission).item(submission.item_id) if submission.item_id else None
    if item is None or not path.exists():
        raise CellNotFound(number=submission.number, row=row)
    keys = [field.key for field in item.fields]
    place = (pl.col("_sheet") == sheet) & (pl.col("_row") == row)
    found = pl.scan_parquet(path).filter(place).select(*keys, "_person").collect()
    if not found.height:
        raise CellNotFound(number=submission.number, row=row)
    cells: dict[str, Any] = found.row(0, named=True)
    if cells.pop("_person"):
        raise RowNotKept(row=row)
    for cell in amended_cells(submission):
        if (cell.sheet, cell.row) == (sheet, row):
            cells[cell.field] = cell.value
    return cells


@transaction.atomic
def cell_amend(*, number: str, sheet: str, row: int, field: str, value: str, actor: str, now: datetime) -> Amendment | None:
    """Put one cell right (改正); the file stays as it came. ``None`` where the cell says so already.

    The value is cleaned as the reader cleans a file's. It counts from the next check on (:func:`submission_recheck`).

    Raises:
        SubmissionNotFound, SubmissionNotInState: the clerk does not have it.
        CellNotFound, RowNotKept: there is no such cell, or none that was kept.
        AmendmentHoldsPersonalNumber: the value holds a resident's, telephone or bank card number; nothing is stored.
    """
    submission = submission_locked(number)
    refuse_unless_with_clerk(submission, wanted="改正")
    item = catalogue_of(submission).item(submission.item_id)
    known = next((f for f in item.fields if f.key == field and not f.identity_document), None)
    if known is None:
        raise CellNotFound(number=number, row=row)
    before = row_cells(submission=submission, sheet=sheet, row=row)
    landed = _landed_with(before, {field: value[:_MOST_CHARACTERS]}, item=item, submission=submission)
    if landed.is_person:
        raise RowNotKept(row=row)
    if any(entry.rpartition(":")[0] == field for entry in landed.personal_numbers.split(";")):
        raise AmendmentHoldsPersonalNumber(label=known.title)
    after = landed.cells[field]
    if after == before[field]:
        return None
    made = Amendment.objects.create(
        submission=submission, sheet=sheet, row=row, field=field, before=before[field], after=after, actor=actor, at=now
    )
    event_add(submission, action="amended", actor=actor, at=now, sheet=sheet, row=row, field=field)
    return made


def _landed_with(cells: dict[str, str], changes: dict[str, str], *, item: Item, submission: Submission) -> LandedRow:
    return land_row(values=cells | changes, item=item, catalogue=catalogue_of(submission), known_codes=irregular_codes())


@transaction.atomic
def submission_recheck(*, number: str, actor: str, now: datetime) -> Submission:
    """Check the amended table again, as a new submission that replaces this one (重新检查); return the new one.

    The file goes over to it under the same key; what was put right is laid over it when it is read. The day of reporting
    is today, as for a mended file. Called again it returns the same new submission.

    Raises:
        SubmissionNotFound, SubmissionNotInState: the clerk does not have it.
        NothingAmended: no cell was put right since the last check.
        OriginalDestroyed: the retention of the file is over.
    """
    before = submission_locked(number)
    if before.state == SubmissionState.SUPERSEDED:
        after = Submission.objects.filter(supersedes=before, is_amended=True).first()
        if after is not None:
            return after
    refuse_unless_with_clerk(before, wanted="重新检查")
    if not Amendment.objects.filter(submission=before).exists():
        raise NothingAmended(number=number)
    day = now.astimezone(CHINA).date()
    state_move(before, to=SubmissionState.SUPERSEDED, actor=actor, at=now, note="在平台上改正后重新检查。")
    submission = Submission.objects.create(
        number=number_take(day=day),
        supersedes=before,
        is_amended=True,
        clerk=actor,
        received_at=now,
        reported_date=day,
        **{name: getattr(before, name) for name in _CARRIED},
    )
    original_hand_over(giver=before, taker=submission, now=now, actor=actor)
    event_add(submission, action="rechecked", actor=actor, at=now, amended=len(amended_cells(submission)), since=number)
    advance_defer(number=submission.number)
    transaction.on_commit(lambda: artefacts_remove(number))
    return submission


_CARRIED = (
    "organ_code", "organ_name", "item_id", "file_name", "file_sha256", "file_size", "is_desensitised", "is_on_the_spot",
    "is_secret_free", "is_legacy",
)  # fmt: skip


@transaction.atomic
def findings_explain(
    *, number: str, rule: str, text: str, actor: str, now: datetime, sheet: str = "", row: int = 0
) -> Explanation:
    """Explain what a rule asks about (说明): all its rows at once, or one row. The newest explanation counts.

    Kept with the submission, masked; a record names its submission and row, so it is found from there.

    Raises:
        SubmissionNotFound, SubmissionNotInState: the clerk does not have it.
        ReasonMissing: nothing is said.
        CellNotFound: the rule asks about nothing there.
    """
    submission = submission_locked(number)
    refuse_unless_with_clerk(submission, wanted="填写说明")
    said = mask_personal_numbers(text.strip())[:_EXPLANATION_CHARACTERS]
    if not said:
        raise ReasonMissing(what="说明")
    asked = SubmissionFinding.objects.filter(submission=submission, rule=rule)
    if row:
        asked = asked.filter(sheet=sheet, row=row)
    if not asked.exists():
        raise CellNotFound(number=number, row=row)
    made = Explanation.objects.create(
        submission=submission, rule=rule, sheet=sheet if row else "", row=row, text=said, actor=actor, at=now
    )
    event_add(submission, action="explained", actor=actor, at=now, rule=rule, row=row)
    return made
