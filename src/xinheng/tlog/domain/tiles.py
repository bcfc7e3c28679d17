"""Tiles and entry bundles as C2SP tlog-tiles has them: where they stand, what is in them, how a tree grows by them."""

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from xinheng.tlog.domain.merkle import HASH_BYTES, Nodes, complete_hash, leaf_hash, tree_root

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
ENTRIES = -1
"""Stands for the level of entry bundles."""
_LEVELS = 64
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: level (``ENTRIES`` for a bundle), index within the level, and how many hashes or entries it holds (1 … 256)."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where it stands below the log's folder or address.

        >>> Tile(0, 1234067).path
        'tile/0/x001/x234/067'
        >>> Tile(ENTRIES, 273, 112).path
        'tile/entries/273.p/112'
        """
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{index_path(self.index)}{partial}"


TileReader = Callable[[Tile], bytes]
"""Tile → its bytes."""


def index_path(index: int) -> str:
    """Return a tile's index in portions of three digits.

    >>> index_path(67), index_path(1234067)
    ('067', 'x001/x234/067')
    """
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts)


def tile_at(path: str) -> Tile | None:
    """Return the tile or bundle that stands at this path below the log, ``None`` where none could.

    >>> tile_at("tile/0/x001/x234/067.p/12")
    Tile(level=0, index=1234067, width=12)
    >>> tile_at("tile/00/001") is tile_at("tile/0/001.p/256") is tile_at("tile/0/x000/001") is None
    True
    """
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level, index, width = found.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(index.replace("x", "").replace("/", "")),
        int(width) if width else TILE_WIDTH,
    )
    return tile if tile.path == path and tile.width and tile.level < _LEVELS else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile and bundle of a log of ``size`` entries, bundles first, then level by level.

    >>> [tile.path for tile in tiles_of(257)]
    ['tile/entries/000', 'tile/entries/001.p/1', 'tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']
    """
    yield from _level(ENTRIES, size)
    level, count = 0, size
    while count:
        yield from _level(level, count)
        level, count = level + 1, count >> TILE_HEIGHT


def _level(level: int, count: int) -> Iterator[Tile]:
    for index in range(count >> TILE_HEIGHT):
        yield Tile(level, index)
    if count % TILE_WIDTH:
        yield Tile(level, count >> TILE_HEIGHT, count % TILE_WIDTH)


def edge_of(size: int) -> list[Tile]:
    """Return the partial tiles of a log of ``size`` entries, level 0 first; a level whose tiles are all full has none."""
    found, level, count = [], 0, size
    while count:
        if count % TILE_WIDTH:
            found.append(Tile(level, count >> TILE_HEIGHT, count % TILE_WIDTH))
        level, count = level + 1, count >> TILE_HEIGHT
    return found


def tile_holding(height: int, place: int, size: int) -> tuple[Tile, int, int]:
    """Return the tile in which the node (``height``, ``place``) of a log of ``size`` lies: tile, first hash, how many hashes.

    Raises:
        ValueError: a log of this size has no such complete subtree.
    """
    level, within = divmod(height, TILE_HEIGHT)
    first = place << within
    index, offset = divmod(first, TILE_WIDTH)
    count = (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH
    if count < offset + (1 << within):
        raise ValueError(f"no node {height}/{place} in a log of {size}")
    return Tile(level, index, min(count, TILE_WIDTH)), offset, 1 << within


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """Return entries as a bundle: each after its length in two bytes."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def bundle_read(content: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ValueError: it ends within an entry.
    """
    entries, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from(">H", content, at) if at + 2 <= len(content) else (1 << 16,)
        at += 2 + length
        if at > len(content):
            raise ValueError("the bundle ends within an entry")
        entries.append(content[at - length : at])
    return entries


def hashes_read(content: bytes) -> list[bytes]:
    """Return the hashes of a tile.

    Raises:
        ValueError: its length is no multiple of a hash's.
    """
    if len(content) % HASH_BYTES:
        raise ValueError("the tile ends within a hash")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


@dataclass(slots=True)
class Growth:
    """The right edge of a growing tree: of every level the hashes of its last tile, which is not full.

    Nothing but the edge is needed to grow, so that a log of any size grows in little memory.
    """

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)
    waiting: list[bytes] = field(default_factory=list)

    @classmethod
    def resumed(cls, *, size: int, partial: Mapping[Tile, bytes]) -> "Growth":
        """Go on from a log of ``size`` whose partial tiles (and partial bundle) are these.

        Raises:
            ValueError: a tile does not hold as many hashes as it should.
        """
        grown = cls(size=size)
        for tile in edge_of(size):
            while len(grown.levels) <= tile.level:
                grown.levels.append([])
            grown.levels[tile.level] = hashes_read(partial[tile])
            if len(grown.levels[tile.level]) != tile.width:
                raise ValueError(f"{tile.path} holds {len(grown.levels[tile.level])} hashes")
        if size % TILE_WIDTH:
            grown.waiting = bundle_read(partial[Tile(ENTRIES, size >> TILE_HEIGHT, size % TILE_WIDTH)])
            if [leaf_hash(entry) for entry in grown.waiting] != grown.levels[0]:
                raise ValueError("the last entries do not hash to the last tile")
        return grown

    def add(self, entries: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Take entries in; yield every tile and bundle that becomes full, what it is made of before it."""
        for entry in entries:
            self.waiting.append(entry)
            full = self._push(0, leaf_hash(entry), self.size)
            self.size += 1
            if full:
                yield Tile(ENTRIES, (self.size >> TILE_HEIGHT) - 1), bundle_of(self.waiting)
                self.waiting = []
                yield from full

    def _push(self, level: int, found: bytes, place: int) -> list[tuple[Tile, bytes]]:
        while len(self.levels) <= level:
            self.levels.append([])
        hashes = self.levels[level]
        hashes.append(found)
        if len(hashes) < TILE_WIDTH:
            return []
        self.levels[level] = []
        index = place >> TILE_HEIGHT
        return [(Tile(level, index), b"".join(hashes)), *self._push(level + 1, complete_hash(hashes), index)]

    def partial(self) -> Iterator[tuple[Tile, bytes]]:
        """Yield the tiles and the bundle that are not full now."""
        if self.waiting:
            yield Tile(ENTRIES, self.size >> TILE_HEIGHT, len(self.waiting)), bundle_of(self.waiting)
        for tile in edge_of(self.size):
            yield tile, b"".join(self.levels[tile.level])

    def root(self) -> bytes:
        """Return the root of the tree as grown so far."""
        return tree_root(self.size, self._edge_node)

    def _edge_node(self, height: int, place: int) -> bytes:
        # The root is put together from complete subtrees at the right edge, all of which lie in the last tiles.
        tile, offset, count = tile_holding(height, place, self.size)
        hashes = self.levels[tile.level] if tile.level < len(self.levels) else []
        return complete_hash(hashes[offset : offset + count])


def nodes_of(read: TileReader, size: int) -> Nodes:
    """Return the nodes of a log of ``size`` that ``read`` gives tiles of; each tile is read once."""
    kept: dict[Tile, list[bytes]] = {}

    def node(height: int, place: int) -> bytes:
        tile, offset, count = tile_holding(height, place, size)
        if tile not in kept:
            kept[tile] = hashes_read(read(tile))
            if len(kept[tile]) != tile.width:
                raise ValueError(f"{tile.path} holds {len(kept[tile])} hashes")
        return complete_hash(kept[tile][offset : offset + count])

    return node
