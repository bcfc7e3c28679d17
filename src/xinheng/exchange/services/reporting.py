"""Reports of systems (接口报送): rows come in parts, then they are a file like any other, with the same findings."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from xinheng.accounts.domain import Purpose, System, scope_of
from xinheng.adapters.crypto import new_key, open_sealed, seal, unwrap_key, wrap_key
from xinheng.catalogue.domain import Item
from xinheng.catalogue.selectors import catalogue_current
from xinheng.exchange.errors import (
    DraftEmpty,
    DraftNotChecked,
    DraftNotOpen,
    DraftNotReturned,
    ItemNotReported,
    RowsNotRead,
    ScopeNotGranted,
    TooManyRowsInDraft,
)
from xinheng.exchange.models import ReportDraft, ReportKey, ReportPart
from xinheng.exchange.selectors import KEPT_DAYS, draft_visible_to, drafts_lapsed
from xinheng.intake.models import Explanation, SubmissionState
from xinheng.intake.services import Declarations, findings_explain, submission_receive, submission_submit

ROWS_AT_MOST: Final = 100_000
"""Rows of one report."""
FIRST_ROW: Final = 2
"""Of the file that the rows become; the first is the header."""
FILE_NAME: Final = "接口报送.csv"
_CELL_CHARACTERS: Final = 32_767
Row = Mapping[str, str | int | float | bool | None]


def draft_open(
    *,
    system: System,
    item_id: str,
    now: datetime,
    is_desensitised: bool = False,
    is_on_the_spot: bool = False,
    supersedes: UUID | None = None,
) -> ReportDraft:
    """Begin a report of one item (建立接口报送); ``supersedes`` is an earlier one of this system that was returned.

    That one is replaced when this one is handed to the check, and not before.

    Raises:
        ScopeNotGranted: the token is not good for reporting this item.
        ItemNotReported: the catalogue has no such item.
        DraftNotFound: the system has no such earlier report.
        DraftNotReturned: the earlier one is of another item, or was not returned.
    """
    scope_refuse(system, Purpose.REPORT, item_id)
    item_of(item_id)
    earlier = None if supersedes is None else draft_visible_to(system=system, draft_id=supersedes)
    if earlier is not None and not _is_returned(earlier, item_id=item_id):
        raise DraftNotReturned(report=earlier.pk)
    return ReportDraft.objects.create(
        client_id=system.client_id,
        organ_code=system.organ_code,
        item_id=item_id,
        is_desensitised=is_desensitised,
        is_on_the_spot=is_on_the_spot,
        supersedes=earlier,
        wrapped_key=wrap_key(new_key()),
        made_at=now,
    )


def _is_returned(draft: ReportDraft, *, item_id: str) -> bool:
    """Return whether a report was returned to the system that sent it, so that another one may replace it."""
    is_returned = draft.submission is not None and draft.submission.state == SubmissionState.RETURNED
    return is_returned and draft.item_id == item_id


@transaction.atomic
def draft_append(*, system: System, draft_id: UUID, rows: Sequence[Row]) -> ReportDraft:
    """Take in more rows (追加), all of them or none. A row is fields of the item, by national code or name.

    Raises:
        DraftNotFound, ScopeNotGranted, DraftNotOpen.
        RowsNotRead: a field that the item has not, twice the same, or a value that is no cell.
        TooManyRowsInDraft: more than ``ROWS_AT_MOST``.
    """
    draft = _locked(system, draft_id, wanted="追加")
    if draft.row_count + len(rows) > ROWS_AT_MOST:
        raise TooManyRowsInDraft(limit=f"{ROWS_AT_MOST:,}")
    keys = {name: field.key for field in item_of(draft.item_id).fields for name in (field.name, field.key)}
    content = json.dumps([_cells(row, keys, place) for place, row in enumerate(rows, start=1)], ensure_ascii=False).encode()
    place = draft.parts.count()
    key = unwrap_key(bytes(draft.wrapped_key or b""))
    ReportPart.objects.create(draft=draft, place=place, rows=len(rows), sealed=seal(key, content, _place(draft, place)))
    draft.row_count += len(rows)
    draft.save(update_fields=["row_count"])
    return draft


@transaction.atomic
def draft_check(*, system: System, draft_id: UUID, now: datetime) -> ReportDraft:
    """Hand the rows over as the file of a submission (交检查); from there it goes the way of every file.

    The rows are written as CSV in the item's template into memory, never onto a disk, and sealed as the original (P16); the
    parts are gone. The job that reads and checks it is put into the queue with it. Repeated it changes nothing.

    Raises:
        DraftNotFound, ScopeNotGranted, DraftEmpty, DraftNotOpen: it lapsed.
        SubmissionInProgress, FileRefused: as with every file.
        SubmissionNotInState: the report that it replaces is not returned any more.
    """
    draft = draft_visible_to(system=system, draft_id=draft_id, lock=True)
    if draft.state == ReportDraft.State.HANDED:
        return draft
    _locked(system, draft_id, wanted="检查")
    if not draft.row_count:
        raise DraftEmpty
    with _as_file(draft) as path:
        draft.submission = submission_receive(
            path=path,
            organ_code=draft.organ_code,
            clerk=system.signature,
            item_id=draft.item_id,
            declarations=Declarations(is_desensitised=draft.is_desensitised, is_on_the_spot=draft.is_on_the_spot),
            supersedes=_superseded(draft),
            now=now,
            advance_later=True,
        )
    draft.state, draft.wrapped_key = ReportDraft.State.HANDED, None
    draft.save(update_fields=["submission", "state", "wrapped_key"])
    draft.parts.all().delete()
    return draft


def _superseded(draft: ReportDraft) -> str | None:
    """Return the number of the submission that the draft replaces."""
    earlier = draft.supersedes
    return None if earlier is None or earlier.submission is None else earlier.submission.number


@transaction.atomic
def draft_explain(
    *, system: System, draft_id: UUID, rule: str, text: str, now: datetime, sent: int | None = None
) -> Explanation:
    """Explain what a rule asks about (说明): all its rows, or the one that was ``sent`` in this place, from 1.

    Raises:
        DraftNotFound, ScopeNotGranted, DraftNotChecked.
        SubmissionNotInState, ReasonMissing: as on the site.
        CellNotFound: the rule asks about nothing there.
    """
    draft = draft_visible_to(system=system, draft_id=draft_id)
    scope_refuse(system, Purpose.REPORT, draft.item_id)
    if draft.submission is None:
        raise DraftNotChecked
    sheets = draft.submission.landing.get("sheets", [])
    return findings_explain(
        number=draft.submission.number,
        rule=rule,
        text=text,
        actor=system.signature,
        now=now,
        sheet=sheets[0]["name"] if sheets else "",
        row=0 if sent is None else sent + FIRST_ROW - 1,
    )


@transaction.atomic
def draft_submit(*, system: System, draft_id: UUID, now: datetime) -> ReportDraft:
    """Submit what can go on for review (提交审核), the system being the clerk; a person certifies. Repeated it changes nothing.

    What rules ask about must be explained first (:func:`draft_explain`), as on the site.

    Raises:
        DraftNotFound, ScopeNotGranted, DraftNotChecked.
        NotExplained: a rule still waits for its explanation.
        SubmissionNotInState: it is not checked yet, has no row that can go on, or is finished.
    """
    draft = draft_visible_to(system=system, draft_id=draft_id)
    scope_refuse(system, Purpose.REPORT, draft.item_id)
    if draft.submission is None:
        raise DraftNotChecked
    submission_submit(number=draft.submission.number, clerk=system.signature, now=now, explained=True)
    return draft


def drafts_lapse(*, now: datetime) -> int:
    """Destroy drafts and answers that are older than ``KEPT_DAYS``; return how many drafts. Repeating it changes nothing."""
    before = now - timedelta(days=KEPT_DAYS)
    lapsed = 0
    for draft in drafts_lapsed(before=before):
        with transaction.atomic():
            done = ReportDraft.objects.filter(pk=draft.pk, state=ReportDraft.State.OPEN).update(
                state=ReportDraft.State.LAPSED, wrapped_key=None
            )
            ReportPart.objects.filter(draft_id=draft.pk).delete()
        lapsed += done
    ReportKey.objects.filter(made_at__lt=before).delete()
    return lapsed


def scope_refuse(system: System, purpose: Purpose, item_id: str) -> None:
    """Refuse what the token is not good for.

    Raises:
        ScopeNotGranted.
    """
    if not system.may(purpose, item_id=item_id):
        raise ScopeNotGranted(scope=scope_of(purpose, item_id))


def item_of(item_id: str) -> Item:
    """Return an item of the catalogue.

    Raises:
        ItemNotReported: there is none of this id.
    """
    found = next((item for item in catalogue_current().items if item.id == item_id), None)
    if found is None:
        raise ItemNotReported(item=item_id)
    return found


def _locked(system: System, draft_id: UUID, *, wanted: str) -> ReportDraft:
    draft = draft_visible_to(system=system, draft_id=draft_id, lock=True)
    scope_refuse(system, Purpose.REPORT, draft.item_id)
    if draft.state != ReportDraft.State.OPEN:
        raise DraftNotOpen(state=ReportDraft.State(draft.state).label, wanted=wanted)
    return draft


def _place(draft: ReportDraft, place: int) -> bytes:
    return f"{draft.pk}:{place}".encode()


def _cells(row: Row, keys: Mapping[str, str], place: int) -> dict[str, str]:
    """Return a row's cells by national code, as text."""
    cells: dict[str, str] = {}
    for name, value in row.items():
        if name not in keys:
            raise RowsNotRead(row=place, reason=f"目录项没有字段“{name[:40]}”")
        if keys[name] in cells:
            raise RowsNotRead(row=place, reason=f"字段“{name}”写了两次（代码和名称各一次）")
        cells[keys[name]] = _text(value, name, place)
    return cells


