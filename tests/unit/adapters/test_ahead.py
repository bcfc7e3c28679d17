"""Portions that are made while the last one is in use."""

import threading
from collections.abc import Iterator

import pytest

from xinheng.adapters.ahead import made_ahead


def test_gives_everything_in_its_order() -> None:
    assert list(made_ahead(range(5))) == [0, 1, 2, 3, 4]
    assert list(made_ahead([])) == []
    assert list(made_ahead([None, None])) == [None, None]


def test_makes_one_ahead_in_another_thread_and_no_more() -> None:
    made: list[int] = []
    second = threading.Event()

    def source() -> Iterator[int]:
        for number in range(3):
            assert threading.current_thread() is not threading.main_thread()
            made.append(number)
            if number == 1:
                second.set()
            yield number

    items = made_ahead(source())
    assert next(items) == 0
    assert second.wait(timeout=10)  # made although nobody asked for it yet
    assert made == [0, 1]
    assert list(items) == [1, 2]


def test_raises_the_makers_error_after_what_was_made_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("cannot be made")

    items = made_ahead(source())
    assert next(items) == 1
    with pytest.raises(ValueError, match="cannot be made"):
        next(items)
