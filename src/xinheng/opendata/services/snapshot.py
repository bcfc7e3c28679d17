"""Make a snapshot (制作快照): everything on display at one moment, in files, under a signed manifest."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import rfc8785
from django.conf import settings
from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.adapters.database import one_state
from xinheng.adapters.signing import signer
from xinheng.adapters.storage import file_sha256, folder, fsync_file, fsync_folder, held_alone, write_atomically
from xinheng.audit.services import event_record
from xinheng.opendata.domain import LICENCE_TEXT, Cursor, Manifest, SnapshotFile, manifest_document
from xinheng.opendata.errors import SnapshotBeingMade
from xinheng.opendata.selectors import CSV_NAME, LICENCE_NAME, MANIFEST_NAME, PARQUET_NAME, feed_place, is_overtaken
from xinheng.opendata.selectors.snapshots import Snapshot, snapshot_latest, snapshots_made
from xinheng.opendata.services.files import RecordFiles
from xinheng.publicity.selectors import displays_in_bulk, law_current

MEDIA_TYPES = {
    CSV_NAME: "text/csv; charset=utf-8",
    PARQUET_NAME: "application/vnd.apache.parquet",
    LICENCE_NAME: "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Made:
    """The newest snapshot, and whether it was made by this call."""

    snapshot: Snapshot
    is_new: bool


def snapshot_make(*, on_date: date, now: datetime, actor: str, anew: bool = False) -> Made:
    """Make the snapshot of ``on_date`` (the real day, Asia/Shanghai) as of this moment.

    One that was made today and still may be given away is kept, unless ``anew`` asks for the changes since to be in it. Files
    appear complete or not at all; from the moment the new one is served, the data of older ones are gone, and of their
    manifests those stay that are younger than ``XINHENG_SNAPSHOT_DAYS``.

    Raises:
        SnapshotBeingMade: another process makes one.
        CertificateUnusable: the county's certificate was named and cannot be used.
    """
    with _alone() as root:
        before = snapshot_latest()
        if before is not None and not _is_wanted(before, on_date=on_date, anew=anew):
            _tidy(root, keep=before, now=now)
            return Made(before, is_new=False)
        work = root / f".{secrets.token_hex(8)}"
        work.mkdir(mode=0o700)
        try:
            manifest = _write(work, on_date=on_date, now=now)
            signed = signer(now=now).signed_json("manifest", rfc8785.dumps(manifest_document(manifest)))
            write_atomically(work / MANIFEST_NAME, signed)
            fsync_folder(work)
            made = root / f"{manifest.number}-{work.name[1:]}"
            work.rename(made)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        fsync_folder(root)
        _record(manifest, actor=actor, now=now)
        write_atomically(folder("opendata", "manifests") / f"{manifest.number}.json", signed)
        write_atomically(root / "newest", made.name.encode())
        snapshot = Snapshot(manifest, signed, made)
        _tidy(root, keep=snapshot, now=now)
    return Made(snapshot, is_new=True)


def _is_wanted(before: Snapshot, *, on_date: date, anew: bool) -> bool:
    place = before.manifest.cursor
    if anew:
        return place != feed_place(on_date=on_date)
    return place.day != on_date or is_overtaken(place=place, on_date=on_date)


@contextmanager
def _alone() -> Iterator[Path]:
    root = folder("opendata")
    with held_alone(root / "lock", busy=SnapshotBeingMade()):
        yield root


def _write(work: Path, *, on_date: date, now: datetime) -> Manifest:
    law = law_current()
    with one_state():
        place = feed_place(on_date=on_date, law=law)
        with RecordFiles(csv=work / CSV_NAME, parquet=work / PARQUET_NAME) as files:
            counts = displays_in_bulk(on_date=on_date, write=files.write, law=law)
    write_atomically(work / LICENCE_NAME, LICENCE_TEXT.encode())
    return _manifest(work, place, counts, now=now, catalogue=law.catalogue.hash)


def _manifest(work: Path, place: Cursor, counts: dict[str, int], *, now: datetime, catalogue: str) -> Manifest:
    site = settings.XINHENG_SITE
    files = []
    for name, media_type in MEDIA_TYPES.items():
        path = work / name
        fsync_file(path)
        files.append(SnapshotFile(name=name, media_type=media_type, size=path.stat().st_size, sha256=file_sha256(path)))
    return Manifest(
        cursor=place,
        made_at=now.astimezone(CHINA).replace(microsecond=0),
        publisher=site["organiser"] or f"{site['county']}公共信用信息平台",
        platform=f"{site['name']} · {site['county']}公共信用信息平台",
        is_demo=settings.XINHENG_DEMO,
        catalogue=catalogue,
        items={item: count for item, count in counts.items() if count},
        files=files,
    )


def _record(manifest: Manifest, *, actor: str, now: datetime) -> None:
    with transaction.atomic():
        event_record(
            action="opendata.snapshot.made",
            actor=actor,
            target=("snapshot", manifest.number),
            at=now,
            records=manifest.records,
            files={one.name: one.sha256 for one in manifest.files},
        )


def _tidy(root: Path, *, keep: Snapshot, now: datetime) -> None:
    """Remove the data of every other snapshot, what killed runs left, and manifests past their time."""
    for other in root.iterdir():
        if other.is_dir() and other.name not in {keep.folder.name, "manifests"}:
            shutil.rmtree(other, ignore_errors=True)
    oldest = now - timedelta(days=settings.XINHENG_SNAPSHOT_DAYS)
    for manifest in snapshots_made():
        if manifest.made_at < oldest and manifest.number != keep.manifest.number:
            (root / "manifests" / f"{manifest.number}.json").unlink(missing_ok=True)
