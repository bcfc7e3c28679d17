"""Proofs for strangers: that something is in the log, and that the log only ever grew."""

from dataclasses import dataclass, replace

from django.db import connection

from xinheng.adapters.storage import var_dir
from xinheng.tlog.domain import (
    HASH_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileReader,
    consistency_proof,
    event_text,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    opening_of,
    proof_text,
)
from xinheng.tlog.errors import LeafNotFound, LogDamaged, SaltErased, SizeNotInLog
from xinheng.tlog.models import LogLeaf, LogSalt
from xinheng.tlog.selectors.sources import EVENTS
from xinheng.tlog.selectors.state import checkpoint_latest

_EVENT = f"SELECT event, entry FROM ({EVENTS}) e"  # noqa: S608 - put together from literals of our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That an event is in the log: its canonical text, what opens it, and the proof to carry away (C2SP tlog-proof)."""

    index: int
    size: int
    event: str
    opening: bytes
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        """The proof as a file that the verifier reads offline."""
        extra = event_text({"event": self.event, "opening": self.opening.hex()}).encode()
        return proof_text(index=self.index, proof=self.path, checkpoint=self.checkpoint.encode(), extra=extra)


def proof_of(*, index: int) -> Proof:
    """Return the proof of leaf ``index`` under the newest checkpoint.

    Raises:
        LeafNotFound: the newest checkpoint has no such leaf.
        SaltErased: its salt was destroyed; the leaf stays, what it stands for cannot be shown.
        LogDamaged: what the database says now is not what was logged, or a file is missing.
    """
    newest = checkpoint_latest()
    if newest is None or not 0 <= index < newest.size:
        raise LeafNotFound(what=str(index))
    kept = LogSalt.objects.filter(leaf_index=index).first()
    if kept is None:
        raise SaltErased(index=index)
    entry = bytes(LogLeaf.objects.get(leaf_index=index).entry)
    event, found = _event(index)
    if found != entry:
        raise LogDamaged(what=f"第{index}项与数据库现在的内容不符")
    path = _path(index, newest.size)
    if not inclusion_holds(index=index, size=newest.size, leaf=leaf_hash(entry), proof=path, root=bytes(newest.root)):
        raise LogDamaged(what=f"第{index}项的证明不成立")
    return Proof(
        index=index,
        size=newest.size,
        event=event,
        opening=opening_of(kept.salt),
        entry=entry,
        path=path,
        checkpoint=newest.note,
    )


def consistency_shown(*, first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that the log of ``second`` entries begins with that of ``first``.

    Raises:
        SizeNotInLog: the sizes are not in 1 … newest, in this order.
        LogDamaged: a file is missing.
    """
    newest = checkpoint_latest()
    size = newest.size if newest is not None else 0
    if not 1 <= first <= second <= size:
        raise SizeNotInLog(first=first, second=second, size=size)
    try:
        return tuple(consistency_proof(first, second, nodes_of(_tiles_at(size), second)))
    except ValueError as error:
        raise LogDamaged(what=f"日志文件不完整（{error}）") from error


def _path(index: int, size: int) -> tuple[bytes, ...]:
    try:
        return tuple(inclusion_proof(index, size, nodes_of(_tiles_at(size), size)))
    except ValueError as error:
        raise LogDamaged(what=f"日志文件不完整（{error}）") from error


def _tiles_at(size: int) -> TileReader:
    """Return what reads the tiles of this or any smaller size from the log's folder: a smaller tile begins the larger one."""
    folder = var_dir() / "tlog"

    def read(tile: Tile) -> bytes:
        there = replace(tile, width=min((size >> (TILE_HEIGHT * tile.level)) - tile.index * TILE_WIDTH, TILE_WIDTH))
        try:
            return (folder / there.path).read_bytes()[: HASH_BYTES * tile.width]
        except FileNotFoundError as error:
            raise LogDamaged(what=f"缺少文件 {there.path}") from error

    return read


def _event(index: int) -> tuple[str, bytes]:
    """Return what the database says now that a leaf stands for: the event's canonical text, and the entry that it makes."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENT, {"begin": index, "end": index + 1})
        found = cursor.fetchone()
    if found is None:
        raise LogDamaged(what=f"第{index}项在数据库里找不到内容")
    return str(found[0]), bytes(found[1])
