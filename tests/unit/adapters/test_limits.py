"""How often an address may ask: slowed down first, refused late, never shut out, nothing kept of an address."""

import pickle
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.limits import Moments

from xinheng.adapters import limits
from xinheng.adapters.limits import Cost, Limiter, Room, RoomFull, address_of, cost_of, costs


@pytest.fixture
def moments(monkeypatch):
    return Moments(monkeypatch)


def ask(limiter, times=1, *, cost=Cost.READ, address="203.0.113.9"):
    return [limiter.enter(cost=cost, address=address) for _ in range(times)]


def test_the_whole_store_is_given_at_once(moments):
    limiter = moments.limiter({Cost.READ: "60/m"})
    assert ask(limiter, 60) == [0] * 60
    assert moments.pauses == []


def test_who_asks_on_is_slowed_down_and_never_refused(moments):
    limiter = moments.limiter({Cost.READ: "60/m"})
    ask(limiter, 60)
    assert ask(limiter, 30) == [0] * 30
    assert len(moments.pauses) == 30
    assert all(0 < pause <= 1 for pause in moments.pauses)


def test_too_far_a_turn_is_refused_at_once_and_costs_nothing(moments):
    limiter = moments.limiter({Cost.REPORT: "6/m"})
    ask(limiter, 6, cost=Cost.REPORT)
    assert ask(limiter, 50, cost=Cost.REPORT) == [10] * 50  # the refused fifty do not push the turn away
    assert moments.pauses == []
    moments.seconds += 10
    assert ask(limiter, cost=Cost.REPORT) == [0]


def test_only_a_few_wait_at_the_same_time(moments):
    limiter = moments.limiter({Cost.READ: "60/m"})
    ask(limiter, 60)
    refused = []

    def pause(seconds):
        # While this one waits another comes, until the places are taken.
        if len(refused) < limits.WAITING_AT_MOST:
            refused.append(limiter.enter(cost=Cost.READ, address="203.0.113.9"))
        moments.pause(seconds)

    limiter._pause = pause
    assert ask(limiter) == [0]
    assert refused[0] == 1  # the innermost found no place and was told a second


def test_addresses_and_costs_are_counted_apart(moments):
    limiter = moments.limiter({Cost.READ: "1/m", Cost.SEARCH: "1/m"})
    assert ask(limiter) == [0]
    assert ask(limiter, address="203.0.113.10") == [0]
    assert ask(limiter, cost=Cost.SEARCH) == [0]
    assert ask(limiter) == [60]


def test_nothing_kept_tells_an_address_and_all_of_it_goes(moments):
    limiter = moments.limiter({Cost.READ: "5/m"})
    ask(limiter, 5)
    counts = limiter._current()
    kept = list(counts.limits[Cost.READ]._store._backend.get_client())
    assert len(kept) == 1
    assert b"203.0.113.9" not in pickle.dumps(kept)
    assert counts.key != moments.limiter({})._current().key
    moments.seconds += limits.KEPT_SECONDS
    assert limiter._current().key != counts.key
    assert not limiter._current().limits[Cost.READ]._store._backend.get_client()


def test_threads_share_one_count(moments):
    limiter = moments.limiter({Cost.READ: "100/m"})
    answers = []
    limiter._waiting = _NoPlace()
    threads = [Thread(target=lambda: answers.extend(ask(limiter, 50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(0) == 100


class _NoPlace:
    def acquire(self, *, blocking):
        return False


@given(st.integers(1, 40), st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_the_store_and_what_it_refills(allowed, gaps):
    with pytest.MonkeyPatch.context() as patch:
        moments = Moments(patch)
        limiter = moments.limiter({Cost.REPORT: f"{allowed}/m"})
        begin, served = moments.seconds, 0
        for gap in gaps:
            moments.seconds += gap
            served += limiter.enter(cost=Cost.REPORT, address="203.0.113.9") == 0
        assert served <= allowed + (moments.seconds - begin) * allowed / 60 + 1e-6


@given(st.integers(1, 40), st.integers(0, 200))
def test_whoever_comes_when_told_is_served(allowed, before):
    with pytest.MonkeyPatch.context() as patch:
        moments = Moments(patch)
        limiter = moments.limiter({Cost.REPORT: f"{allowed}/m"})
        ask(limiter, before, cost=Cost.REPORT)
        (wait,) = ask(limiter, cost=Cost.REPORT)
        moments.seconds += wait
        assert not wait or ask(limiter, cost=Cost.REPORT) == [0]


@pytest.mark.parametrize(
    ("meta", "proxies", "address"),
    [
        ({"REMOTE_ADDR": "203.0.113.9"}, 0, "203.0.113.9"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 0, "10.0.0.1"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.9"}, 1, "203.0.113.9"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.9, 10.0.0.2"}, 2, "203.0.113.9"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 3, "203.0.113.9"),
        ({"REMOTE_ADDR": "10.0.0.1"}, 1, "10.0.0.1"),
        ({"REMOTE_ADDR": "unix:"}, 0, ""),
        ({}, 0, ""),
    ],
)
def test_only_our_own_proxies_are_believed(meta, proxies, address):
    assert address_of(meta, proxies=proxies) == address


def test_neighbours_in_one_ipv6_network_are_one():
    first, second = ({"REMOTE_ADDR": f"2001:db8::{last}"} for last in ("1", "2"))
    assert address_of(first, proxies=0) == address_of(second, proxies=0)


def test_a_view_says_what_it_costs():
    assert cost_of(lambda: None, method="GET") is Cost.READ
    assert cost_of(costs(Cost.SEARCH)(lambda: None), method="GET") is Cost.SEARCH
    ordering = costs(Cost.REPORT, method="POST")(lambda: None)
    assert [cost_of(ordering, method=method) for method in ("GET", "POST")] == [Cost.READ, Cost.REPORT]


def test_a_room_has_places_and_a_few_who_wait():
    room = Room(places=1, waiting=1, patience=0)
    with room.entered(), pytest.raises(RoomFull), room.entered():
        pass
    with room.entered():
        pass  # given back each time


def test_a_limiter_is_made_of_the_settings():
    assert limits.limiter() is limits.limiter()
    assert isinstance(limits.limiter(), Limiter)
