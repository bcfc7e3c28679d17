"""Jobs of monitoring: what is done once a day. Run twice, or after a stop of weeks, the outcome is one."""

from typing import Final

from xinheng.adapters import clock
from xinheng.adapters.jobs import job_hourly
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring.services import figures_catch_up, reminders_make, reminders_of

TOLD_FROM_HOUR: Final = 8
"""In Asia/Shanghai: nobody is told anything in the night."""


@job_hourly(name="monitoring.measure", minute=20)
def measure() -> None:
    """Store the figures of every day that is over and was not stored."""
    figures_catch_up(catalogue=catalogue_current(), now=clock.now(), today=clock.today())


@job_hourly(name="monitoring.remind", minute=10)
def remind() -> None:
    """Make the reminders of today, once, in the morning; those of days on which nothing ran are not made up for."""
    today = clock.today()
    if clock.now().hour < TOLD_FROM_HOUR or any(True for _ in reminders_of(day=today)):
        return
    reminders_make(catalogue=catalogue_current(), now=clock.now(), today=today)
