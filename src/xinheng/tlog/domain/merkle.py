"""Merkle trees of RFC 6962, section 2: hashes, roots, and proofs that a stranger can check.

Nodes are asked of a :data:`Nodes`: the hash of the complete subtree of ``2**height`` leaves that begins at leaf
``place * 2**height``. Every proof and root is put together from such nodes, so that a log of any size is read in a few tiles.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

HASH_BYTES = 32
Nodes = Callable[[int, int], bytes]
"""(height, place) → hash of a complete subtree."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees together. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_hash(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes of one height.

    Raises:
        ValueError: their number is no power of two.
    """
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError(f"{len(hashes)} is no power of two")
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def tree_root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return EMPTY_ROOT if size == 0 else _range_hash(0, size, nodes)


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of ``size`` leaves, its sibling first (RFC 6962, section 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return list(_path(index, 0, size, nodes))


def consistency_proof(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Return what shows that the tree of ``new`` leaves begins with that of ``old`` (RFC 6962, section 2.1.2).

    Raises:
        ValueError: ``old`` is not in 1 … ``new``.
    """
    if not 1 <= old <= new:
        raise ValueError(f"no tree of {old} in a tree of {new}")
    return list(_subproof(old, 0, new, True, nodes))


def inclusion_holds(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether ``proof`` shows that the leaf with this hash stands at ``index``. Source: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether ``proof`` shows that the tree ``new`` begins with the tree ``old``. Source: RFC 9162, section 2.1.4.2."""
    if not 1 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and (first, second) == (old_root, new_root)


def _range_hash(begin: int, end: int, nodes: Nodes) -> bytes:
    """Return the hash over the leaves ``begin`` (inclusive, a multiple of the half) to ``end`` (exclusive)."""
    count = end - begin
    height = (count - 1).bit_length()
    if count == 1 << height:
        return nodes(height, begin >> height)
    half = 1 << (height - 1)
    return node_hash(nodes(height - 1, begin >> (height - 1)), _range_hash(begin + half, end, nodes))


def _path(index: int, begin: int, end: int, nodes: Nodes) -> Iterator[bytes]:
    count = end - begin
    if count == 1:
        return
    half = 1 << ((count - 1).bit_length() - 1)
    if index < begin + half:
        yield from _path(index, begin, begin + half, nodes)
        yield _range_hash(begin + half, end, nodes)
    else:
        yield from _path(index, begin + half, end, nodes)
        yield _range_hash(begin, begin + half, nodes)


def _subproof(old: int, begin: int, end: int, is_known: bool, nodes: Nodes) -> Iterator[bytes]:  # noqa: FBT001 - RFC's "b"
    count = end - begin
    if old == count:
        if not is_known:
            yield _range_hash(begin, end, nodes)
        return
    half = 1 << ((count - 1).bit_length() - 1)
    if old <= half:
        yield from _subproof(old, begin, begin + half, is_known, nodes)
        yield _range_hash(begin + half, end, nodes)
    else:
        yield from _subproof(old - half, begin + half, end, False, nodes)
        yield _range_hash(begin, begin + half, nodes)
