"""Jobs of the log: written every minute, checked every night."""

import logging

from xinheng.adapters import clock
from xinheng.adapters.jobs import periodic_job
from xinheng.tlog.errors import LogBusy
from xinheng.tlog.services import log_append, log_check

_log = logging.getLogger(__name__)


@periodic_job(name="tlog.append", cron="* * * * *")
def append() -> None:
    """Put what waits into the log. Another process at it is no failure: it does the same."""
    try:
        log_append(now=clock.now())
    except LogBusy:
        _log.info("the log is being written by another process")


@periodic_job(name="tlog.check", cron="40 2 * * *")
def check() -> None:
    """Check the whole log at night; what does not belong together stops publishing."""
    report = log_check(now=clock.now())
    if report.first is not None:
        _log.error("the log does not belong together: %s", report.first)
