"""The open API's part of open data: snapshots and the change feed."""

from typing import Annotated, Any

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
