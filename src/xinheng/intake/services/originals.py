"""Originals (报送原件): sealed under a key of their own, opened with purpose and log, destroyed by key (P16)."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from xinheng.adapters.clock import CHINA
from xinheng.adapters.crypto import new_key, open_sealed, seal, unwrap_key, wrap_key
from xinheng.adapters.database import RETENTION_ALIAS, as_retention
from xinheng.adapters.storage import folder, whole_file
from xinheng.audit import services as audit
from xinheng.intake.errors import OriginalDestroyed
from xinheng.intake.models import (
    ABANDONABLE,
    Doubt,
    DoubtState,
    Submission,
    SubmissionOriginal,
    SubmissionState,
)
from xinheng.intake.selectors import drafts_over, originals_over
from xinheng.intake.services._artefacts import artefacts_remove, workplace
from xinheng.intake.services._leftovers import leftovers_remove
from xinheng.intake.services._state import event_add, state_move
from xinheng.intake.services._workbook_files import workbooks_remove

_FRAME_BYTES = 4 * 1024 * 1024
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file as it was sealed: where, how to open it, and what it was."""

    stored_as: str
    wrapped_key: bytes
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What a purge destroyed: originals, submissions it closed, doubts that lapsed, stray files, drafts, marked workbooks."""

    originals: int
    closed: tuple[str, ...]
    lapsed_doubts: int
    stray_files: int
    drafts: int = 0
    workbooks: int = 0


def _frame_name(stored_as: str, index: int, *, is_last: bool) -> bytes:
    """Return what binds a frame to its file and place, so that none can be cut off, moved or swapped."""
    return f"{stored_as}:{index}:{'last' if is_last else 'more'}".encode()


def original_seal(*, path: Path) -> SealedFile:
    """Encrypt the file under a new key, in frames, and return what opens it. The sealed file is durable on return.

    A crash before the key is stored leaves a file that nobody can open; :func:`originals_purge` removes it.
    """
    stored_as, key = uuid.uuid4().hex, new_key()
    sha256, size = file_seal(path, out=folder("originals") / stored_as, key=key)
    return SealedFile(stored_as=stored_as, wrapped_key=wrap_key(key), sha256=sha256, size=size)


def file_seal(path: Path, *, out: Path, key: bytes) -> tuple[str, int]:
    """Encrypt a file in frames to ``out``, whose name the frames are bound to; return its SHA-256 and size. Durable on return."""
    digest, size, index = hashlib.sha256(), 0, 0
    with path.open("rb") as source, whole_file(out) as part, part.open("wb") as sealed:
        chunk = source.read(_FRAME_BYTES)
        while True:
            following = source.read(_FRAME_BYTES)
            digest.update(chunk)
            size += len(chunk)
            frame = seal(key, chunk, _frame_name(out.name, index, is_last=not following))
            sealed.write(len(frame).to_bytes(_LENGTH_BYTES, "big") + frame)
            if not following:
                break
            chunk, index = following, index + 1
    return digest.hexdigest(), size


def sealed_file_remove(*, stored_as: str) -> None:
    """Remove a sealed file; nothing happens where it is gone already."""
    (folder("originals") / stored_as).unlink(missing_ok=True)


def submission_key(*, submission: Submission) -> bytes:
    """Return the key of the submission's own, for its original and its doubtful rows.

    Raises:
        OriginalDestroyed: the key was destroyed at the end of retention.
    """
    original = SubmissionOriginal.objects.get(submission=submission)
    if original.wrapped_key is None:
        raise OriginalDestroyed(number=submission.number, date=original.destroy_after)
    return unwrap_key(bytes(original.wrapped_key))


@contextmanager
def original_opened(*, submission: Submission) -> Iterator[Path]:
    """Give a plain copy of the original, under its own name, in a private folder that is removed afterwards.

    For the steps of the pipeline; a person reads it through :func:`original_read`.

    Raises:
        OriginalDestroyed: the retention is over.
    """
    key = submission_key(submission=submission)
    original = SubmissionOriginal.objects.get(submission=submission)
    with workplace(submission.number) as place:
        path = place / submission.file_name
        _open_to(path, stored_as=original.stored_as, key=key)
        yield path


def _open_to(path: Path, *, stored_as: str, key: bytes) -> None:
    with path.open("wb") as out:
        for piece in file_opened(folder("originals") / stored_as, key=key):
            out.write(piece)


def file_opened(sealed: Path, *, key: bytes) -> Iterator[bytes]:
    """Yield the content of a file that :func:`file_seal` made, a frame at a time."""
    remaining, index = sealed.stat().st_size, 0
    with sealed.open("rb") as source:
        while remaining:
            length = int.from_bytes(source.read(_LENGTH_BYTES), "big")
            remaining -= _LENGTH_BYTES + length
            yield open_sealed(key, source.read(length), _frame_name(sealed.name, index, is_last=not remaining))
            index += 1


def original_read(*, number: str, actor: str, purpose: str, out: Path, now: datetime) -> Path:
    """Write a plain copy of the original to ``out`` for a person, after logging who reads it and why (P11, P16).

    Raises:
        Submission.DoesNotExist: no such submission.
        OriginalDestroyed: the retention is over, whether or not the purge has run.
    """
    with transaction.atomic():
        submission = Submission.objects.get(number=number)
        key = submission_key(submission=submission)
        original = SubmissionOriginal.objects.get(submission=submission)
        if original.destroy_after < now.astimezone(CHINA).date():
            raise OriginalDestroyed(number=number, date=original.destroy_after)
        event_add(submission, action="original_read", actor=actor, at=now, note=purpose)
    _open_to(out, stored_as=original.stored_as, key=key)
    return out


@transaction.atomic
def original_destroy(*, submission: Submission, now: datetime, actor: str) -> bool:
    """Destroy the original's key, then its file; return whether there was one left to destroy.

    The key goes in this transaction, the file after it: a crash between the two leaves unreadable bytes only. The caller
    has locked the submission.

    Raises:
        django.db.IntegrityError: by the database's own clock its time is not over, and it was not refused.
    """
    original = SubmissionOriginal.objects.get(submission=submission)
    if not _key_destroyed(submission):
        return False
    Doubt.objects.filter(submission=submission).exclude(sealed_row=None).update(sealed_row=None)
    event_add(submission, action="original_destroyed", actor=actor, at=now)
    transaction.on_commit(lambda: sealed_file_remove(stored_as=original.stored_as))
    return True


def _key_destroyed(submission: Submission) -> bool:
    """Let the database destroy the key where it holds that it may go (ADR 0067); return whether it did, ``False``: gone before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_original_destroy_due(%s)", [submission.pk])
        destroyed: bool = cursor.fetchone()[0]
    return destroyed


