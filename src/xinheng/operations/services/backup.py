"""Makes a backup (备份): one state of database and files, sealed to public keys, whole under its name or not at all."""

import json
import shutil
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import rfc8785
from django.conf import settings
from django.db import transaction

from xinheng.adapters.dumps import DumpFailed, connected, dumped, measured, reader_alias, roles_of
from xinheng.adapters.key_ring import ring_in
from xinheng.adapters.log_key import log_key
from xinheng.adapters.sealing import RecipientsUnusable, recipients_read, seal_stream, written_by
from xinheng.adapters.signing import signer
from xinheng.adapters.storage import folder, fsync_folder, held_alone, var_dir, whole_file, write_atomically
from xinheng.audit import services as audit
from xinheng.operations.errors import BackupFailed, BackupInProgress, BackupRecipientsMissing, KeysBesideBackup
from xinheng.operations.selectors.backups import KEYS_RECORD, RECORD, LastBackup
from xinheng.operations.services import _files, _manifest
from xinheng.tlog.services import writer_excluded

_STAGE: Final = ".backup-"
_PREFIX: Final = "xinheng-"


def backup_make(*, out: Path, recipients: Path, keep_days: int, actor: str, now: datetime) -> LastBackup:
    """Write a backup into a new folder below ``out``, and remove those there that are older than ``keep_days``.

    Keys are not in it. What was destroyed since stays readable in older backups for whoever holds the master key too: that is
    why they end (P16, P17).

    Raises:
        BackupRecipientsMissing: nobody to seal it to.
        BackupInProgress: another process is at it.
        BackupFailed: the database's program refused, or the disk did.
    """
    began = perf_counter()
    try:
        keys = recipients_read(recipients)
    except RecipientsUnusable as error:
        raise BackupRecipientsMissing(path=str(recipients)) from error
    with _alone():
        name = f"{_PREFIX}{now:%Y%m%d-%H%M%S}"
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = out / f".{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(mode=0o700)
            _filled(part, keys, now)
            fsync_folder(part)
            part.rename(out / name)
            fsync_folder(out)
        except (OSError, DumpFailed) as error:
            raise BackupFailed(why=getattr(error, "strerror", None) or str(error)) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        size = sum(path.stat().st_size for path in (out / name).iterdir())
        made = LastBackup(at=now, folder=str(out / name), size=size, seconds=round(perf_counter() - began, 2))
        told = {"at": made.at.isoformat(), "folder": made.folder, "size": made.size, "seconds": made.seconds}
        write_atomically(var_dir() / RECORD, json.dumps(told, ensure_ascii=False).encode())
        removed = _old_removed(out, before=now - timedelta(days=keep_days), newest=name)
    with transaction.atomic():
        audit.event_record(
            action="operations.backup.made", actor=actor, target=("backup", name), at=now, size=size, removed=removed
        )
    return made


def _filled(part: Path, keys: list[Any], now: datetime) -> None:
    """Write the sealed parts and the signed list into ``part``."""
    for old in var_dir().glob(f"{_STAGE}*"):  # of a killed one; nobody else is at it
        shutil.rmtree(old, ignore_errors=True)
    stage = var_dir() / f"{_STAGE}{now:%H%M%S%f}"
    stage.mkdir(mode=0o700)
    try:
        reader = reader_alias()
        with connected(alias=reader) as connection:
            # A row names a file that is there before it, and a file goes after its row. So what is there before or after the
            # moment of the snapshot has every file that a row in it names.
            # The log's writer stands aside for it: its tiles change with its rows, and none must be later than the rows.
            with writer_excluded(connection):
                _files.state_linked(stage)
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                exported = connection.execute("SELECT pg_export_snapshot()").fetchone()
                assert exported is not None
                _files.state_linked(stage)
            with dumped(snapshot=str(exported[0]), alias=reader) as dump:
                seal_stream(dump, part / _manifest.DATABASE, keys)
            tables, roles = measured(connection), roles_of(connection)
            server = connection.info.server_version // 10_000
            connection.execute("COMMIT")
        with written_by(partial(_files.files_packed, stage)) as archive:
            seal_stream(archive, part / _manifest.FILES, keys)
        manifest = _manifest.Manifest(
            made_at=now,
            site=settings.XINHENG_SITE["name"],
            version=version("xinheng"),
            server=server,
            roles=roles,
            tables=tables,
            files=_files.files_measured(stage),
            parts=tuple(_manifest.part_of(part / name) for name in (_manifest.DATABASE, _manifest.FILES)),
        )
        write_atomically(
            part / _manifest.NAME, signer(now=now).signed_json("backup", rfc8785.dumps(_manifest.document(manifest)))
        )
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _alone() -> AbstractContextManager[None]:
    """Let one process of the deployment make a backup at a time."""
    return held_alone(var_dir() / "backup.lock", busy=BackupInProgress())


def _old_removed(out: Path, *, before: datetime, newest: str) -> int:
    """Remove finished backups of ours that are older, and what killed ones left; never the newest."""
    removed = 0
    for path in out.glob(f"{_PREFIX}*"):
        try:
            made = datetime.strptime(path.name, f"{_PREFIX}%Y%m%d-%H%M%S").replace(tzinfo=before.tzinfo)
        except ValueError:
            continue
        if made < before and path.name != newest and (path / _manifest.NAME).exists():
            shutil.rmtree(path)
            removed += 1
    for path in out.glob(f".{_PREFIX}*.part"):
        shutil.rmtree(path, ignore_errors=True)
    return removed


def keys_make(*, out: Path, recipients: Path, backups: Path, now: datetime) -> Path:
    """Write the keys, sealed, into one file that is kept apart from every backup.

    Raises:
        KeysBesideBackup: ``out`` lies among the backups or in the deployment's own folder.
        BackupRecipientsMissing: nobody to seal them to.
    """
    place = out.absolute().parent
    if any(place == near or near in place.parents for near in (backups.absolute(), settings.XINHENG_VAR)):
        raise KeysBesideBackup(folder=str(place))
    try:
        sealed_to = recipients_read(recipients)
    except RecipientsUnusable as error:
        raise BackupRecipientsMissing(path=str(recipients)) from error
    # These make the keys of backups and of the log where nothing was signed yet: the bundle is to have them.
    signer(now=now)
    log_key()
    ring = ring_in(folder("keys"))
    with whole_file(out) as part, written_by(partial(_files.files_packed, folder("keys"))) as archive:
        seal_stream(archive, part, sealed_to)
    write_atomically(
        var_dir() / KEYS_RECORD, json.dumps({"at": now.isoformat(), "generation": ring.current if ring else 0}).encode()
    )
    return out
