"""Roots, proofs and tiles against the plain recursive definition of RFC 6962, section 2, and its published examples."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.tlog import offline_verifier
from xinheng.tlog.domain import (
    Growth,
    Tile,
    bundle_of,
    bundle_read,
    consistency_holds,
    consistency_proof,
    edge_of,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    tile_at,
    tiles_of,
    tree_root,
)

# The inputs and roots of the reference implementations of certificate transparency.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.one_of(st.integers(0, 40), st.integers(250, 260), st.integers(505, 520), st.just(1000))


def sha(content):
    return hashlib.sha256(content).digest()


def mth(entries):
    """Return the Merkle tree hash as RFC 6962 section 2.1 writes it."""
    if not entries:
        return sha(b"")
    if len(entries) == 1:
        return sha(b"\x00" + entries[0])
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sha(b"\x01" + mth(entries[:half]) + mth(entries[half:]))


def path(index, entries):
    """Return the audit path as section 2.1.1 writes it."""
    if len(entries) == 1:
        return []
    half = 1
    while half * 2 < len(entries):
        half *= 2
    if index < half:
        return [*path(index, entries[:half]), mth(entries[half:])]
    return [*path(index - half, entries[half:]), mth(entries[:half])]


def subproof(old, entries, is_known):
    """Return the consistency proof as section 2.1.2 writes it."""
    if old == len(entries):
        return [] if is_known else [mth(entries)]
    half = 1
    while half * 2 < len(entries):
        half *= 2
    if old <= half:
        return [*subproof(old, entries[:half], is_known), mth(entries[half:])]
    return [*subproof(old - half, entries[half:], False), mth(entries[:half])]


def made(size):
    return [sha(b"entry %d" % number) for number in range(size)]


def files_of(entries):
    grown = Growth()
    files = dict(grown.add(entries)) | dict(grown.partial())
    return grown, files


def test_the_published_examples():
    entries = [bytes.fromhex(text) for text in INPUTS]
    for size, root in enumerate(ROOTS, start=1):
        grown, _ = files_of(entries[:size])
        assert grown.root().hex() == root == mth(entries[:size]).hex()


@given(size=SIZES, data=st.data())
def test_roots_and_proofs_are_those_of_the_definition(size, data):
    entries = made(size)
    grown, files = files_of(entries)
    nodes = nodes_of(files.__getitem__, size)
    root = mth(entries)
    assert grown.root() == tree_root(size, nodes) == root
    assert set(files) == set(tiles_of(size))
    if not size:
        return
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof = inclusion_proof(index, size, nodes)
    assert proof == path(index, entries)
    leaf = leaf_hash(entries[index])
    assert inclusion_holds(index=index, size=size, leaf=leaf, proof=proof, root=root)
    assert offline_verifier._root_from(index, size, leaf, proof) == root
    grew = consistency_proof(old, size, nodes)
    assert grew == subproof(old, entries, True)
    assert consistency_holds(old=old, new=size, old_root=mth(entries[:old]), new_root=root, proof=grew)


@given(size=st.integers(2, 300), data=st.data())
def test_a_proof_of_anything_else_does_not_hold(size, data):
    entries = made(size)
    _, files = files_of(entries)
    nodes = nodes_of(files.__getitem__, size)
    root, index = mth(entries), data.draw(st.integers(0, size - 1))
    proof, leaf = inclusion_proof(index, size, nodes), leaf_hash(entries[index])
    bent = list(proof)
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    bent[at] = (int.from_bytes(bent[at], "big") ^ (1 << bit)).to_bytes(32, "big")
    wrong = [
        (index, size, leaf, bent),
        (index, size, sha(leaf), proof),
        (index, size, leaf, proof[:-1]),
        (index, size, leaf, [*proof, root]),
        (size, size, leaf, proof),
        (-1, size, leaf, proof),
    ]
    for place, count, one, shown in wrong:
        assert not inclusion_holds(index=place, size=count, leaf=one, proof=shown, root=root)
        assert offline_verifier._root_from(place, count, one, shown) != root
    old = data.draw(st.integers(1, size - 1))
    grew, before = consistency_proof(old, size, nodes), mth(entries[:old])
    assert not consistency_holds(old=old, new=size, old_root=sha(before), new_root=root, proof=grew)
    assert not consistency_holds(old=old, new=size, old_root=before, new_root=sha(root), proof=grew)
    assert not consistency_holds(old=old, new=size, old_root=before, new_root=root, proof=[*grew, root])
    assert not consistency_holds(old=old, new=size, old_root=before, new_root=root, proof=grew[:-1])
    assert not consistency_holds(old=size, new=old, old_root=root, new_root=before, proof=grew)


@given(first=SIZES, second=SIZES)
def test_a_log_that_goes_on_from_its_edge_is_the_log_made_at_once(first, second):
    entries = made(first + second)
    before, files = files_of(entries[:first])
    partial = {tile: content for tile, content in files.items() if tile.width < 256}
    resumed = Growth.resumed(size=first, partial=partial)
    assert resumed.root() == before.root()
    more = dict(resumed.add(entries[first:])) | dict(resumed.partial())
    _, whole = files_of(entries)
    full_before = {tile: content for tile, content in files.items() if tile.width == 256}
    assert full_before | more == whole
    assert resumed.root() == mth(entries)


def test_a_log_does_not_go_on_from_an_edge_that_is_not_its_own():
    _, files = files_of(made(300))
    partial = {tile: files[tile] for tile in files if tile.width < 256}
    for tile, content in partial.items():
        with pytest.raises(ValueError, match=r"holds|hash|ends"):
            Growth.resumed(size=300, partial=partial | {tile: content[:-1]})
    bundle = Tile(-1, 1, 44)
    with pytest.raises(ValueError, match="do not hash"):
        Growth.resumed(size=300, partial=partial | {bundle: bundle_of(made(44))})


def test_a_tree_of_seventy_thousand_has_the_tiles_that_the_specification_counts():
    tiles = list(tiles_of(70_000))
    of_level = {level: [tile for tile in tiles if tile.level == level] for level in (-1, 0, 1, 2)}
    assert [len(of_level[level]) for level in (-1, 0, 1, 2)] == [274, 274, 2, 1]
    assert [(tile.index, tile.width) for tile in edge_of(70_000)] == [(273, 112), (1, 17), (0, 1)]
    assert [tile.level for tile in edge_of(256)] == [1]


@given(level=st.integers(-1, 63), index=st.integers(0, 10**12), width=st.integers(1, 256))
def test_tiles_stand_where_they_are_read(level, index, width):
    tile = Tile(level, index, width)
    assert tile_at(tile.path) == tile


@pytest.mark.parametrize(
    "place",
    [
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/64/000", "tile/00/000", "tile/0/x000/001", "tile/0/0",
        "tile/0/../checkpoint", "tile/0/x001", "tile/entries/0001", "checkpoint", "tile/-1/000", "tile/0/０００", "",
    ],
)  # fmt: skip
def test_nothing_else_is_a_tile(place):
    assert tile_at(place) is None


@given(entries=st.lists(st.binary(max_size=300), max_size=8))
def test_bundles_are_read_as_written(entries):
    content = bundle_of(entries)
    assert bundle_read(content) == entries
    for cut in {len(content) - 1, len(content) // 2} - {-1}:
        try:
            found = bundle_read(content[:cut])
        except ValueError:
            continue
        assert found == entries[: len(found)], "a cut between two entries leaves whole ones"
