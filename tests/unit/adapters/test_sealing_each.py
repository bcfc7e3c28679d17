"""Many things sealed at once are sealed as one by one: a key, a nonce and a place each."""

import pytest
from cryptography.exceptions import InvalidTag

from xinheng.adapters import crypto


def test_each_opens_under_its_own_key_and_in_its_own_place_only() -> None:
    keys = crypto.new_keys(3)
    places = [b"a", b"b", b"c"]
    contents = [b"one", b"one", b""]

    sealed = crypto.seal_each(keys, contents, places)

    assert [crypto.open_sealed(*row) for row in zip(keys, sealed, places, strict=True)] == contents
    assert len({bytes(one[:12]) for one in sealed}) == 3  # a nonce each
    for key, place in ((keys[1], b"a"), (keys[0], b"b")):
        with pytest.raises(InvalidTag):
            crypto.open_sealed(key, sealed[0], place)


def test_keys_drawn_at_once_are_whole_and_all_different() -> None:
    keys = crypto.new_keys(100)
    assert {len(key) for key in keys} == {crypto.KEY_BYTES}
    assert len(set(keys)) == 100


def test_a_digester_gives_the_same_again_and_another_for_another_purpose() -> None:
    digest = crypto.keyed_digester(purpose="a")
    assert digest(b"x") == digest(b"x") == crypto.keyed_digest(purpose="a", content=b"x")
    assert digest(b"x") != crypto.keyed_digest(purpose="b", content=b"x")
