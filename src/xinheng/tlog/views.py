"""The log as static files (C2SP tlog-tiles), its key, and the program that verifies it. A web server may serve the folder itself."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.tlog.domain import tile_at
from xinheng.tlog.services import known_key, log_folder, verifier_file

_FOR_EVER = "public, max-age=31536000, immutable"
_A_MOMENT = "public, max-age=5"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Give the newest checkpoint; before the first there is none."""
    del request
    path = log_folder() / "checkpoint"
    if not path.is_file():
        return HttpResponse("还没有检查点。\n", content_type="text/plain; charset=utf-8", status=HTTPStatus.NOT_FOUND)
    return HttpResponse(path.read_bytes(), content_type="text/plain; charset=utf-8", headers={"Cache-Control": _A_MOMENT})


@require_safe
def tile(request: HttpRequest, place: str) -> HttpResponse:
    """Give a tile or an entry bundle; neither ever changes."""
    del request
    found = tile_at(f"tile/{place}")
    path = log_folder() / found.path if found is not None else None
    if path is None or not path.is_file():
        raise Http404
    # Read whole (8 KB): FileResponse would give it a name to be saved under.
    return HttpResponse(path.read_bytes(), content_type="application/octet-stream", headers={"Cache-Control": _FOR_EVER})


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """Give the log's public key in one line."""
    del request
    return HttpResponse(
        f"{known_key().text}\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Give the one-file program that verifies the log and its proofs offline."""
    del request
    return HttpResponse(
        verifier_file(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify_log.py"', "Cache-Control": "no-cache"},
    )
