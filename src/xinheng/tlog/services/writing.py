"""The log's one writer: what waits becomes leaves, leaves become tiles, tiles are read back, and only then a checkpoint is signed.

Each step begins where the one before has left the database or the files, and comes to the same bytes when it is repeated: salts
and entries are drawn once and stay, tiles follow from entries, and the signature (Ed25519) from root and size.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from xinheng.adapters.log_key import log_key
from xinheng.tlog.domain import (
    ENTRIES,
    TILE_WIDTH,
    Growth,
    LogKey,
    NoteNotBelieved,
    Tile,
    TreeHead,
    bundle_read,
    checkpoint_read,
    checkpoint_sign,
    complete_hash,
    consistency_holds,
    consistency_proof,
    edge_of,
    hashes_read,
    leaf_hash,
    nodes_of,
    tree_root,
)
from xinheng.tlog.errors import LogAhead, LogBusy, LogDamaged
from xinheng.tlog.models import LogCheckpoint, LogLeaf, PublishingStop
from xinheng.tlog.selectors.sources import EVENTS
from xinheng.tlog.services.files import LogFiles, log_folder
from xinheng.tlog.services.stopping import publishing_stop

WRITER = 0x786E686C6F67
"""The advisory lock of the one writer ("xnhlog")."""
_AT_ONCE = 50_000

# Everything that waits gets its place at once; the ids of one source are in the order of its commits.
_PLACE = """
WITH waiting AS (
    SELECT id, sum(last - first + 1) OVER (ORDER BY id) - (last - first + 1) AS before
    FROM tlog_logbatch WHERE first_index IS NULL
), placed AS (
    SELECT coalesce(max(first_index + last - first + 1), 0) AS total FROM tlog_logbatch WHERE first_index IS NOT NULL
)
UPDATE tlog_logbatch b SET first_index = p.total + w.before FROM waiting w, placed p WHERE b.id = w.id
"""

_SALTS = """
INSERT INTO tlog_logsalt (leaf_index, salt) SELECT i, gen_random_uuid() FROM generate_series(%(begin)s, %(end)s - 1) i
"""

_LEAVES = f"INSERT INTO tlog_logleaf (leaf_index, entry) SELECT leaf_index, entry FROM ({EVENTS}) e ORDER BY leaf_index"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Appended:
    """What a run of the writer did: how many entries the log has now, and how many of them are new."""

    size: int
    added: int


@contextmanager
def writer_alone() -> Iterator[None]:
    """Be the one process that writes the log.

    Raises:
        LogBusy: another one is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [WRITER])
        if not cursor.fetchone()[0]:
            raise LogBusy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [WRITER])


def log_append(*, now: datetime) -> Appended:
    """Put everything that waits into the log, publish its tiles, and sign a checkpoint over them.

    Cut anywhere and repeated, it comes to the same log. Nothing waiting: nothing changes.

    Raises:
        LogBusy: another process writes.
        LogDamaged: database, files and the last checkpoint do not belong together; nothing is signed.
        LogAhead: more was published than this database knows of; publishing is stopped besides.
    """
    try:
        return _append(now)
    except LogAhead as error:
        publishing_stop(actor="system", reason=str(error), now=now, cause=PublishingStop.Cause.LOG)
        raise


def _append(now: datetime) -> Appended:
    signing = log_key()
    key = LogKey(signing.origin, signing.key.public_key().public_bytes_raw())
    files = LogFiles(log_folder())
    with writer_alone():
        old = last_head(files, key)
        size = _leaves_make()
        if size == old.size:
            return Appended(size, 0)
        head = _tiles_write(files, old, size)
        written_verify(files, old, head)
        note = checkpoint_sign(head, signing.key)
        LogCheckpoint.objects.create(size=size, root=head.root, note=note.decode(), signed_at=now)
        files.checkpoint_write(note)
        _tidy(files, old, size)
    return Appended(size, size - old.size)


def last_head(files: LogFiles, key: LogKey) -> TreeHead:
    """Return what was signed last, with the published file put right where a run was cut before it wrote it.

    Raises:
        LogDamaged: the file is not what the database says was signed, or another key signed it.
        LogAhead: the file is of more entries than the database has a checkpoint of.
    """
    kept = LogCheckpoint.objects.order_by("-size").first()
    published = files.checkpoint()
    if kept is None:
        if published is not None:
            raise LogAhead(published=_believed(published, key).size, size=0)
        return TreeHead(key.name, 0, tree_root(0, _no_node))
    head = _believed(kept.note.encode(), key)
    before = _believed(published, key) if published is not None else None
    if (head.size, head.root) != (kept.size, bytes(kept.root)):
        raise LogDamaged(what=f"规模{kept.size}的检查点与签名文本不符")
    if before is not None and before.size > head.size:
        raise LogAhead(published=before.size, size=head.size)
    if published != kept.note.encode():
        files.checkpoint_write(kept.note.encode())
    return head


def _believed(note: bytes, key: LogKey) -> TreeHead:
    try:
        return checkpoint_read(note, key)
    except NoteNotBelieved as error:
        raise LogDamaged(what=f"最近的检查点不能采信（{error}）") from error


