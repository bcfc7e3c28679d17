"""Person-related fields: sealed under a key of their own, opened for the upload, destroyed by retention (P4, P17)."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

import pyarrow as pa
from django.db import connections

from xinheng.adapters import crypto
from xinheng.adapters.database import OWNER_ALIAS
from xinheng.audit.services import event_record
from xinheng.kernel.dates import chinese_date
from xinheng.records.errors import GroundMissing, PersonFieldsDestroyed
from xinheng.records.models import CurrentRecord, RecordKey, RecordVersion

SEALED_COLUMNS: Mapping[str, str] = {
    "key_id": "uuid",
    "material": "bytea",
    "sealed": "bytea",
    "person_digest": "bytea",
}
_KEY_PURPOSE = "records.person_key"
_DIGEST_PURPOSE = "records.person_digest"


def seal_column(person: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Return the columns of :data:`SEALED_COLUMNS` for a column of JSON objects; ``{}`` and null seal nothing.

    The digest tells whether a later report says the same; it is keyed, so that nobody can try names against it once
    the key material is gone.
    """
    columns: dict[str, list[str | None]] = {name: [] for name in SEALED_COLUMNS}
    key_of = crypto.keyed_digester(purpose=_KEY_PURPOSE)
    digest_of = crypto.keyed_digester(purpose=_DIGEST_PURPOSE)
    nothing = (None,) * len(SEALED_COLUMNS)
    for text in person.to_pylist():
        sealed = _seal(text.encode(), key_of, digest_of) if text and text != "{}" else nothing
        for name, value in zip(SEALED_COLUMNS, sealed, strict=True):
            columns[name].append(value)
    return {name: pa.array(values, type=pa.string()) for name, values in columns.items()}


def _seal(content: bytes, key_of: Callable[[bytes], bytes], digest_of: Callable[[bytes], bytes]) -> tuple[str, str, str, str]:
    key_id = UUID(bytes=secrets.token_bytes(16), version=4)
    material = crypto.new_key()
    sealed = crypto.seal(key_of(material), content, key_id.bytes)
    return str(key_id), f"\\x{material.hex()}", f"\\x{sealed.hex()}", f"\\x{digest_of(content).hex()}"


def person_fields_open(*, versions: Iterable[RecordVersion | CurrentRecord]) -> dict[int, Mapping[str, str]]:
    """Return the person-related fields of versions by their ``seq``; a version without any gets an empty mapping.

    For the national upload and the subject's own window only (P4 d); the caller logs the read. One query.

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
        if entry.material is None:
            day = entry.destroyed_date
            raise PersonFieldsDestroyed(destroyed=chinese_date(day) if day else "")
        key = crypto.keyed_digest(purpose=_KEY_PURPOSE, content=bytes(entry.material))
        opened[version.seq] = json.loads(crypto.open_sealed(key, bytes(version.sealed), version.key_id.bytes))
    return opened


def person_fields_destroy(*, record_id: UUID, on_date: date, ground: str, actor: str, now: datetime) -> int:
    """Destroy the keys of a record's person-related fields and return how many; repeating destroys none.

    Runs as the retention role (members of the owner's connection), because the application role must not be able to.
    Versions and their hashes stay. The bytes leave the table's file at its next VACUUM and old backups at their end.

    Raises:
        GroundMissing: no ground or no actor.
    """
    if not ground or not actor:
        raise GroundMissing(event="销毁与个人有关的内容")
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT records_keys_destroy(%s, %s, %s)", [record_id, on_date, ground])
        destroyed: int = cursor.fetchone()[0]
    if destroyed:
        event_record(
            action="records.person_fields.destroyed",
            actor=actor,
            target=("record", str(record_id)),
            at=now,
            ground=ground,
            keys=destroyed,
        )
    return destroyed
