"""Person-related fields: sealed under a key of their own, opened for the upload, destroyed by retention (P4, P17)."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from xinheng.adapters import crypto
from xinheng.audit.services import destroyed_and_told
from xinheng.kernel.dates import chinese_date
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.records.domain import PERSON_KEY_PURPOSE
from xinheng.records.errors import GroundMissing, PersonFieldsDestroyed
from xinheng.records.models import CurrentRecord, RecordKey, RecordVersion

SEALED_COLUMNS: Mapping[str, str] = {
    "key_id": "uuid",
    "material": "bytea",
    "sealed": "bytea",
    "person_digest": "bytea",
}
_DIGEST_PURPOSE = "records.person_digest"


def seal_column(person: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Return the columns of :data:`SEALED_COLUMNS` for a column of JSON objects; ``{}`` and null seal nothing.

    The digest tells whether a later report says the same; it is keyed, so that nobody can try names against it once
    the key material is gone.
    """
    digest_of = crypto.keyed_digester(purpose=_DIGEST_PURPOSE)
    texts = person.to_pylist()
    contents = [text.encode() for text in texts if text and text != "{}"]
    key_ids = _new_key_ids(len(contents))
    materials, keys = crypto.derived_keys(purpose=PERSON_KEY_PURPOSE, count=len(contents))
    sealed = crypto.seal_each(keys, contents, key_ids)
    digests = [digest_of(content) for content in contents]
    is_sealed = pa.array([bool(text) and text != "{}" for text in texts], pa.bool_())
    return {
        "key_id": _spread(pl.Series(key_ids, dtype=pl.Binary).bin.encode("hex"), is_sealed),
        "material": _spread(_as_bytea(materials), is_sealed),
        "sealed": _spread(_as_bytea(sealed), is_sealed),
        "person_digest": _spread(_as_bytea(digests), is_sealed),
    }


def _new_key_ids(count: int) -> list[bytes]:
    """Return the bytes of random UUIDs (version 4), drawn at once."""
    drawn = bytearray(secrets.token_bytes(16 * count))
    drawn[6::16] = bytes(byte & 0x0F | 0x40 for byte in drawn[6::16])
    drawn[8::16] = bytes(byte & 0x3F | 0x80 for byte in drawn[8::16])
    return [bytes(drawn[place : place + 16]) for place in range(0, len(drawn), 16)]


def _as_bytea(values: list[bytes]) -> pl.Series:
    return "\\x" + pl.Series(values, dtype=pl.Binary).bin.encode("hex")


def _spread(values: pl.Series, is_sealed: pa.Array) -> pa.Array:
    """Return the values in the places where something was sealed, null elsewhere."""
    places = pc.if_else(is_sealed, pc.subtract(pc.cumulative_sum(is_sealed.cast(pa.int64())), 1), None)
    return pc.take(values.to_arrow().cast(pa.string()), places)


def person_fields_open(
    *, versions: Iterable[RecordVersion | CurrentRecord], destroyed_are_empty: bool = False
) -> dict[int, Mapping[str, str]]:
    """Return the person-related fields of versions by their ``seq``; a version without any gets an empty mapping.

    For the national upload and the subject's own window only (P4 d); the caller logs the read. One query.

    Args:
        versions: of any records.
        destroyed_are_empty: one whose key was destroyed has none, for whoever writes many and cannot stop at one.

    Raises:
        PersonFieldsDestroyed: retention has destroyed the key of one of them.
    """
    wanted = list(versions)
    keys = RecordKey.objects.in_bulk([version.key_id for version in wanted if version.key_id is not None])
    opened: dict[int, Mapping[str, str]] = {}
    for version in wanted:
        if version.key_id is None or version.sealed is None:
            opened[version.seq] = {}
            continue
        entry = keys[version.key_id]
        if entry.material is None and destroyed_are_empty:
            opened[version.seq] = {}
            continue
        if entry.material is None:
            day = entry.destroyed_date
            raise PersonFieldsDestroyed(destroyed=chinese_date(day) if day else "")
        key = crypto.derived_key(purpose=PERSON_KEY_PURPOSE, stored=bytes(entry.material))
        opened[version.seq] = json.loads(crypto.open_sealed(key, bytes(version.sealed), version.key_id.bytes))
    return opened


def person_fields_destroy(*, record_id: UUID, on_date: date, ground: str, actor: str, now: datetime) -> int:
    """Destroy the keys of a record's person-related fields and return how many; repeating destroys none.

    Before its time, on a ground of its own (a claim for erasure). Runs as the retention role, because the application role
    must not be able to. Versions and their hashes stay. The bytes leave the table's file at its next VACUUM and old backups at their end.

    Raises:
        GroundMissing: no ground or no actor.
    """
    if not ground or not actor:
        raise GroundMissing(event="销毁与个人有关的内容")
    return destroyed_and_told(
        "SELECT records_keys_destroy(%s, %s, %s)",
        [record_id, on_date, mask_personal_numbers(ground)],
        action="records.person_fields.destroyed",
        actor=actor,
        target=("record", str(record_id)),
        at=now,
        counted="keys",
        ground=ground,
    )


def person_fields_destroy_due(*, record_ids: Sequence[UUID], days: int, ground: str, actor: str, now: datetime) -> int:
    """Destroy the keys of records whose time is over, as the retention role, and return how many; repeating destroys none.

    One transaction with its event. The database leaves out, by its own clock, records to which anything happened in the
    last ``days`` days, and those in dispute or on hold.

    Args:
        record_ids: a portion of some hundreds, whose display ended as many days ago.
        days: at least 30, or the database refuses.
        ground: why now; it stands with every key.
        actor: who destroys.
        now: the moment, for the event.
    """
    return destroyed_and_told(
        "SELECT records_keys_destroy_due(%s::uuid[], %s, %s)",
        [list(record_ids), days, ground],
        action="records.person_fields.destroyed",
        actor=actor,
        target=("records", "person_fields"),
        at=now,
        counted="keys",
        ground=ground,
        records=len(record_ids),
    )
