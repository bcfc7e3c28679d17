"""Examinations of the settings that real people depend on."""

import os
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from xinheng.kernel.dates import CHINA
from xinheng.operations.domain import State

_OWN_MACHINE = {"127.0.0.1", "localhost", "[::1]", "testserver"}


def time_zone(now: datetime) -> tuple[State, str, str]:
    """Days are days in Asia/Shanghai, and this machine knows what that is."""
    del now
    try:
        zone = ZoneInfo(settings.TIME_ZONE)
    except ZoneInfoNotFoundError:
        return State.BAD, "本机没有时区数据。", "安装 tzdata（apt install tzdata），再检查一次。"
    if zone.key != str(CHINA):
        return State.BAD, f"时区设成了 {zone.key}。", "平台按北京时间（Asia/Shanghai）算日期，不要改这项设置。"
    return State.GOOD, zone.key, ""


def debug_off(now: datetime) -> tuple[State, str, str]:
    """Errors show nothing technical."""
    del now
    if settings.DEBUG:
        return State.BAD, "调试模式开着，出错的页面会显示内部信息。", "去掉 XINHENG_DEBUG，重新启动网站。"
    return State.GOOD, "关着", ""


def demo_off(now: datetime) -> tuple[State, str, str]:
    """Nothing says that real records are invented."""
    del now
    if settings.XINHENG_DEMO:
        return (
            State.BAD,
            "演示模式开着，所有页面和报告都标着“演示数据”。",
            "去掉 XINHENG_DEMO；演示的数据不要和正式的放在同一个 XINHENG_VAR。",
        )
    return State.GOOD, "关着", ""


def hosts_named(now: datetime) -> tuple[State, str, str]:
    """The site answers under its own names only, and reports print its address."""
    del now
    hosts = set(settings.ALLOWED_HOSTS)
    way = "XINHENG_ALLOWED_HOSTS 写网站的域名，XINHENG_SITE_URL 写 https:// 开头的网址，再重新启动。"
    if any(host.startswith(("*", ".")) for host in hosts):
        return State.BAD, "接受任何域名的访问。", way
    if hosts <= _OWN_MACHINE:
        return State.BAD, "没有写网站的域名，别人打不开。", way
    if not settings.XINHENG_SITE_URL:
        return State.ATTENTION, "没有写网址，报告上没有核验的地址。", way
    if urlsplit(settings.XINHENG_SITE_URL).hostname not in hosts:
        return State.BAD, "报告上印的网址不在接受的域名里。", way
    return State.GOOD, "、".join(sorted(hosts - _OWN_MACHINE)), ""


def https_on(now: datetime) -> tuple[State, str, str]:
    """Cookies are sent over encrypted connections only, and browsers are told to use no others."""
    del now
    way = "网站前面配好证书（deploy/nginx），设 XINHENG_HTTPS=1；有代理的再设 XINHENG_PROXIES=1。"
    if not settings.SESSION_COOKIE_SECURE or not settings.SECURE_HSTS_SECONDS:
        return State.BAD, "登录信息可能经不加密的连接发送。", way
    if not settings.XINHENG_PROXIES:
        return State.ATTENTION, "没有说明前面有几层代理。", way
    return State.GOOD, "开着", ""


def secrets_in_files(now: datetime) -> tuple[State, str, str]:
    """No secret stands in the environment, where every process of the account and every crash report can read it."""
    del now
    found = [name for name in ("XINHENG_MASTER_KEY", "XINHENG_SECRET_KEY") if os.environ.get(name)]
    found += [
        name for name in ("DATABASE_URL", "DATABASE_APP_URL", "XINHENG_MAIL_URL") if _has_password(os.environ.get(name, ""))
    ]
    if found:
        return (
            State.ATTENTION,
            f"环境变量里有秘密：{'、'.join(found)}。",
            ("密钥放进 var/keys（文件权限 600）；数据库口令放进口令文件（PGPASSFILE），或改用本机套接字。"),
        )
    return State.GOOD, "没有", ""


def _has_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return True  # what cannot be read may hold one


def mail_leaves(now: datetime) -> tuple[State, str, str]:
    """Notices leave the machine."""
    del now
    if "filebased" in settings.EMAIL_BACKEND:
        return State.ATTENTION, "邮件只写进 var/outbox/mail，没有发出去。", "设 XINHENG_MAIL_URL；不用邮件的，可以不管这一条。"
    return State.GOOD, "有邮件服务器", ""
