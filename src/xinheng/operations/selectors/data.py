"""Examinations of the database: reachable, new enough, complete, with the rights and walls that it must have."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from xinheng.adapters import key_ring
from xinheng.adapters.database import (
    AUDITOR_ALIAS,
    BACKUP_ALIAS,
    application_connection,
    database_roles_differences,
    migrations_missing,
)
from xinheng.adapters.dumps import connected, reader_alias
from xinheng.adapters.key_ring import Ring
from xinheng.adapters.postgres import ServerNotStarted
from xinheng.adapters.postgres.binaries import MINIMUM_MAJOR
from xinheng.adapters.postgres.rights import EVERYBODY
from xinheng.adapters.postgres.roles import NARROW
from xinheng.adapters.postgres.supervisor import APP_ROLE
from xinheng.adapters.postgres.walls import WALLED
from xinheng.operations.domain import APPEND_ONLY, CLOCK_OFF_SECONDS, CLOCK_WRONG_SECONDS, State
from xinheng.operations.selectors.keys import generations_held, generations_unopened

_MIGRATE = "运行 xinheng database migrate（可重复运行），再检查一次。"


def _row(statement: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, parameters or [])
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def _column(statement: str, parameters: list[Any] | None = None) -> list[Any]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, parameters or [])
        return [value for (value,) in cursor.fetchall()]


def _asked_anew() -> None:
    """Ask over a new connection: one that is open already may lead to what is left of a server that was killed."""
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        connections[DEFAULT_DB_ALIAS].close()
    _row("SELECT 1")


def database_reachable(now: datetime) -> tuple[State, str, str]:
    """Both roles can connect; the embedded server is started where it is ours to start."""
    del now
    try:
        _asked_anew()
        with connected() as owner:
            owner.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever keeps us from it is what has to be told
        connections[DEFAULT_DB_ALIAS].close()
        server = settings.EMBEDDED_SERVER
        way = (
            f"看 {server.data.parent / 'postgres.log'} 的最后几行；磁盘满了先腾空间，再运行任何一条命令就会重新启动。"
            if server is not None
            else "在数据库服务器上看服务是否在运行；核对 DATABASE_URL、DATABASE_APP_URL 的地址、账号和口令文件。"
        )
        why = "内嵌数据库没有启动" if isinstance(error, ServerNotStarted) else "数据库连不上"
        return State.BAD, f"{why}（{type(error).__name__}）。", f"{way} 处置步骤见 docs/runbooks/database-down.zh.md。"
    return State.GOOD, "内嵌服务器" if settings.EMBEDDED_SERVER is not None else "DATABASE_URL 指定的服务器", ""


def database_version(now: datetime) -> tuple[State, str, str]:
    """PostgreSQL 15 or later, for which Chinese characters are letters."""
    del now
    number, letters = _row("SELECT current_setting('server_version_num')::int, '奉节' ~ '^[[:alpha:]]+$'")
    seen = f"PostgreSQL {number // 10_000}"
    if number // 10_000 < MINIMUM_MAJOR:
        return (
            State.BAD,
            f"{seen}，太旧，平台用不了。",
            f"换 PostgreSQL {MINIMUM_MAJOR} 或更新的版本：先备份，再在新服务器上恢复。",
        )
    if not letters:
        return State.BAD, f"{seen}，字符分类不是 UTF-8，中文检索会静静地查不到。", "用 C.UTF-8 重新建库，再从备份恢复。"
    return State.GOOD, seen, ""


def migrations_pending(now: datetime) -> tuple[State, str, str]:
    """Every table that this code was written for is there."""
    del now
    missing = migrations_missing()
    if missing:
        return State.BAD, f"缺 {len(missing)} 项升级（{'、'.join(missing[:3])}）。", f"先备份，再{_MIGRATE}"
    return State.GOOD, "是当前版本", ""


def rights_of_the_application(now: datetime) -> tuple[State, str, str]:
    """The application is a role without rights to history, and the triggers that stop the owner too are on."""
    del now
    role, is_super = _row("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if is_super or role != APP_ROLE:
        return State.BAD, f"网站以 {role} 的身份连接，权限过大。", f"让 DATABASE_APP_URL 用 {APP_ROLE} 账号；{_MIGRATE}"
    guarded = dict.fromkeys(
        _column(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%%append\\_only' AND t.tgenabled IN ('O', 'A') ORDER BY 1"
        )
    )
    if missing := [table for table in APPEND_ONLY if table not in guarded]:
        return (
            State.BAD,
            f"{'、'.join(missing)} 的防改触发器不在或已停用。",
            "这可能是有人动过数据库：按 docs/runbooks/tampering.zh.md 处置。",
        )
    may = [
        table
        for table in guarded
        if _row("SELECT has_table_privilege(%s, %s, 'UPDATE') OR has_table_privilege(%s, %s, 'DELETE')", [role, table] * 2)[0]
    ]
    if may:
        return (
            State.BAD,
            f"网站可以改写历史表：{'、'.join(may)}。",
            f"查明是谁授的权（docs/runbooks/tampering.zh.md）；收回后{_MIGRATE}",
        )
    return State.GOOD, f"{len(guarded)} 张历史表只增不改", ""


def roles_as_written(now: datetime) -> tuple[State, str, str]:
    """Every role is there and has the rights that are written down, no more and no fewer."""
    del now
    found = database_roles_differences()
    if not found and (others := _taken_by_others()):
        return (
            State.ATTENTION,
            f"权限和规定的一样，但{'、'.join(others)}。",
            "让属主可以换成这些角色（请数据库管理员执行 GRANT 角色 TO 属主），或者设 DATABASE_AUDITOR_URL、DATABASE_BACKUP_URL。",
        )
    if not found:
        return State.GOOD, f"{len(NARROW) + 1} 个角色，权限和规定的一样", ""
    # Large objects are the administrator's to close; until then a role could fill the disk, and read nothing.
    state = State.ATTENTION if all(one.role == EVERYBODY and "pg_catalog" in one.mend for one in found) else State.BAD
    named = "；".join(f"{one.role} {one.what}" for one in found[:3])
    return (
        state,
        f"{len(found)} 处和规定的不一样：{named}。",
        "运行 xinheng database roles（可重复运行）；它改不了的，会给出请数据库管理员执行的语句。查不明谁改的，按 docs/runbooks/tampering.zh.md 处置。",
    )


def _taken_by_others() -> list[str]:
    """Return what somebody with more rights does, as the role for it cannot be taken."""
    told = []
    try:
        connected(alias=AUDITOR_ALIAS).close()
    except psycopg.OperationalError:
        told.append("命令行查看操作记录用的是网站的身份")
    if reader_alias() != BACKUP_ALIAS:
        told.append("备份用的是属主的身份")
    return told


def walls_stand(now: datetime) -> tuple[State, str, str]:
    """Row-level security is on, and forced, on every table that a migration put walls around."""
    del now
    standing = set(
        _column(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE p.polname = 'within_reach' AND c.relrowsecurity AND c.relforcerowsecurity"
        )
    )
    migrations_missing()  # loads every migration, so that all walls are known
    if down := sorted(WALLED - standing):
        return (
            State.BAD,
            f"行级隔离没有生效：{'、'.join(down)}。",
            f"{_MIGRATE} 仍不生效的，按 docs/runbooks/tampering.zh.md 处置。",
        )
    return State.GOOD, f"{len(WALLED)} 张表", ""


def keys_fit(now: datetime) -> tuple[State, str, str]:
    """The key ring opens what is sealed: keys and data may come from two deployments after a restore."""
    del now
    connection = application_connection()
    held = generations_held(connection)
    if not held:
        return State.GOOD, "还没有密封的内容", ""
    if not key_ring.is_there():
        return (
            State.BAD,
            "主密钥不见了，库里却有密封的内容。",
            "不要运行别的命令（会造出一把新钥匙）：按 docs/runbooks/lost-key.zh.md 恢复密钥。",
        )
    try:
        ring = key_ring.ring_now()
        unopened = generations_unopened(connection, ring)
    except key_ring.RingUnreadable:
        return State.BAD, "密钥环读不出来：文件被改动或损坏。", "按 docs/runbooks/lost-key.zh.md 取回密钥。"
    if unopened:
        told = "、".join(f"第 {number} 代（{kind}）" for number, kind in sorted(unopened.items()))
        return (
            State.BAD,
            f"主密钥打不开库里密封的内容：{told}。密钥和数据不是一套。",
            "按 docs/runbooks/lost-key.zh.md 换回这套数据的密钥。",
        )
    return _generations_judged(ring, held)


def _generations_judged(ring: Ring, held: Counter[int]) -> tuple[State, str, str]:
    """Return whether a rotation came to its end, and whether a generation is kept that nothing uses."""
    if older := sorted(number for number in held if number != ring.current):
        names = "、".join(f"第 {number} 代 {held[number]:,} 项" for number in older)
        return State.ATTENTION, f"换钥没有做完：{names}还没有换到第 {ring.current} 代。", "运行 xinheng keys rotate 接着做。"
    if unused := sorted(number for number in ring.generations if number != ring.current):
        names = "、".join(f"第 {number} 代" for number in unused)
        return (
            State.ATTENTION,
            f"{names}密钥已经没有东西用，还留着。",
            "换下来满一天、备份里也不再需要以后，运行 xinheng keys forget 代数。",
        )
    return State.GOOD, f"第 {ring.current} 代打得开密封的内容", ""


def originals_there(now: datetime) -> tuple[State, str, str]:
    """Every sealed original that the database names is on the disk: database and files may be of two moments."""
    del now
    named = _column("SELECT stored_as FROM intake_submissionoriginal WHERE wrapped_key IS NOT NULL")
    missing = [name for name in named if not (settings.XINHENG_VAR / "originals" / str(name)).exists()]
    if missing:
        return (
            State.BAD,
            f"{len(missing)} 份原件不在磁盘上（共 {len(named)} 份）。",
            ("数据库和文件不是一套：从同一份备份恢复（xinheng restore）；备份里也没有的，请报送机关重新报送还没有办完的批次。"),
        )
    return State.GOOD, f"{len(named)} 份都在", ""


def clock_right(now: datetime) -> tuple[State, str, str]:
    """This machine's clock, the database's, and the last event that was recorded fit together."""
    (there,) = _row("SELECT clock_timestamp()")
    (last,) = _row("SELECT max(at) FROM audit_event")
    off = abs((now - there).total_seconds())
    way = (
        "校时（timedatectl set-ntp true，内网用自己的时间服务器），再检查一次。公示的起止按时钟判断，时钟错了会多公示或少公示。"
    )
    if off > CLOCK_WRONG_SECONDS:
        return State.BAD, f"本机与数据库的时钟相差 {off:.0f} 秒。", way
    if last is not None and last - now > timedelta(seconds=CLOCK_WRONG_SECONDS):
        return State.BAD, f"时钟往回拨过：最近一件事记在 {last:%Y-%m-%d %H:%M}，晚于现在。", way
    if off > CLOCK_OFF_SECONDS:
        return State.ATTENTION, f"本机与数据库的时钟相差 {off:.0f} 秒。", way
    return State.GOOD, f"{now:%Y-%m-%d %H:%M:%S}", ""
