"""What the generations of the key ring hold (密钥环的各代): every stored key says its generation, so it can be counted."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from xinheng.accounts.domain import SealedText
from xinheng.adapters import crypto
from xinheng.adapters.key_ring import Ring
from xinheng.adapters.suites import NotUnwrapped
from xinheng.records.domain import PERSON_KEY_PURPOSE

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A column in which keys are stored: whose they are, the table, its primary key and that one's type."""

    label: str
    table: str
    pk: str
    pk_type: str
    column: str = "wrapped_key"


WRAPPED: Final = (
    Kind(label="报送原件", table="intake_submissionoriginal", pk="submission_id", pk_type="bigint"),
    Kind(label="填报草稿", table="intake_recorddraft", pk="id", pk_type="uuid"),
    Kind(label="接口报送", table="exchange_reportdraft", pk="id", pk_type="uuid"),
    Kind(label="已出具的报告", table="reports_issuedreport", pk="number", pk_type="text"),
    Kind(label="通知地址", table="notices_contact", pk="id", pk_type="bigint"),
)
RECORD_KEYS: Final = Kind(
    label="记录中与个人有关的内容", table="records_recordkey", pk="key_id", pk_type="uuid", column="material"
)
FACTORS_LABEL: Final = "第二因素"
FACTOR_TEXTS: Final = ("secret", "seed")
"""What of an authenticator's data is sealed."""
FACTOR_LISTS: Final = ("migrated_codes",)

# Also asked of a database of the release before, which has no function for it.
_GENERATION: Final = """CASE WHEN length({0}) IN (32, 40) THEN 1 WHEN length({0}) < 27 THEN 0
    ELSE get_byte({0}, 1) * 256 + get_byte({0}, 2) END"""


def generation_sql(column: str) -> sql.Composed:
    """Return the expression of the generation that a column's value was stored under; ``crypto.generation_of`` in SQL."""
    return sql.SQL(_GENERATION).format(sql.Identifier(column))


def holdings(connection: Connection) -> dict[str, Counter[int]]:
    """Return how many keys each generation holds, by kind, in the order of the kinds; every kind is there."""
    found: dict[str, Counter[int]] = {kind.label: Counter() for kind in (RECORD_KEYS, *WRAPPED)}
    for kind in _kinds_there(connection):
        question = sql.SQL("SELECT {}, count(*) FROM {} WHERE {} IS NOT NULL GROUP BY 1 ORDER BY 1")
        parts = generation_sql(kind.column), sql.Identifier(kind.table), sql.Identifier(kind.column)
        found[kind.label] = Counter(dict(connection.execute(question.format(*parts)).fetchall()))
    found[FACTORS_LABEL] = Counter(crypto.generation_of(key) for _, data in factors(connection) for key in factor_keys(data))
    return found


def _kinds_there(connection: Connection) -> list[Kind]:
    """Return the kinds whose tables the database has: a backup of an earlier release is asked before it is migrated."""
    return [kind for kind in (RECORD_KEYS, *WRAPPED) if _is_there(connection, kind.table)]


def _is_there(connection: Connection, table: str) -> bool:
    return connection.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,)


def generations_held(connection: Connection) -> Counter[int]:
    """Return how many keys each generation holds, all kinds together."""
    return sum(holdings(connection).values(), Counter())


def factors(connection: Connection) -> list[tuple[int, dict[str, Any]]]:
    """Return the authenticators that have something sealed: number and data."""
    if not _is_there(connection, "mfa_authenticator"):
        return []
    rows = connection.execute("SELECT id, data FROM mfa_authenticator ORDER BY id").fetchall()
    read = [(number, json.loads(data) if isinstance(data, str) else data) for number, data in rows]
    return [(number, data) for number, data in read if any(True for _ in factor_keys(data))]


def factor_keys(data: dict[str, Any]) -> Iterator[bytes]:
    """Yield the wrapped keys in an authenticator's data."""
    texts = [data[name] for name in FACTOR_TEXTS if isinstance(data.get(name), str)]
    texts += [text for name in FACTOR_LISTS for text in data.get(name, ())]
    for text in texts:
        yield SealedText.read(text).wrapped_key


def generations_unopened(connection: Connection, ring: Ring) -> dict[int, str]:
    """Return the generations that something is stored under and the ring does not open, with the kind that was tried.

    The first and the last key of every kind and generation are tried: a ring of another deployment has the same numbers.
    """
    found: dict[int, str] = {}
    for kind in _kinds_there(connection):
        for number, stored in _samples(connection, kind):
            if not _opens(kind, stored, ring):
                found.setdefault(number, kind.label)
    for _, data in factors(connection):
        for key in factor_keys(data):
            if not _opens(None, key, ring):
                found.setdefault(crypto.generation_of(key), FACTORS_LABEL)
    return found


def _samples(connection: Connection, kind: Kind) -> Iterator[tuple[int, bytes]]:
    column, table, pk, generation = *map(sql.Identifier, (kind.column, kind.table, kind.pk)), generation_sql(kind.column)
    numbers = sql.SQL("SELECT DISTINCT {} FROM {} WHERE {} IS NOT NULL ORDER BY 1").format(generation, table, column)
    ends = sql.SQL(
        "(SELECT {0} FROM {1} WHERE {3} = %(number)s ORDER BY {2} LIMIT 1)"
        " UNION ALL (SELECT {0} FROM {1} WHERE {3} = %(number)s ORDER BY {2} DESC LIMIT 1)"
    ).format(column, table, pk, generation)
    for (number,) in connection.execute(numbers).fetchall():
        for (stored,) in connection.execute(ends, {"number": number}).fetchall():
            yield number, bytes(stored)


def _opens(kind: Kind | None, stored: bytes, ring: Ring) -> bool:
    try:
        if kind is RECORD_KEYS:
            crypto.derived_key(purpose=PERSON_KEY_PURPOSE, stored=stored, ring=ring)
        else:
            crypto.unwrap_key(stored, ring=ring)
    except NotUnwrapped:
        return False
    return True