def _no_node(height: int, place: int) -> bytes:
    raise LookupError(f"an empty tree has no node {height}/{place}")


def _leaves_make() -> int:
    """Give everything that waits its place, salt and entry, in portions; return how many leaves there are."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE)
        cursor.execute("SELECT coalesce(max(first_index + last - first + 1), 0) FROM tlog_logbatch")
        total: int = cursor.fetchone()[0]
    last = LogLeaf.objects.order_by("-leaf_index").values_list("leaf_index", flat=True).first()
    size = 0 if last is None else last + 1
    while size < total:
        end = min(size + _AT_ONCE, total)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SALTS, {"begin": size, "end": end})
            cursor.execute(_LEAVES, {"begin": size, "end": end})
            if cursor.rowcount != end - size:
                raise LogDamaged(what=f"第{size}至{end - 1}项中有{end - size - cursor.rowcount}项在数据库里找不到内容")
        size = end
    return size


def entries_read(begin: int, end: int) -> Iterator[bytes]:
    """Yield the database's entries from ``begin`` to ``end`` (exclusive), in order.

    Raises:
        LogDamaged: one is missing.
    """
    for at in range(begin, end, _AT_ONCE):
        until = min(at + _AT_ONCE, end)
        rows = LogLeaf.objects.filter(leaf_index__gte=at, leaf_index__lt=until).order_by("leaf_index")
        for due, (index, entry) in enumerate(rows.values_list("leaf_index", "entry"), start=at):
            if index != due:
                raise LogDamaged(what=f"数据库里缺第{due}项")
            yield bytes(entry)


def _tiles_write(files: LogFiles, old: TreeHead, size: int) -> TreeHead:
    try:
        grown = Growth.resumed(size=old.size, partial={tile: files.read(tile) for tile in partial_of(old.size)})
    except ValueError as error:
        raise LogDamaged(what=f"规模{old.size}的末端文件不能采信（{error}）") from error
    if grown.root() != old.root:
        raise LogDamaged(what=f"规模{old.size}的末端文件与签过的根不符")
    files.write(grown.add(entries_read(old.size, size)))
    files.write(grown.partial())
    if grown.size != size:
        raise LogDamaged(what=f"数据库里只有{grown.size}项，应当有{size}项")
    return TreeHead(old.origin, size, grown.root())


def partial_of(size: int) -> list[Tile]:
    """Return the tiles and the bundle of a log of this size that are not full."""
    bundle = [Tile(ENTRIES, size // TILE_WIDTH, size % TILE_WIDTH)] if size % TILE_WIDTH else []
    return bundle + edge_of(size)


def written_verify(files: LogFiles, old: TreeHead, head: TreeHead) -> None:
    """Read back everything that was written since ``old`` and hold it to ``head``: verified before signed.

    Raises:
        LogDamaged: a file is not what it must be; the message names it.
    """
    level, begin, count = 0, old.size, head.size
    while count:
        for index in range(begin // TILE_WIDTH, -(-count // TILE_WIDTH)):
            tile = Tile(level, index, min(count - index * TILE_WIDTH, TILE_WIDTH))
            expected = [leaf_hash(entry) for entry in _bundle(files, tile)] if level == 0 else _below(files, tile)
            if hashes_read(files.read(tile)) != expected:
                raise LogDamaged(what=f"文件 {tile.path} 读回来与写的不符")
        level, begin, count = level + 1, begin // TILE_WIDTH, count // TILE_WIDTH
    nodes = nodes_of(files.read, head.size)
    try:
        is_right = tree_root(head.size, nodes) == head.root
        proof = consistency_proof(old.size, head.size, nodes) if old.size else []
    except ValueError as error:
        raise LogDamaged(what=f"读回来的文件不完整（{error}）") from error
    follows = not old.size or consistency_holds(old=old.size, new=head.size, old_root=old.root, new_root=head.root, proof=proof)
    if not is_right or not follows:
        raise LogDamaged(what=f"规模{head.size}读回来的根与写的不符，或者不是从规模{old.size}接着写的")


def _bundle(files: LogFiles, tile: Tile) -> list[bytes]:
    try:
        return bundle_read(files.read(Tile(ENTRIES, tile.index, tile.width)))
    except ValueError as error:
        raise LogDamaged(what=f"条目文件 {Tile(ENTRIES, tile.index, tile.width).path} 不完整") from error


def _below(files: LogFiles, tile: Tile) -> list[bytes]:
    """Return what a tile above level 0 must hold: the roots of the full tiles below it."""
    first = tile.index * TILE_WIDTH
    below = (Tile(tile.level - 1, index) for index in range(first, first + tile.width))
    return [complete_hash(hashes_read(files.read(one))) for one in below]


def _tidy(files: LogFiles, old: TreeHead, size: int) -> None:
    """Remove partial tiles of the checkpoint before whose full tile is there now."""
    now_partial = {(tile.level, tile.index) for tile in partial_of(size)}
    for tile in partial_of(old.size):
        if (tile.level, tile.index) not in now_partial:
            files.partial_remove(tile)
