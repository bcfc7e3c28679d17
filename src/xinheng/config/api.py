"""The open API (``/api/v1``): the contexts' routers, limits, and errors in one form (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from xinheng.exchange.api import router as reporting
from xinheng.kernel.errors import DomainError
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.opendata.api import router as open_data
from xinheng.publicity.api import router as public
from xinheng.publicity.schemas import Problem
from xinheng.reports.api import router as reports

_ENGLISH = {
    "api.not_found": "There is no such thing here, or it is not on display.",
    "api.invalid": "The request is not as the documentation says.",
    "api.too_many": "Too many requests: wait as long as Retry-After says.",
    "api.too_slow": "The database did not answer in time: ask for less.",
    "api.unavailable": "The database cannot be reached: try again later.",
    "api.refused": "The request was refused.",
    "api.token_needed": "Get a token (POST /oauth/token) and send it in the header Authorization: Bearer.",
    "api.too_large": "The request is too large: send fewer rows at a time.",
    "exchange.draft_empty": "No row was received: send rows, then have them checked.",
    "exchange.draft_not_checked": "The report was not handed to the check yet.",
    "exchange.draft_not_found": "There is no such report of this system.",
    "exchange.draft_not_returned": "Only a report of the same item that was returned can be replaced: begin another one without it.",
    "exchange.draft_not_open": "The report was handed to the check already, or lapsed: begin another one.",
    "exchange.idempotency_key_reused": "This Idempotency-Key came with another request before: use a new key.",
    "exchange.item_not_reported": "The catalogue has no such item.",
    "exchange.rows_not_read": "A row is not as described; no row of this request was taken.",
    "exchange.scope_not_granted": "The token is not good for this purpose on this item.",
    "exchange.too_many_rows_in_draft": "The report holds as many rows as it may: have it checked and begin another one.",
    "intake.cell_not_found": "The rule asks about nothing there.",
    "intake.not_explained": "A rule asks for an explanation of some row: give it, then submit.",
    "intake.reason_missing": "Nothing is said.",
    "intake.submission_in_progress": "The same rows are being worked at with other declarations or persons.",
    "intake.submission_not_in_state": "That cannot be done in the state the submission is in: ask for its state.",
    "opendata.cursor_not_read": "The cursor cannot be read: take a snapshot's number, or next of the page before.",
    "opendata.cursor_gone": "No changes can be told from there: take the newest snapshot, and the changes after its number.",
    "opendata.no_snapshot": "There is no snapshot yet.",
    "opendata.snapshot_overtaken": (
        "The newest snapshot shows something that is no longer shown or is disputed now; another one will be made. The change feed works."
    ),
    "reports.report_file_too_large": "The file is too large for a report.",
    "publicity.place_not_read": "The cursor cannot be read: take it from the page before.",
    "tlog.log_behind": "The transparency log is behind: nothing can be published until it has caught up. Reading and taking down go on.",
    "tlog.log_damaged": "Log and database do not belong together; nothing is proved until that is mended.",
    "tlog.publishing_stopped": "Publishing is stopped for the reason given. Reading and taking down go on.",
    "tlog.size_not_in_log": "The log has no such size: both must be between 1 and its size, the first not larger than the second.",
    "subjects.search_text_too_short": "Give at least two characters of a name or six of a code.",
}

_LATER_SECONDS = "30"
_STATUS = {
    "opendata.cursor_gone": HTTPStatus.GONE,
    "opendata.snapshot_overtaken": HTTPStatus.GONE,
    "opendata.no_snapshot": HTTPStatus.NOT_FOUND,
    "exchange.draft_empty": HTTPStatus.CONFLICT,
    "exchange.draft_not_checked": HTTPStatus.CONFLICT,
    "exchange.draft_not_found": HTTPStatus.NOT_FOUND,
    "exchange.draft_not_open": HTTPStatus.CONFLICT,
    "exchange.draft_not_returned": HTTPStatus.CONFLICT,
    "exchange.idempotency_key_reused": HTTPStatus.CONFLICT,
    "exchange.scope_not_granted": HTTPStatus.FORBIDDEN,
    "exchange.too_many_rows_in_draft": HTTPStatus.CONFLICT,
    "intake.not_explained": HTTPStatus.CONFLICT,
    "intake.submission_in_progress": HTTPStatus.CONFLICT,
    "intake.submission_not_in_state": HTTPStatus.CONFLICT,
    "tlog.log_behind": HTTPStatus.CONFLICT,
    "tlog.log_damaged": HTTPStatus.CONFLICT,
    "tlog.publishing_stopped": HTTPStatus.CONFLICT,
    "tlog.size_not_in_log": HTTPStatus.NOT_FOUND,
}
"""What is no matter of the request's form; every other refusal of a context is a 422."""
_TITLES = {
    HTTPStatus.UNPROCESSABLE_ENTITY: "请求不合要求",
    HTTPStatus.FORBIDDEN: "没有这个权限",
    HTTPStatus.NOT_FOUND: "没有找到",
    HTTPStatus.CONFLICT: "现在不能这样办",
}

