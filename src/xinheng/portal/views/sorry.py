"""What a reader is told when a page cannot be given: what happened, what to do now, and nothing technical."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from xinheng.adapters import clock
from xinheng.adapters.logs import route_of
from xinheng.adapters.tracing import request_number_now
from xinheng.portal.views.frame import page

logger = logging.getLogger(__name__)

_WAIT_AT_LEAST: Final = 5
_SPREAD_SECONDS: Final = 6
_SLOW_WAIT: Final = 30
_INCIDENT_LETTERS: Final = 8


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, or 413 where what was sent is too large."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _sorry(
        request,
        HTTPStatus.BAD_REQUEST,
        heading="这个地址读不懂",
        texts=("地址不完整，或者里面有不该有的字符，所以没有查。", "请从首页重新查询；从别处复制的地址，请检查有没有复制全。"),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    del exception
    return _sorry(
        request,
        HTTPStatus.FORBIDDEN,
        heading="这一页不对外开放",
        texts=("公开的信息不需要登录，从首页查询就能看到。",),
    )


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 where a form was not the site's own or its token is gone (CSRF)."""
    del reason
    return _sorry(
        request,
        HTTPStatus.FORBIDDEN,
        heading="请打开这一页再按一次按钮",
        texts=(
            "为了防止别的网站冒用，表单要和打开它的页面一起提交。这次没有对上，所以什么都没有办理。",
            "常见的原因：页面放得太久，或者浏览器关掉了 Cookie。请回到上一页，刷新以后再按按钮。",
        ),
        here=request.path,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 in the same words for what never was and for what is no longer shown (P8)."""
    del exception  # the reason must not show
    response = page(request, "404.html", status=HTTPStatus.NOT_FOUND)
    response["X-Robots-Tag"] = "noindex"
    return response


def wrong_method(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """Answer 405: a page that is only read, or only sent."""
    response = _sorry(
        request,
        HTTPStatus.METHOD_NOT_ALLOWED,
        heading="这一页不能这样打开",
        texts=("多半是直接打开了提交表单用的地址，或者刷新了一个已经结束的页面。什么都没有办理。请从下面重新进入。",),
    )
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413."""
    return _sorry(
        request,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        heading="提交的内容太大",
        texts=("没有收下，也没有保存。信用报告文件不超过20 MB；请检查是不是选错了文件，再提交一次。",),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a number that the office can find in the log, without anything technical."""
    incident = (request_number_now()[:_INCIDENT_LETTERS] or secrets.token_hex(_INCIDENT_LETTERS // 2)).upper()
    # The route, not the path: there may be a number of somebody's in it.
    logger.error("server error", extra={"incident": incident, "route": route_of(request)})
    response = page(request, "500.html", {"incident": incident}, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    response["X-Robots-Tag"] = "noindex"
    return response


def slow(request: HttpRequest) -> HttpResponse:
    """Answer 503 where the database did not answer in time: how to ask for less."""
    return _later(
        request,
        heading="这一页算得太久，先停下了",
        texts=(
            "不是你操作有误。条件太宽时要翻很多数据，为了不耽误别的读者，超过时间就停下，没有给出不完整的结果。",
            "可以：加上机关、乡镇街道或者日期再查；名称多输几个字，或者用18位统一社会信用代码。",
        ),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 where the database cannot be reached."""
    return _later(
        request,
        heading="数据库暂时连不上",
        texts=("是系统的问题，不是你操作有误。刚才填写的内容没有保存。一般几分钟内恢复，请稍候再试。",),
    )


def full(request: HttpRequest) -> HttpResponse:
    """Answer 503 where the disk is full."""
    return _later(
        request,
        heading="现在存不下新的内容",
        texts=(
            "是系统的磁盘满了，不是你操作有误。刚才提交的没有收下，也没有收下一半。请过一会儿再提交一次；一直这样的，请打页脚的电话告诉我们。",
        ),
    )


def busy(request: HttpRequest) -> HttpResponse:
    """Answer 503 where as many reports are being made as the machine can make at a time."""
    return _later(
        request,
        heading="正在出具的报告较多，请稍候",
        texts=("这次没有出具，没有用掉报告编号。请等几秒，用浏览器的“返回”回到上一页，再按一次按钮。",),
        wait=_WAIT_AT_LEAST,
    )


def too_many(request: HttpRequest, *, wait: int) -> HttpResponse:
    """Answer 429: what happened, and when the page goes on by itself. A form that was sent is not sent again by itself.

    Those who wait are spread over some seconds, so that a whole school does not come back at once.
    """
    wait = max(wait, _WAIT_AT_LEAST) + secrets.randbelow(_SPREAD_SECONDS)
    continues = request.method in {"GET", "HEAD"}
    context = {
        "wait": wait,
        "until": clock.now() + timedelta(seconds=wait),
        "continues": continues,
        "here": request.get_full_path(),
    }
    response = page(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS, adverse=True)
    response["Retry-After"] = str(wait)
    if continues:
        response["Refresh"] = str(wait)
    return response


def _later(request: HttpRequest, *, heading: str, texts: tuple[str, ...], wait: int = _SLOW_WAIT) -> HttpResponse:
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    response = _sorry(request, HTTPStatus.SERVICE_UNAVAILABLE, heading=heading, texts=texts, here=here)
    response["Retry-After"] = str(wait)
    return response


def _sorry(request: HttpRequest, status: HTTPStatus, *, heading: str, texts: tuple[str, ...], here: str = "") -> HttpResponse:
    context = {"heading": heading, "texts": texts, "here": here}
    return page(request, "sorry.html", context, status=status, adverse=True)
