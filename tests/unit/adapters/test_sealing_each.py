"""Many things sealed at once are sealed as one by one: a key, a nonce and a place each."""

import pytest
from cryptography.exceptions import InvalidTag

from xinheng.adapters import crypto, key_ring
from xinheng.adapters.suites import KEY_BYTES, Suite


def test_each_opens_under_its_own_key_and_in_its_own_place_only() -> None:
    keys = [crypto.new_key() for _ in range(3)]
    places = [b"a", b"b", b"c"]
    contents = [b"one", b"one", b""]

    sealed = crypto.seal_each(keys, contents, places)

    assert [crypto.open_sealed(*row) for row in zip(keys, sealed, places, strict=True)] == contents
    assert len({bytes(one[:12]) for one in sealed}) == 3  # a nonce each
    for key, place in ((keys[1], b"a"), (keys[0], b"b")):
        with pytest.raises(InvalidTag):
            crypto.open_sealed(key, sealed[0], place)


@pytest.mark.parametrize("suite", Suite)
def test_keys_derived_at_once_are_whole_all_different_and_found_again(suite: Suite) -> None:
    key_ring.ring_begin(suite, now=None)
    materials, keys = crypto.derived_keys(purpose="a", count=100)
    derived = list(keys)
    assert {len(key) for key in derived} == {KEY_BYTES[suite]}
    assert len(set(derived)) == len(set(materials)) == 100
    assert [crypto.derived_key(purpose="a", stored=material) for material in materials] == derived
    assert crypto.derived_key(purpose="b", stored=materials[0]) != derived[0]


def test_a_digester_gives_the_same_again_and_another_for_another_purpose() -> None:
    digest = crypto.keyed_digester(purpose="a")
    assert digest(b"x") == digest(b"x") == crypto.keyed_digest(purpose="a", content=b"x")
    assert digest(b"x") != crypto.keyed_digest(purpose="b", content=b"x")
