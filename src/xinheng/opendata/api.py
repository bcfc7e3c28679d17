"""The open API's part of open data: snapshots and the change feed."""

from typing import Annotated, Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Path, Query, Router

from xinheng.adapters import clock
from xinheng.opendata import schemas
from xinheng.opendata.domain import LICENCE_CONFIDENCE, LICENCE_ID, LICENCE_TEXT, Cursor, Manifest
from xinheng.opendata.errors import NoSnapshot, SnapshotOvertaken
from xinheng.opendata.selectors import MANIFEST_NAME, Snapshot, changes_after, snapshot_to_give, snapshots_made
from xinheng.publicity.domain import record_bulk_plain
from xinheng.publicity.schemas import problems
from xinheng.publicity.selectors import display_get
from xinheng.tlog import selectors as log_selectors
from xinheng.tlog.errors import LeafNotFound, SaltErased
from xinheng.tlog.services import known_key

NEWEST = "newest"
NUMBER = r"^(newest|[0-9]{1,18}\.[0-9]{8}\.[0-9]{1,18}\.[0-9a-f]{12})$"
FILE = r"^[A-Za-z]{1,20}\.[a-z]{3,8}$"

router = Router(tags=["open data"])


@router.get(
    "/snapshots", response=schemas.SnapshotsOut, summary="The newest snapshot, and those before", openapi_extra=problems()
)
def snapshots(request: HttpRequest) -> dict[str, Any]:
    """Return what can be downloaded now; of older snapshots what they were, never what they said (P8)."""
    made = [_made(one) for one in snapshots_made()]
    try:
        newest = snapshot_to_give(on_date=clock.today())
    except NoSnapshot:
        return {"state": "NONE", "newest": None, "made": made}
    except SnapshotOvertaken:
        return {"state": "OVERTAKEN", "newest": None, "made": made}
    return {"state": "AVAILABLE", "newest": _snapshot(request, newest), "made": made}


@router.get(
    "/snapshots/{number}/{name}",
    summary="Download a file of the newest snapshot",
    openapi_extra={
        "responses": {
            200: {
                "description": "The file.",
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                    "application/json": {"schema": {"type": "object"}},
                    "text/plain": {"schema": {"type": "string"}},
                },
            },
            **problems(404, 410)["responses"],
        }
    },
)
def snapshot_file(
    request: HttpRequest,
    number: Annotated[str, Path(pattern=NUMBER, description="Its number, or `newest`.")],
    name: Annotated[str, Path(pattern=FILE, description="`manifest.json` or a name in `files`.")],
) -> HttpResponseBase:
    """Return a file; an older snapshot is not to be had any more, and one that was overtaken is 410 until there is another."""
    del request
    newest = snapshot_to_give(on_date=clock.today())
    path = newest.path(name)
    if path is None or number not in (NEWEST, newest.manifest.number):
        raise Http404
    content_types = {".json": "application/json", ".txt": "text/plain; charset=utf-8"}
    # The large ones are not packed anew for everybody who asks: the Parquet file is packed already.
    kind = content_types.get(path.suffix, "application/octet-stream")
    response = FileResponse(path.open("rb"), as_attachment=path.suffix != ".json", filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    digests = {one.name: one.sha256 for one in newest.manifest.files}
    if name in digests:
        response["ETag"] = f'"{digests[name]}"'
    return response


@router.get(
    "/changes", response=schemas.ChangesOut, by_alias=True, summary="What changed since a place", openapi_extra=problems(410)
)
def changes(request: HttpRequest, asked: Query[schemas.ChangesQuery]) -> dict[str, Any]:
    """Return what to put and what to remove; 410 where no differences can be told from there: take the newest snapshot."""
    del request
    page = changes_after(after=Cursor.read(asked.after), on_date=clock.today(), limit=asked.limit)
    told = [
        {
            "change": "put" if one.record is not None else "remove",
            "id": one.record_id,
            "record": record_bulk_plain(one.record) if one.record is not None else None,
        }
        for one in page.changes
    ]
    return {"as_of": clock.now(), "changes": told, "next": page.next.text, "more": page.more}


@router.get("/log", response=schemas.LogOut, summary="The transparency log: key, newest checkpoint", openapi_extra=problems())
def log(request: HttpRequest) -> dict[str, Any]:
    """Return what verifies the log and where it stands; its files are below /log/ (C2SP tlog-tiles)."""
    del request
    key, state, newest = known_key(), log_selectors.log_state(), log_selectors.checkpoint_latest()
    publishing = "STOPPED" if state.stopped_at is not None else "BEHIND" if state.is_behind else "OPEN"
    return {
        "origin": key.name,
        "key": key.text,
        "size": state.size,
        "signed_at": state.signed_at,
        "checkpoint": newest.note if newest is not None else None,
        "waiting": state.waiting,
        "publishing": publishing,
    }


@router.get(
    "/log/records/{record_id}",
    response=schemas.LogProofOut,
    summary="Proof that a record is in the log",
    openapi_extra=problems(404, 409),
)
def log_record(request: HttpRequest, record_id: UUID) -> dict[str, Any]:
    """Return the proof of a record's newest version, of what is on display only: 404 for what is not, as everywhere."""
    del request
    found = display_get(record_id=record_id, on_date=clock.today())
    if found is None:
        raise Http404
    sequence = found.provenance.seq
    told: dict[str, Any] = dict.fromkeys(("index", "size", "event", "opening", "proof"))
    told |= {"record": record_id, "sequence": sequence}
    try:
        told["index"] = log_selectors.leaf_of(source="RECORDS", position=sequence)
        proof = log_selectors.proof_of(index=told["index"])
    except LeafNotFound:
        return told | {"state": "WAITING", "index": None}
    except SaltErased:
        return told | {"state": "ERASED"}
    return told | {
        "state": "LOGGED",
        "size": proof.size,
        "event": proof.event,
        "opening": proof.opening.hex(),
        "proof": proof.text,
    }


@router.get(
    "/log/consistency",
    response=schemas.LogConsistencyOut,
    summary="Proof that the log only grew",
    openapi_extra=problems(404, 409),
)
def log_consistency(request: HttpRequest, asked: Query[schemas.LogConsistencyQuery]) -> dict[str, Any]:
    """Return the proof between two sizes of the log, the second not larger than the newest checkpoint's."""
    del request
    path = log_selectors.consistency_shown(first=asked.first, second=asked.second)
    return {"first": asked.first, "second": asked.second, "proof": [one.hex() for one in path]}


def _made(manifest: Manifest) -> dict[str, Any]:
    return {
        "number": manifest.number,
        "sequence": manifest.cursor.seq,
        "day": manifest.cursor.day,
        "made_at": manifest.made_at,
        "records": manifest.records,
        "items": dict(manifest.items),
    }


def _snapshot(request: HttpRequest, snapshot: Snapshot) -> dict[str, Any]:
    manifest = snapshot.manifest

    def url(name: str) -> str:
        return request.build_absolute_uri(reverse("api-1:snapshot_file", args=[manifest.number, name]))

    files = [
        {"name": one.name, "media_type": one.media_type, "bytes": one.size, "sha256": one.sha256, "url": url(one.name)}
        for one in manifest.files
    ]
    return _made(manifest) | {
        "publisher": manifest.publisher,
        "is_demo": manifest.is_demo,
        "catalogue": manifest.catalogue,
        "licence": {"id": LICENCE_ID, "confidence": LICENCE_CONFIDENCE, "text": LICENCE_TEXT},
        "manifest": url(MANIFEST_NAME),
        "files": files,
    }