def original_erase(*, number: str, ground: str, actor: str, now: datetime) -> bool:
    """Destroy the original of a finished submission before its day, on a ground of its own, as the retention role (P16).

    Returns whether there was one left. The event stands in the transaction of the destruction; the file goes after it.
    """
    with as_retention() as cursor:
        cursor.execute("SELECT intake_original_destroy(%s, %s)", [number, ground])
        stored_as: str | None = cursor.fetchone()[0]
        if stored_as is None:
            return False
        audit.event_record(
            action="intake.original.erased",
            actor=actor,
            target=("submission", number),
            at=now,
            using=RETENTION_ALIAS,
            ground=ground,
        )
    sealed_file_remove(stored_as=stored_as)
    return True


def original_hand_over(*, giver: Submission, taker: Submission, now: datetime, actor: str) -> None:
    """Let ``taker`` hold the original that ``giver`` held, under the same key and until the same day, in the caller's transaction.

    The caller has locked both and says that the giver is superseded. The bytes stay where they are: at no moment are there two copies. The giver's doubtful rows, sealed under that key, go.

    Raises:
        OriginalDestroyed: the retention is over.
    """
    original = SubmissionOriginal.objects.get(submission=giver)
    if original.wrapped_key is None:
        raise OriginalDestroyed(number=giver.number, date=original.destroy_after)
    SubmissionOriginal.objects.create(
        submission=taker,
        stored_as=original.stored_as,
        wrapped_key=original.wrapped_key,
        destroy_after=original.destroy_after,
    )
    _key_destroyed(giver)
    doubts = Doubt.objects.filter(submission=giver)
    doubts.filter(state=DoubtState.OPEN).update(state=DoubtState.LAPSED)
    doubts.exclude(sealed_row=None).update(sealed_row=None)
    event_add(giver, action="original_handed_over", actor=actor, at=now, to=taker.number)


def retention_end(*, received: date) -> date:
    """Return the last day on which an original is kept: ``XINHENG_ORIGINAL_RETENTION_DAYS`` after its arrival."""
    return received + timedelta(days=settings.XINHENG_ORIGINAL_RETENTION_DAYS)


def originals_purge(*, on_date: date, now: datetime, actor: str) -> PurgeReport:
    """Destroy every original whose retention ended before ``on_date``, and what can no longer go on without it.

    An unfinished submission is withdrawn, an open doubt lapses; records stay. What two persons certified and a stop kept from
    being published waits for its publication (``submissions_resume``), or it would be lost. Each submission is one
    transaction; a second call destroys nothing more. Drafts that nobody sent in that time go too. Files that no submission names (left by a crash) are removed too.
    """
    due = originals_over(on_date=on_date).exclude(submission__state=SubmissionState.CERTIFIED)
    closed: list[str] = []
    lapsed = destroyed = 0
    for submission_id in list(due.values_list("submission_id", flat=True)):
        with transaction.atomic():
            submission = Submission.objects.select_for_update().get(pk=submission_id)
            if submission.state == SubmissionState.CERTIFIED:  # certified since we looked
                continue
            if submission.state in ABANDONABLE:
                note = "原件保存期已满，仍未提交确认，批次自动关闭。需要时请重新报送。"
                state_move(submission, to=SubmissionState.WITHDRAWN, actor=actor, at=now, note=note)
                closed.append(submission.number)
            lapsed += Doubt.objects.filter(submission=submission, state=DoubtState.OPEN).update(state=DoubtState.LAPSED)
            destroyed += original_destroy(submission=submission, now=now, actor=actor)
        artefacts_remove(submission.number)
    drafts, _ = drafts_over(on_date=on_date).delete()
    workbooks = workbooks_remove(now=now)
    leftovers_remove()
    strays = _strays_remove(now=now)
    audit.event_record(
        action="intake.originals.purged",
        actor=actor,
        target=("intake", "originals"),
        at=now,
        destroyed=destroyed,
        strays=strays,
        drafts=drafts,
        workbooks=workbooks,
    )
    return PurgeReport(
        originals=destroyed,
        closed=tuple(closed),
        lapsed_doubts=lapsed,
        stray_files=strays,
        drafts=drafts,
        workbooks=workbooks,
    )


_STRAY_AFTER = timedelta(hours=1)


def _strays_remove(*, now: datetime) -> int:
    """Remove sealed files that no submission names; young ones may belong to a file that is just arriving."""
    removed = 0
    for path in folder("originals").iterdir():
        name = path.name.strip(".").removesuffix(".part")
        if now.timestamp() - path.stat().st_mtime < _STRAY_AFTER.total_seconds():
            continue
        if not SubmissionOriginal.objects.filter(stored_as=name, destroyed_at=None).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
