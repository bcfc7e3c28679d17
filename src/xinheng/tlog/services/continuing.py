"""Go on from what was published when the database is an older copy (ADR 0073): nothing that was signed is taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import connection, connections, transaction

from xinheng.adapters.database import OWNER_ALIAS
from xinheng.audit.services import event_record
from xinheng.tlog import offline_verifier
from xinheng.tlog.domain import ENTRIES, TILE_WIDTH, NoteNotBelieved, Tile, TreeHead, bundle_read, checkpoint_read
from xinheng.tlog.errors import LogDamaged, NothingToContinue, ReasonMissing
from xinheng.tlog.models import LogCheckpoint, LogLeaf
from xinheng.tlog.selectors.sources import LOST
from xinheng.tlog.services.checking import tiles_rebuild
from xinheng.tlog.services.files import CHECKPOINT, LogFiles, log_folder
from xinheng.tlog.services.keys import known_key
from xinheng.tlog.services.writing import entries_read, writer_alone

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """What was taken up: how many entries the database had, how many were published, how many of them have lost their content."""

    before: int
    size: int
    lost: int


def log_continue(*, actor: str, reason: str, now: datetime, on_date: date, folder: Path | None = None) -> Continued:
    """Take the entries that were published later than this database knows into it, as lost ones, and go on after them (接续).

    Every published file is verified first, and must begin with the entries that the database has. Publishing stays stopped: whoever
    looks after it checks the log and resumes. What was published in between and is in no database any more has to be reported
    anew; it gets new entries.

    Args:
        actor: in whose name.
        reason: why the database is an older one, and what was lost.
        now: the moment, for the event log.
        on_date: the day on which the loss is put on record (Asia/Shanghai).
        folder: a copy of the published log (checkpoint and tiles); ``None``: the deployment's own files.

    Raises:
        ReasonMissing: no reason or no actor.
        NothingToContinue: no more was published than the database knows of.
        LogDamaged: the files are not whole and signed, or do not begin with what the database has.
        LogBusy: another process writes.
    """
    if not actor.strip() or not reason.strip():
        raise ReasonMissing(act="接续日志")
    files = LogFiles(folder or log_folder())
    with writer_alone():
        head, note = _published(files)
        newest = LogCheckpoint.objects.order_by("-size").first()
        signed = newest.size if newest is not None else 0
        if head.size <= signed:
            raise NothingToContinue(size=signed, published=head.size)
        since = newest.note.encode() if newest is not None else None
        verdict = offline_verifier.verify_log(files.folder, known_key().text, since=since)
        if not verdict.genuine:
            raise LogDamaged(what=verdict.reason)
        leaves = _begins_alike(files, head.size)
        with transaction.atomic(using=OWNER_ALIAS):
            _leaves_take(files, leaves, head.size, on_date)
            LogCheckpoint.objects.using(OWNER_ALIAS).create(size=head.size, root=head.root, note=note.decode(), signed_at=now)
    lost = max(head.size - leaves, 0)
    event_record(
        action="tlog.log.continued",
        actor=actor,
        target=("log", "tlog"),
        at=now,
        before=signed,
        size=head.size,
        lost=lost,
        reason=reason,
    )
    tiles_rebuild()
    return Continued(before=signed, size=head.size, lost=lost)


def _published(files: LogFiles) -> tuple[TreeHead, bytes]:
    note = files.checkpoint()
    if note is None:
        raise LogDamaged(what=f"缺少文件 {CHECKPOINT}")
    try:
        return checkpoint_read(note, known_key()), note
    except NoteNotBelieved as error:
        raise LogDamaged(what=f"公布的检查点不能采信（{error}）") from error


def _begins_alike(files: LogFiles, size: int) -> int:
    """Return how many leaves the database has; each must be the published one.

    Raises:
        LogDamaged: one is not.
    """
    last = LogLeaf.objects.order_by("-leaf_index").values_list("leaf_index", flat=True).first()
    leaves = 0 if last is None else last + 1
    both = min(leaves, size)
    for index, (own, published) in enumerate(zip(entries_read(0, both), _entries(files, 0, both), strict=True)):
        if own != published:
            raise LogDamaged(what=f"数据库的第{index}项不是公布的那一项，不是同一个日志")
    return leaves


def _entries(files: LogFiles, begin: int, end: int) -> Iterator[bytes]:
    """Yield the published entries from ``begin`` to ``end`` (exclusive)."""
    head, _ = _published(files)
    for index in range(begin // TILE_WIDTH, -(-end // TILE_WIDTH)):
        first = index * TILE_WIDTH
        found = bundle_read(files.read(Tile(ENTRIES, index, min(head.size - first, TILE_WIDTH))))
        yield from found[max(begin - first, 0) : end - first]


def _leaves_take(files: LogFiles, leaves: int, size: int, on_date: date) -> None:
    """Add the leaves from ``leaves`` to ``size`` as the owner: without salt, which is told, and without a source where none is known.

    A batch may have got its place before the copy was made and its leaves after it: its leaves are known, their salts are lost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(first_index + last - first + 1), 0) FROM tlog_logbatch")
        (placed,) = cursor.fetchone()
    with connections[OWNER_ALIAS].cursor() as cursor:
        if placed < size:
            cursor.execute(
                "INSERT INTO tlog_logbatch (source, name, first, last, first_index) VALUES ('LOST', %s, 0, %s, %s)",
                [str(placed), size - placed - 1, placed],
            )
        for begin in range(leaves, size, _AT_ONCE):
            end = min(begin + _AT_ONCE, size)
            cursor.execute(
                "INSERT INTO tlog_logleaf (leaf_index, entry)"
                " SELECT %s + at - 1, entry FROM unnest(%s::bytea[]) WITH ORDINALITY AS published (entry, at)",
                [begin, list(_entries(files, begin, end))],
            )
            cursor.execute(
                "INSERT INTO tlog_logerasure (leaf_index, erased_date, ground) SELECT i, %s, %s FROM generate_series(%s, %s) i",
                [on_date, LOST, begin, end - 1],
            )
