"""Examinations of what works by itself: jobs, and the calendar that deadlines are counted by."""

from datetime import date, datetime, timedelta

from xinheng.adapters.clock import CHINA
from xinheng.adapters.jobs import queue_state
from xinheng.operations.domain import CALENDAR_EXPECTED_FROM, QUEUE_SLOW_SECONDS, QUEUE_STUCK_SECONDS, State
from xinheng.retention.domain import OVERDUE_DAYS
from xinheng.retention.selectors import last_run, overdue
from xinheng.rules.selectors import calendar


def worker_lives(now: datetime) -> tuple[State, str, str]:
    """A worker has given a sign of life; without one uploaded files wait."""
    del now
    queue = queue_state()
    if queue.workers:
        return State.GOOD, f"{queue.workers} 个", ""
    way = "启动 xinheng worker（systemctl start xinheng-worker），或用 xinheng serve 连同网站一起启动。"
    if queue.waiting:
        return State.BAD, f"没有工作进程，{queue.waiting} 件在等：上传的文件没有人检查，通知发不出去。", way
    return State.ATTENTION, "没有工作进程；现在没有要做的。", way


def queue_moves(now: datetime) -> tuple[State, str, str]:
    """No job waits long, none was given up."""
    del now
    queue = queue_state()
    seen = f"{queue.waiting} 件在等，最久 {queue.oldest_seconds:.0f} 秒；失败 {queue.failed} 件"
    way = "看工作进程的日志；太慢就多开一个 xinheng worker。失败的：排除原因后运行 xinheng intake resume，报送批次会接着做完。"
    if queue.waiting and queue.oldest_seconds > QUEUE_STUCK_SECONDS:
        return State.BAD, f"{seen}。", way
    if queue.failed or (queue.waiting and queue.oldest_seconds > QUEUE_SLOW_SECONDS):
        return State.ATTENTION, f"{seen}。", way
    return State.GOOD, seen, ""


def calendar_last_day(now: datetime) -> tuple[State, str, str]:
    """The official calendar of working days covers today, and from November the next year."""
    today = now.astimezone(CHINA).date()
    days = calendar()
    last = max(days.years, default=0)
    seen = f"到 {last} 年 12 月 31 日" if last else "没有日历"
    way = (
        f"按上一年的文件写 catalogue/national/calendar/{max(last + 1, today.year)}.yaml（国务院办公厅公布的放假安排），"
        "用 xinheng catalogue check 检查后放进目录。没有它，期限只按周一到周五算，一律标“暂定”。"
    )
    if not days.covers(today):
        return State.BAD, f"{seen}，今年的还没有。", way
    if not days.covers(date(today.year + 1, 1, 1)) and (today.month, today.day) >= CALENDAR_EXPECTED_FROM:
        return State.ATTENTION, f"{seen}，明年的还没有。", way
    return State.GOOD, seen, ""


def retention_on_time(now: datetime) -> tuple[State, str, str]:
    """What is over is destroyed every day (P16, P17): nothing is left for days, and the run is made."""
    way = "运行 xinheng retention run，看它说什么没有做完；以后由 xinheng worker 每天自动做。xinheng retention due 列出到期的内容。"
    if late := overdue(now=now):
        kinds = "、".join(f"{one.keeping.title} {one.count:,} 项" for one in late)
        return State.BAD, f"到期没有销毁：{kinds}。", way
    last = last_run(now=now)
    if now - last > timedelta(days=OVERDUE_DAYS):
        return State.ATTENTION, f"到期销毁已经超过 {OVERDUE_DAYS} 天没有运行；现在没有到期的内容。", way
    return State.GOOD, "没有到期未销毁的内容", ""
