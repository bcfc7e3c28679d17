"""The daily run of retention."""

from xinheng.adapters import clock
from xinheng.adapters.jobs import job_hourly
from xinheng.audit.selectors import event_newest
from xinheng.retention.selectors import RUN
from xinheng.retention.services import retention_run


@job_hourly(name="retention.run", minute=15)
def run() -> None:
    """Destroy what is over, once a day; a run that failed is made again in the next hour."""
    newest = event_newest(action=RUN)
    if newest is not None and newest.at.astimezone(clock.CHINA).date() == clock.today():
        return
    retention_run(now=clock.now(), actor="system")
