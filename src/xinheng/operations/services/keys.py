"""Generations of the key ring come and go (换钥): everything is wrapped anew in portions, and what nothing uses is destroyed.

A step that is cut off is done again: whatever is stored says its own generation, and the ring keeps every generation until
somebody forgets it. So there is no moment in which something cannot be opened.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from psycopg import sql

from xinheng.accounts.domain import SealedText
from xinheng.adapters import crypto, key_ring
from xinheng.adapters.database import owner_connection
from xinheng.adapters.key_ring import Ring
from xinheng.adapters.storage import held_alone, var_dir, write_once
from xinheng.adapters.suites import SUITE_LABELS, NotUnwrapped, Suite, is_available
from xinheng.audit.services import event_record
from xinheng.kernel.dates import CHINA
from xinheng.operations.errors import (
    GenerationCurrent,
    GenerationTooYoung,
    GenerationUnknown,
    GenerationUsed,
    RingBegun,
    RingInEnvironment,
    RingMissing,
    RotationInProgress,
    SuiteUnavailable,
)
from xinheng.operations.selectors.keys import (
    FACTOR_LISTS,
    FACTOR_TEXTS,
    FACTORS_LABEL,
    RECORD_KEYS,
    WRAPPED,
    Connection,
    Kind,
    factors,
    generation_sql,
    generations_held,
    holdings,
)
from xinheng.records.domain import PERSON_KEY_PURPOSE

PORTION: Final = 1_000
FORGET_AFTER: Final = timedelta(hours=24)
"""How long after it was superseded a generation is kept in any case: longer than anything that was begun with it runs."""
Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a rotation did: the current generation, whether it was made now, how many keys were wrapped anew, by kind.

    ``unopened``: keys that the ring does not open; they stay as they are. ``left``: keys stored under older generations while
    it ran; a second call takes them.
    """

    generation: int
    suite: Suite
    is_new: bool
    wrapped: Mapping[str, int]
    unopened: int
    left: int


def ring_begin(*, suite: Suite, actor: str, now: datetime) -> None:
    """Make the ring of a new deployment, before anything is sealed. Without it the first use makes one with AES.

    Raises:
        RingBegun, RingMissing, SuiteUnavailable, RotationInProgress: nothing was made.
    """
    with _alone():
        if key_ring.is_there():
            raise RingBegun
        if generations_held(owner_connection()):
            raise RingMissing
        _available_only(suite)
        _tell("begun", 1, actor=actor, now=now, suite=suite.value)
        key_ring.ring_begin(suite, now=now)


def keys_rotate(
    *,
    suite: Suite | None,
    actor: str,
    now: datetime,
    out: Path | None = None,
    in_any_case: bool = False,
    told: Told = lambda _kind, _count: None,
) -> Rotation:
    """Make a new generation and wrap every key anew under it; where an earlier rotation was cut off, finish that one only.

    Args:
        suite: of the new generation; ``None``: that of the current one.
        actor: who orders it.
        now: the moment.
        out: where the environment gives the ring: the file for the new ring. Nothing is wrapped then.
        in_any_case: make a new generation even where something is stored under older ones, such as what nothing opens any more.
        told: hears after every portion how many keys of a kind it wrapped.

    Raises:
        RingInEnvironment, SuiteUnavailable, RotationInProgress: nothing was done.
    """
    with _alone():
        connection, ring = owner_connection(), key_ring.ring_now()
        is_new = in_any_case or not _older(connection, ring)
        if is_new:
            chosen = suite or ring.newest.suite
            _available_only(chosen)
            if key_ring.is_given() and out is None:
                raise RingInEnvironment
            ring = key_ring.with_generation(ring, chosen, now=now)
            _tell("generation_made", ring.current, actor=actor, now=now, suite=chosen.value)
            _ring_keep(ring, out)
        wrapped: dict[str, int] = {}
        unopened = 0
        if not key_ring.is_given() or not is_new:
            wrapped, unopened = _wrapped_anew(connection, ring, told)
            _tell("rotated", ring.current, actor=actor, now=now, wrapped=sum(wrapped.values()), unopened=unopened)
        left = sum(_older(connection, ring).values()) - unopened
    return Rotation(
        generation=ring.current,
        suite=ring.newest.suite,
        is_new=is_new,
        wrapped=wrapped,
        unopened=unopened,
        left=left,
    )


