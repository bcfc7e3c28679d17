"""Uploading a file: streamed to a private folder, sealed, checked by a job; the page follows it, and can give it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.domain import Limits
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.selectors import submission_visible_to
from xinheng.intake.services import Declarations
from xinheng.kernel.errors import DomainError
from xinheng.workbench.domain import Act
from xinheng.workbench.forms import UploadForm
from xinheng.workbench.selectors.acts import WORKING, submission_for
from xinheng.workbench.selectors.organs import item_choices_all, organ_name
from xinheng.workbench.selectors.progress import progress_steps, rows_done
from xinheng.workbench.views.frame import page, part
from xinheng.workbench.views.gate import READERS, signed_in

_NAME_BYTES = 200
_NOTHING_NEW = 204
_MEGABYTE = 1024 * 1024


class StreamedUpload(FileUploadHandler):
    """Writes an arriving file into a folder of the caller's, piece by piece, up to a limit; nothing is held in memory."""

    def __init__(self, *, place: Path, limit: int) -> None:
        super().__init__()
        self._place, self._limit = place, limit
        self._path: Path | None = None
        self._out: Any = None
        self.is_too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to write under the file's own name, cut to what every file system takes."""
        super().new_file(*args, **kwargs)
        name = self.file_name.encode()[-_NAME_BYTES:].decode(errors="ignore").strip(" .") if self.file_name else ""
        self._path = self._place / (name or "文件")
        self._out = self._path.open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece.

        Raises:
            StopUpload: the file is larger than any that is read; what came is thrown away.
        """
        if start + len(raw_data) > self._limit:
            self.is_too_large = True
            self.upload_interrupted()
            raise StopUpload(connection_reset=False)
        self._out.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        """Return the file, closed on disk; only its path is used."""
        assert self._path is not None
        self._out.close()
        found: UploadedFile[bytes] = UploadedFile(file=self._path.open("rb"), name=self._path.name, size=file_size)
        found.path = self._path  # type: ignore[attr-defined] # the one thing that is asked of it
        return found

    def upload_interrupted(self) -> None:
        """Throw away what came."""
        if self._out is not None:
            self._out.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)


# Whose page it is is asked before a byte of the file is read; the token of the form is then checked by the inner view.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.CLERK)
def upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a file, take it in, and lead to its own page."""
    if request.method != "POST":
        return _upload(request, actor, None)
    with services.arrival_place() as place:
        handler = StreamedUpload(place=place, limit=Limits().csv_bytes)
        request.upload_handlers = [handler]
        return _upload(request, actor, handler)


@csrf_protect
def _upload(request: HttpRequest, actor: Actor, handler: StreamedUpload | None) -> HttpResponse:
    organs = [(code, organ_name(code)) for code in sorted(actor.organs(Role.CLERK))]
    choices = {"organs": organs, "items": item_choices_all()}
    if handler is None:
        replaces = request.GET.get("replaces", "")[:32]
        return page(request, actor, "upload.html", {"form": UploadForm(initial={"supersedes": replaces}, **choices)})
    form = UploadForm(request.POST, request.FILES, **choices)
    if handler.is_too_large:
        form.add_error("file", f"文件超过{Limits().csv_bytes // _MEGABYTE} MB，没有保存任何内容。请分成几份再传。")
    if form.is_valid():
        values = form.cleaned_data
        if not actor.may(Role.CLERK, organ_code=values["organ_code"], item_id=values["item_id"]):
            form.add_error("item_id", "你的岗位不报送这一类信息。请选别的类别，或请系统管理员调整岗位。")
        else:
            try:
                submission = services.submission_receive(
                    path=values["file"].path,
                    organ_code=values["organ_code"],
                    clerk=actor.login_name,
                    item_id=values["item_id"] or None,
                    declarations=Declarations(
                        is_desensitised=values["is_desensitised"],
                        is_on_the_spot=values["is_on_the_spot"],
                        is_secret_free=values["is_secret_free"],
                        is_legacy=values["is_legacy"],
                    ),
                    supersedes=values["supersedes"] or None,
                    now=clock.now(),
                    advance_later=True,
                )
            except DomainError as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, f"已收到，批次编号 {submission.number}。可以离开，查完会通知你。")
                return redirect("workbench:submission", submission.number)
    return page(request, actor, "upload.html", {"form": form}, status=422)


@require_safe
@signed_in(*READERS)
def progress(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Tell the page how many rows are done and where the submission is; nothing new (204), or to be loaded again: it is over.

    The steps are sent only where they changed, so that they are read out only then.
    """
    try:
        submission = submission_visible_to(actor=actor, number=number)
    except SubmissionNotFound:
        raise Http404 from None
    rows = rows_done(number=number) if submission.state in WORKING else None
    is_seen = request.GET.get("seen") == submission.state
    if is_seen and rows is None and submission.state in WORKING:
        return HttpResponse(status=_NOTHING_NEW, headers={"Cache-Control": "no-store"})
    steps = () if is_seen else progress_steps(submission.state)
    response = part(request, "_progress.html", {"steps": steps, "rows": rows, "state": submission.state})
    if submission.state not in WORKING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@signed_in(Role.CLERK)
def give_up(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Give the submission up; where a step has it in hand, before the next one."""
    try:
        submission_for(actor=actor, number=number, act=Act.GIVE_UP)
        found = services.submission_give_up(
            number=number,
            actor=actor.login_name,
            reason=request.POST.get("ground", "").strip()[:200] or "经办人放弃本批。",
            now=clock.now(),
        )
    except SubmissionNotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, f"没有办理：{error}")
    else:
        is_over = found.state == "WITHDRAWN"
        messages.success(request, "已放弃，没有任何一行入库。" if is_over else "正在放弃：很快停下，没有任何一行入库。")
    return redirect("workbench:submission", number)
