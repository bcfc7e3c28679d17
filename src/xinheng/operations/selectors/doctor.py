"""All examinations in order; one that fails in a way nobody foresaw is a finding too, and stops none of the others."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.db import DatabaseError, InterfaceError

from xinheng.adapters.postgres import ServerNotStarted
from xinheng.operations.domain import Finding, State
from xinheng.operations.selectors import data, files, setup, work

Check = Callable[[datetime], tuple[State, str, str]]
"""An examination at a moment: how the thing stands, what was seen, what to do."""

_WITHOUT_DATABASE: Final[Mapping[str, tuple[str, Check]]] = {
    "folders.writable": ("数据文件夹", files.folders_writable),
    "disk.space": ("磁盘空间", files.disk_space),
    "keys.present": ("密钥", files.keys_present),
    "keys.permissions": ("密钥的权限", files.keys_permissions),
    "restore.finished": ("恢复", files.restore_finished),
    "reports.fonts": ("报告排版", files.fonts_there),
    "time.zone": ("时区", setup.time_zone),
    "calendar.last_day": ("工作日日历", work.calendar_last_day),
}
_OF_THE_DATABASE: Final[Mapping[str, tuple[str, Check]]] = {
    "database.version": ("数据库版本", data.database_version),
    "database.migrations": ("表结构", data.migrations_pending),
    "database.rights": ("数据库权限", data.rights_of_the_application),
    "database.roles": ("数据库角色", data.roles_as_written),
    "database.walls": ("机关之间的隔离", data.walls_stand),
    "originals.there": ("报送原件", data.originals_there),
    "keys.fit": ("密钥与数据相符", data.keys_fit),
    "time.clock": ("系统时钟", data.clock_right),
    "jobs.worker": ("工作进程", work.worker_lives),
    "jobs.queue": ("任务队列", work.queue_moves),
    "retention.on_time": ("到期销毁", work.retention_on_time),
}
_OF_PRODUCTION: Final[Mapping[str, tuple[str, Check]]] = {
    "settings.debug": ("调试模式", setup.debug_off),
    "settings.demo": ("演示模式", setup.demo_off),
    "settings.hosts": ("网站域名", setup.hosts_named),
    "settings.https": ("加密访问", setup.https_on),
    "settings.secrets": ("环境变量里的秘密", setup.secrets_in_files),
    "settings.mail": ("通知的发送", setup.mail_leaves),
    "backup.age": ("备份", files.backup_age),
    "backup.keys": ("密钥包", files.keys_bundled),
}
CHECKS: Final = frozenset({"database.reachable", *_WITHOUT_DATABASE, *_OF_THE_DATABASE, *_OF_PRODUCTION})
_AWAY: Final = (DatabaseError, InterfaceError, ServerNotStarted, OSError)


def findings(*, now: datetime, production: bool) -> list[Finding]:
    """Examine this deployment.

    Args:
        now: the moment.
        production: whether real people use it; else what only matters then is said to be not examined.
    """
    found = [_examined("database.reachable", "数据库", data.database_reachable, now)]
    reachable = found[0].state is State.GOOD
    for name, (title, check) in _OF_THE_DATABASE.items():
        told = (
            _examined(name, title, check, now) if reachable else _not_examined(name, title, "数据库连不上，先解决上面这一条。")
        )
        found.append(told)
    found += [_examined(name, title, check, now) for name, (title, check) in _WITHOUT_DATABASE.items()]
    for name, (title, check) in _OF_PRODUCTION.items():
        told = (
            _examined(name, title, check, now) if production else _not_examined(name, title, "正式运行时加 --production 检查。")
        )
        found.append(told)
    return found


def _examined(name: str, title: str, check: Check, now: datetime) -> Finding:
    try:
        state, seen, remedy = check(now)
    except _AWAY as error:
        state, seen = State.BAD, f"检查没有做完（{type(error).__name__}）。"
        remedy = "看运行日志里这一刻的记录；数据库或磁盘恢复以后再运行一次 xinheng doctor。"
    return Finding(check=name, title=title, state=state, seen=seen, remedy=remedy)


def _not_examined(name: str, title: str, why: str) -> Finding:
    return Finding(check=name, title=title, state=State.NOT_EXAMINED, seen=why)