def generation_forget(*, number: int, actor: str, now: datetime, out: Path | None = None) -> None:
    """Destroy a generation that nothing is stored under: older copies of the database then open with older bundles only.

    Raises:
        GenerationUnknown, GenerationCurrent, GenerationUsed, GenerationTooYoung, RingInEnvironment, RotationInProgress:
            nothing was destroyed.
    """
    with _alone():
        ring = key_ring.ring_now()
        if number not in ring.generations:
            raise GenerationUnknown(number=number)
        if number == ring.current:
            raise GenerationCurrent(number=number)
        held = {kind: counts[number] for kind, counts in holdings(owner_connection()).items() if counts[number]}
        if held:
            raise GenerationUsed(number=number, uses="、".join(f"{kind} {count:,}" for kind, count in held.items()))
        superseded = ring.generations[number].superseded
        if superseded is not None and now < superseded + FORGET_AFTER:
            raise GenerationTooYoung(
                number=number,
                superseded=f"{superseded.astimezone(CHINA):%Y-%m-%d %H:%M}",
                hours=int(FORGET_AFTER.total_seconds() // 3600),
            )
        if key_ring.is_given() and out is None:
            raise RingInEnvironment
        _tell("generation_forgotten", number, actor=actor, now=now)
        _ring_keep(key_ring.without_generation(ring, number), out)


def _alone() -> AbstractContextManager[None]:
    """Let one process of the deployment change the ring at a time."""
    return held_alone(var_dir() / "keys.lock", busy=RotationInProgress())


def _available_only(suite: Suite) -> None:
    if not is_available(suite):
        raise SuiteUnavailable(suite=SUITE_LABELS[suite])


def _tell(what: str, number: int, *, actor: str, now: datetime, **facts: Any) -> None:
    """Record what is about to be done to a generation: cut off after it, it is told twice, never not at all."""
    with transaction.atomic():
        event_record(action=f"operations.keys.{what}", actor=actor, target=("key_generation", str(number)), at=now, **facts)


def _ring_keep(ring: Ring, out: Path | None) -> None:
    if not key_ring.is_given():
        key_ring.ring_write(ring)
    elif out is not None:
        write_once(out.absolute(), key_ring.ring_text(ring).encode())


def _older(connection: Connection, ring: Ring) -> Counter[int]:
    """Return how many keys are stored under other generations than the current one."""
    found = generations_held(connection)
    del found[ring.current]
    return found


def _wrapped_anew(connection: Connection, ring: Ring, told: Told) -> tuple[dict[str, int], int]:
    wrapped: dict[str, int] = {}
    unopened = 0
    for kind in (RECORD_KEYS, *WRAPPED):
        wrapped[kind.label] = 0
        for count, refused in _portions(connection, kind, ring):
            wrapped[kind.label] += count
            unopened += refused
            told(kind.label, count)
    wrapped[FACTORS_LABEL], refused = _factors_wrapped(connection, ring)
    return wrapped, unopened + refused


def _portions(connection: Connection, kind: Kind, ring: Ring) -> Iterator[tuple[int, int]]:
    """Wrap the keys of a kind anew, each portion in a transaction; yield how many were, and how many the ring did not open."""
    column, table, pk = map(sql.Identifier, (kind.column, kind.table, kind.pk))
    pk_type = sql.SQL(kind.pk_type)
    # Ordered by the key itself and not by its text, which the name alone would mean: 10 comes after 9.
    question = sql.SQL(
        "SELECT t.{pk}::text, t.{column} FROM {table} t WHERE t.{column} IS NOT NULL AND {generation} <> %(current)s"
        " AND (%(after)s::{pk_type} IS NULL OR t.{pk} > %(after)s::{pk_type}) ORDER BY t.{pk} LIMIT %(portion)s FOR UPDATE"
    ).format(pk=pk, column=column, table=table, pk_type=pk_type, generation=generation_sql(kind.column))
    change: sql.SQL | sql.Composed = sql.SQL(
        "UPDATE {table} t SET {column} = n.fresh"
        " FROM unnest(%s::{pk_type}[], %s::bytea[], %s::bytea[]) AS n (pk, former, fresh) WHERE t.{pk} = n.pk AND t.{column} = n.former"
    ).format(pk=pk, column=column, table=table, pk_type=pk_type)
    if kind is RECORD_KEYS:
        change = sql.SQL("SELECT records_keys_rewrap(%s::uuid[], %s::bytea[], %s::bytea[])")
    after: str | None = None
    while True:
        with connection.transaction():
            where = {"current": ring.current, "after": after, "portion": PORTION}
            rows = [(key, bytes(stored)) for key, stored in connection.execute(question, where).fetchall()]
            pairs = [(key, stored, fresh) for key, stored in rows if (fresh := _anew(kind, stored, ring)) is not None]
            if pairs:
                connection.execute(change, [list(column) for column in zip(*pairs, strict=True)])
        if not rows:
            return
        after = rows[-1][0]
        yield len(pairs), len(rows) - len(pairs)


def _anew(kind: Kind | None, stored: bytes, ring: Ring) -> bytes | None:
    """Return what is stored from now on, which opens to the same key; ``None`` where the ring does not open it."""
    try:
        if kind is RECORD_KEYS:
            key = crypto.derived_key(purpose=PERSON_KEY_PURPOSE, stored=stored, ring=ring)
        else:
            key = crypto.unwrap_key(stored, ring=ring)
    except NotUnwrapped:
        return None
    fresh = crypto.wrap_key(key, ring=ring)
    assert crypto.unwrap_key(fresh, ring=ring) == key, "what is put in its place opens to the same"
    return fresh


def _factors_wrapped(connection: Connection, ring: Ring) -> tuple[int, int]:
    """Wrap the keys of second factors anew; return how many were, and how many the ring did not open."""
    done = refused = 0
    for number, _ in factors(connection):
        with connection.transaction():
            found = connection.execute("SELECT data FROM mfa_authenticator WHERE id = %s FOR UPDATE", [number]).fetchone()
            if found is None:
                continue
            data = json.loads(found[0]) if isinstance(found[0], str) else found[0]
            outcomes: Counter[str] = Counter()
            for name in FACTOR_TEXTS:
                if isinstance(data.get(name), str):
                    data[name] = _text_anew(data[name], ring, outcomes)
            for name in FACTOR_LISTS:
                if data.get(name):
                    data[name] = [_text_anew(text, ring, outcomes) for text in data[name]]
            if outcomes["done"]:
                connection.execute("UPDATE mfa_authenticator SET data = %s WHERE id = %s", [json.dumps(data), number])
        done, refused = done + outcomes["done"], refused + outcomes["refused"]
    return done, refused


def _text_anew(text: str, ring: Ring, outcomes: Counter[str]) -> str:
    read = SealedText.read(text)
    if crypto.generation_of(read.wrapped_key) == ring.current:
        return text
    fresh = _anew(None, read.wrapped_key, ring)
    outcomes["refused" if fresh is None else "done"] += 1
    return text if fresh is None else SealedText(fresh, read.sealed).written()