def _text(value: object, name: str, place: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value in (inf, -inf):
        raise RowsNotRead(row=place, reason=f"字段“{name}”不是文字或数")
    text = value if isinstance(value, str) else f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if len(text) > _CELL_CHARACTERS or "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RowsNotRead(row=place, reason=f"字段“{name}”太长，或有不是文字的字符")
    return text


@contextmanager
def _as_file(draft: ReportDraft) -> Iterator[Path]:
    """Give the draft's rows as a CSV under a name for people. It is in memory; on the disk there is a link that leads there."""
    rows = list(_rows(draft))
    used = {key for row in rows for key in row}
    fields = [field for field in item_of(draft.item_id).fields if not field.identity_document or field.key in used]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([field.title for field in fields])
    writer.writerows([row.get(field.key, "") for field in fields] for row in rows)
    handle = os.memfd_create("report", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(handle), "wb") as memory:
            memory.write(text.getvalue().encode("utf-8-sig"))
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / FILE_NAME
            path.symlink_to(f"/proc/{os.getpid()}/fd/{handle}")
            yield path
    finally:
        os.close(handle)


def _rows(draft: ReportDraft) -> Iterator[dict[str, str]]:
    key = unwrap_key(bytes(draft.wrapped_key or b""))
    for part in draft.parts.order_by("place"):
        yield from json.loads(open_sealed(key, bytes(part.sealed), _place(draft, part.place)))