api = NinjaAPI(
    title="Xinheng open API",
    version="1",
    description=(
        "Public credit information about organisations, as the pages show it at this moment. Every answer says as of when it holds, under "
        "which catalogue, and how far each source has reported. Adverse records end by themselves: ask again, or keep a copy right with the change feed."
    ),
    urls_namespace="api-1",
    docs_url=None,
)
for router in (public, open_data, reports, reporting):
    api.add_router("", router)


def _problem(*, status: int, code: str, title: str, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    body = Problem(
        type=f"urn:xinheng:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=detail,
        detail_en=_ENGLISH.get(code, _ENGLISH["api.refused"]),
    )
    return HttpResponse(
        body.model_dump_json(),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    return _problem(status=404, code="api.not_found", title="没有找到", detail="没有这样的内容，或者不在公示期。")


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    told = "；".join(f"{'.'.join(str(part) for part in one['loc'])}：{one['msg']}" for one in error.errors)
    return _problem(status=422, code="api.invalid", title="请求不合要求", detail=mask_personal_numbers(told))


@api.exception_handler(BadRequest)
def _bad_request(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    return _problem(status=400, code="api.invalid", title="请求不合要求", detail="请求不完整，无法读取。")


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    return _problem(status=413, code="api.too_large", title="请求太大", detail="一次发送的内容太多，没有收下。请分几次发送。")


@api.exception_handler(AuthenticationError)
def _token_needed(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    return _problem(
        status=401,
        code="api.token_needed",
        title="需要令牌",
        detail="没有令牌，或令牌已经失效。先取令牌（POST /oauth/token），放在请求头 Authorization: Bearer 里；不要放在网址里。",
        headers={"WWW-Authenticate": 'Bearer realm="xinheng"'},
    )


def too_many(wait: int) -> HttpResponse:
    """Return the answer to a request beyond the limit: when to come again, in seconds."""
    return _problem(
        status=429,
        code="api.too_many",
        title="访问较多，请稍候",
        detail=f"请{wait}秒后再试。",
        headers={"Retry-After": str(wait)},
    )


def too_slow() -> HttpResponse:
    """Return the answer to a request that the database did not answer in time."""
    return _later("api.too_slow", "这次查询太久", "超过时间，已经停下，没有给出不完整的结果。请加上条件，或者少要一些。")


def unavailable() -> HttpResponse:
    """Return the answer while the database cannot be reached."""
    return _later("api.unavailable", "暂时不能查询", "数据库暂时连不上，请稍后再试。")


def _later(code: str, title: str, detail: str) -> HttpResponse:
    return _problem(status=503, code=code, title=title, detail=detail, headers={"Retry-After": _LATER_SECONDS})


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return _problem(status=error.status_code, code="api.refused", title="请求没有完成", detail="请求没有完成。")


@api.exception_handler(DomainError)
def _domain(request: HttpRequest, error: DomainError) -> HttpResponse:
    del request
    status = _STATUS.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    title = _TITLES.get(status, "现在没有")
    return _problem(status=status, code=error.code, title=title, detail=mask_personal_numbers(str(error)))


def openapi() -> dict[str, Any]:
    """Return the description of the whole API (OpenAPI 3.1)."""
    return dict(api.get_openapi_schema())
