"""Derive the log anew from a database that is not in use yet (a restored one), before anybody relies on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.tlog.domain import Growth, LogKey, NoteNotBelieved, Tile, TreeHead, checkpoint_read
from xinheng.tlog.errors import LogDamaged
from xinheng.tlog.services.files import CHECKPOINT, LogFiles
from xinheng.tlog.services.writing import WRITER

if TYPE_CHECKING:
    import psycopg

_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What was derived: entries that are signed, the root over them, files that were compared.

    ``signed``: whether the checkpoints' signatures could be held to the log's key. ``wrong``: the first file that is missing or
    not what the entries make; those can be made anew from the entries.
    """

    size: int
    root: bytes
    files: int
    signed: bool
    wrong: str


def log_derive(connection: "psycopg.Connection[Any]", *, folder: Path, key: LogKey | None) -> Derived | None:
    """Derive every root that was ever signed from the entries of a database, and the tiles from them; ``None``: it has no log.

    Args:
        connection: to the database, as a role that reads the log's tables.
        folder: the log's files that belong to it.
        key: the log's key; ``None`` where it is lost: then the roots are compared, and no signature is.

    Raises:
        LogDamaged: the entries do not come to a root that was signed, or a checkpoint is not signed by the key.
    """
    found = connection.execute("SELECT to_regclass('tlog_logcheckpoint') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return None
    rows = connection.execute("SELECT size, root, note FROM tlog_logcheckpoint ORDER BY size").fetchall()
    if not rows:
        return None
    due = {int(size): bytes(root) for size, root, _ in rows}
    for size, root, note in rows:
        _signed_or_refused(TreeHead("", int(size), bytes(root)), str(note), key)
    size, files, grown = max(due), LogFiles(folder), Growth()
    compared, wrong = 0, ""
    for tile, content in _grown(connection, grown, size, due):
        path = files.path(tile)
        compared += 1
        if not wrong and (not path.is_file() or path.read_bytes() != content):
            wrong = tile.path
    if not wrong and files.checkpoint() != str(rows[-1][2]).encode():
        wrong = CHECKPOINT
    return Derived(size=size, root=due[size], files=compared, signed=key is not None, wrong=wrong)


def _signed_or_refused(kept: TreeHead, note: str, key: LogKey | None) -> None:
    if key is None:
        if not note.partition("\n")[2].startswith(TreeHead("", kept.size, kept.root).text[1:]):
            raise LogDamaged(what=f"规模{kept.size}的检查点与签名文本不符")
        return
    try:
        head = checkpoint_read(note.encode(), key)
    except NoteNotBelieved as error:
        raise LogDamaged(what=f"规模{kept.size}的检查点不能采信（{error}）") from error
    if (head.size, head.root) != (kept.size, kept.root):
        raise LogDamaged(what=f"规模{kept.size}的检查点与签名文本不符")


def _grown(
    connection: "psycopg.Connection[Any]", grown: Growth, size: int, due: dict[int, bytes]
) -> Iterator[tuple[Tile, bytes]]:
    """Yield the tiles of the database's entries; hold the tree to each root on its way."""
    for index, entry in _leaves(connection, size):
        if index != grown.size:
            raise LogDamaged(what=f"数据库里缺第{grown.size}项")
        yield from grown.add([entry])
        if grown.size in due and grown.root() != due[grown.size]:
            raise LogDamaged(what=f"从条目重新算出的根与规模{grown.size}的检查点不符")
    if grown.size != size:
        raise LogDamaged(what=f"数据库里缺第{grown.size}项和之后的各项")
    yield from grown.partial()


def _leaves(connection: "psycopg.Connection[Any]", size: int) -> Iterator[tuple[int, bytes]]:
    statement = "SELECT leaf_index, entry FROM tlog_logleaf WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index"
    for begin in range(0, size, _AT_ONCE):
        for index, entry in connection.execute(statement, [begin, min(begin + _AT_ONCE, size)]).fetchall():
            yield int(index), bytes(entry)


@contextmanager
def writer_excluded(connection: "psycopg.Connection[Any]") -> Iterator[None]:
    """Wait until nobody writes the log, and let nobody write it meanwhile: for a copy of database and files of one moment.

    Where it fails inside, the lock goes with the connection.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", [WRITER])
    yield
    connection.execute("SELECT pg_advisory_unlock(%s)", [WRITER])
