"""Restores a backup (恢复): everything is checked before anything is touched, and what was there is kept under another name."""

import json
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from xinheng.adapters.database import migrations_missing
from xinheng.adapters.dumps import DumpFailed, Measure, address, connected, measured, restored, roles_make
from xinheng.adapters.key_ring import Ring, RingUnreadable, ring_in
from xinheng.adapters.postgres.rights import rights_settle, roles_prepare
from xinheng.adapters.sealing import NotOpened, identities_read, opened
from xinheng.adapters.storage import fsync_folder, var_dir, write_atomically
from xinheng.adapters.suites import Suite
from xinheng.audit import services as audit
from xinheng.operations.errors import (
    BackupNotGenuine,
    DeploymentInUse,
    DeploymentNotEmpty,
    RestoreDiffers,
    RestoreOntoServer,
)
from xinheng.operations.selectors.backups import UNFINISHED
from xinheng.operations.selectors.keys import generations_unopened
from xinheng.operations.services import _files, _log, _manifest
from xinheng.tlog.errors import LogAhead
from xinheng.tlog.models import PublishingStop
from xinheng.tlog.services import Derived, publishing_stop

_STAGE: Final = ".restoring"
_DRAINED: Final = 1 << 20
_BUSINESS: Final = ("audit_event", "accounts_account", "subjects_subject", "records_recordversion", "intake_submission")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored: when it was backed up, rows and files in it, how long it took (seconds), where the former data are.

    ``log``: what was derived of the transparency log, ``None`` where nothing was logged yet. ``published``: how many entries had
    been published here where that is more than the backup has, else 0; then publishing is stopped.
    """

    made_at: datetime
    rows: int
    files: int
    seconds: float
    former_database: str
    former_files: str
    log: Derived | None
    published: int


def backup_check(*, folder: Path, identity: Path, keys: Path | None) -> _manifest.Manifest:
    """Read a backup to its last byte and change nothing.

    Args:
        folder: the backup.
        identity: file with the secret key that it is sealed to.
        keys: bundle of the deployment's keys; ``None``: those that are in place.

    Raises:
        BackupNotGenuine: incomplete, altered, of another deployment, or sealed to another key.
    """
    stage = _cleared(var_dir() / _STAGE)
    try:
        return _checked(folder, identity, _keys_staged(keys, identity, stage))
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def backup_restore(*, folder: Path, identity: Path, keys: Path | None, replace: bool, actor: str, now: datetime) -> Restored:
    """Put a backup in the place of this deployment's database and files.

    Until everything is there and equal to the list, nothing that was here is touched; then both are exchanged by renaming. A
    kill in between leaves a note (``xinheng doctor`` tells), and the same command with ``replace`` does it over.

    Raises:
        BackupNotGenuine, DeploymentInUse, DeploymentNotEmpty, RestoreOntoServer, RestoreDiffers: nothing was touched.
    """
    began = perf_counter()
    _unused_only()
    stage = _cleared(var_dir() / _STAGE)
    try:
        staged_keys = _keys_staged(keys, identity, stage)
        manifest = _checked(folder, identity, staged_keys)
        _empty_only(replace=replace)
        _files_filled(folder, identity, manifest, stage / "files")
        target, derived = _database_filled(folder, identity, manifest, staged_keys, stage / "files")
        published = _log.published_kept(
            now_here=var_dir(), files=stage / "files", keys=staged_keys, size=derived.size if derived is not None else 0
        )
        former = _former_name(now)
        note = {"backup": str(folder), "begun": now.isoformat(), "former": former}
        write_atomically(var_dir() / UNFINISHED, json.dumps(note, ensure_ascii=False).encode())
        kept_database = _database_exchanged(target, former)
        kept_files = _files_exchanged(stage, var_dir() / former.replace("_", "-"), with_keys=keys is not None)
        (var_dir() / UNFINISHED).unlink()
        fsync_folder(var_dir())
        _told(folder, manifest, actor=actor, now=now, published=published, size=derived.size if derived is not None else 0)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Restored(
        made_at=manifest.made_at,
        rows=sum(table.rows for table in manifest.tables.values()),
        files=manifest.files.count,
        seconds=round(perf_counter() - began, 2),
        former_database=kept_database,
        former_files=kept_files,
        log=derived,
        published=published,
    )


def keys_restore(*, bundle: Path, identity: Path, now: datetime) -> str:
    """Put the keys of a bundle in the place of those that are lost or do not fit; return where the former ones are kept.

    Raises:
        BackupNotGenuine: the bundle cannot be opened.
        RestoreDiffers: its key ring does not open what is sealed in the database; nothing was changed.
    """
    stage = _cleared(var_dir() / _STAGE)
    try:
        found = _keys_staged(bundle, identity, stage)
        with connected() as connection:
            _keys_fit(connection, found)
        own, former = var_dir() / "keys", var_dir() / f"before-restore-{now:%Y%m%d-%H%M%S}"
        if own.exists():
            former.mkdir(mode=0o700)
            own.rename(former / "keys")
        found.rename(own)
        fsync_folder(var_dir())
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return str(former) if former.exists() else ""


def _told(folder: Path, manifest: _manifest.Manifest, *, actor: str, now: datetime, published: int, size: int) -> None:
    """Note in the restored event log that it was restored, and stop publishing where the log has to be continued first.

    A backup of an older release is migrated first; there the log's writer stops publishing as soon as it runs.
    """
    if migrations_missing():
        return
    if published:
        reason = str(LogAhead(published=published, size=size))
        publishing_stop(actor=actor, reason=reason, now=now, cause=PublishingStop.Cause.LOG)
    with transaction.atomic():
        audit.event_record(
            action="operations.backup.restored",
            actor=actor,
            target=("backup", folder.name),
            at=now,
            made_at=manifest.made_at.isoformat(),
        )


def _former_name(now: datetime) -> str:
    """Return a name that neither a database nor a folder has yet, for what is there now."""
    taken = {path.name.replace("-", "_") for path in var_dir().glob("before-restore-*")}
    if settings.EMBEDDED_SERVER is not None:
        with connected("postgres") as admin:
            found = admin.execute("SELECT datname FROM pg_database").fetchall()
        taken |= {str(name).removeprefix(f"{address()['dbname']}_") for (name,) in found}
    base = f"before_restore_{now:%Y%m%d_%H%M%S}"
    return next(name for name in chain([base], (f"{base}_{number}" for number in count(2))) if name not in taken)


def _cleared(stage: Path) -> Path:
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    return stage


def _keys_staged(bundle: Path | None, identity: Path, stage: Path) -> Path:
    """Return the folder of the keys to judge by: those of the bundle, unpacked, or those in place."""
    if bundle is None:
        return Path(settings.XINHENG_VAR / "keys")
    try:
        with opened(bundle, identities_read(identity)) as archive:
            _files.files_unpacked(archive, stage / "keys")
    except (NotOpened, OSError, tarfile.TarError) as error:
        raise BackupNotGenuine(why="密钥包打不开：不是这把私钥封的，或者不完整") from error
    return stage / "keys"


def _checked(folder: Path, identity: Path, keys: Path) -> _manifest.Manifest:
    try:
        own = Ed25519PrivateKey.from_private_bytes((keys / "report-data.key").read_bytes()).public_key()
    except (OSError, ValueError) as error:
        raise BackupNotGenuine(why="没有这个平台的密钥，无从核对是谁做的备份；用 --keys 给出密钥包") from error
    manifest = _manifest.manifest_read(folder, public_key=own.public_bytes_raw())
    _manifest.parts_check(folder, manifest)
    try:
        secrets = identities_read(identity)
        for part in manifest.parts:
            with opened(folder / part.name, secrets) as plain:
                while plain.read(_DRAINED):
                    pass
    except NotOpened as error:
        raise BackupNotGenuine(why="用这把私钥打不开") from error
    return manifest


def _unused_only() -> None:
    """Refuse where another process uses the database.

    Raises:
        DeploymentInUse: one does.
    """
    server = settings.EMBEDDED_SERVER
    if server is not None:
        if server.is_held_by_others():
            raise DeploymentInUse
        return
    with connected() as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
        if found is not None and found[0]:
            raise DeploymentInUse


def _empty_only(*, replace: bool) -> None:
    with connected() as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        tables = {str(name) for (name,) in found.fetchall()}
        if settings.EMBEDDED_SERVER is None and tables:
            raise RestoreOntoServer
        full = [
            name
            for name in _BUSINESS
            if name in tables
            and connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))).fetchone()
        ]
    files = [path.name for path in _files.folders_kept() if any(path.rglob("*"))]
    if (full or files) and not replace:
        raise DeploymentNotEmpty(seen="、".join([*full, *files]))


def _database_filled(
    folder: Path, identity: Path, manifest: _manifest.Manifest, keys: Path, files: Path
) -> tuple[str, Derived | None]:
    """Fill a database beside the deployment's own (or the empty one of a production server).

    Return its name, and what was derived of the log in it.

    Raises:
        RestoreDiffers: a table has other rows than the list says, the keys do not open what is sealed in it, or its log does
            not come to the root that was signed.
    """
    own = address()["dbname"]
    beside = settings.EMBEDDED_SERVER is not None
    target = f"{own}_restoring" if beside else own
    if beside:
        with connected("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(target)))
    try:
        with connected(target) as connection:
            roles_make(connection, manifest.roles)
        with opened(folder / _manifest.DATABASE, identities_read(identity)) as dump:
            restored(dump, database=target)
        with connected(target) as connection:
            connection.execute("ANALYZE")
            _same_or_refused(manifest.tables, measured(connection))
            _keys_fit(connection, keys)
            derived = _log.log_derived(connection, files=files, keys=keys)
            # No dump has the rights on the database itself, nor a role's sign-in and settings.
            roles_prepare(connection)
            rights_settle(connection)
    except (DumpFailed, NotOpened, RestoreDiffers, psycopg.Error) as error:
        if beside:
            with connected("postgres") as admin:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
        if isinstance(error, RestoreDiffers):
            raise
        raise RestoreDiffers(what=str(error)) from error
    return target, derived


def _same_or_refused(wanted: Mapping[str, Measure], found: Mapping[str, Measure]) -> None:
    differing = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if differing:
        raise RestoreDiffers(what="、".join(differing[:5]))


def _keys_fit(connection: "psycopg.Connection[Any]", keys: Path) -> None:
    """Open what every generation holds with the ring that will be used: data without their keys are no use to anybody."""
    try:
        ring = ring_in(keys)
    except RingUnreadable as error:
        raise RestoreDiffers(what="密钥环读不出来，要用做备份时的密钥（--keys）") from error
    if ring is None:
        ring = Ring({}, 0, Suite.AES, b"")  # it opens nothing, which nothing sealed does not mind
    if unopened := generations_unopened(connection, ring):
        numbers = "、".join(f"第 {number} 代（{kind}）" for number, kind in sorted(unopened.items()))
        raise RestoreDiffers(what=f"主密钥打不开这份数据里的{numbers}，要用做备份时的密钥（--keys）")


def _files_filled(folder: Path, identity: Path, manifest: _manifest.Manifest, stage: Path) -> None:
    with opened(folder / _manifest.FILES, identities_read(identity)) as archive:
        _files.files_unpacked(archive, stage)
    if _files.files_measured(stage) != manifest.files:
        raise RestoreDiffers(what="文件")


def _database_exchanged(target: str, former: str) -> str:
    """Rename both databases in one transaction; return the name under which the former one is kept, empty where none is."""
    if settings.EMBEDDED_SERVER is None:
        return ""
    connections.close_all()
    own = address()["dbname"]
    kept = f"{own}_{former}"
    with connected("postgres") as admin:
        admin.execute("BEGIN")
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        admin.execute(rename.format(sql.Identifier(own), sql.Identifier(kept)))
        admin.execute(rename.format(sql.Identifier(target), sql.Identifier(own)))
        admin.execute("COMMIT")
    return kept


def _files_exchanged(stage: Path, former: Path, *, with_keys: bool) -> str:
    """Move the restored folders into their places, and what was there into ``former``; return that where it holds anything."""
    var = var_dir()
    former.mkdir(mode=0o700, exist_ok=True)
    for path in _files.folders_kept():
        path.rename(former / path.name)
    for path in sorted((stage / "files").iterdir()):
        path.rename(var / path.name)
    if with_keys:
        if (var / "keys").exists():
            (var / "keys").rename(former / "keys")
        (stage / "keys").rename(var / "keys")
    if not any(former.iterdir()):
        former.rmdir()
        return ""
    return str(former)
