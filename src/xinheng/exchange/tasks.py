"""Jobs of exchange: what is done once a day, safe to repeat."""

from xinheng.accounts.services import tokens_forget
from xinheng.adapters import clock
from xinheng.adapters.jobs import job_hourly
from xinheng.exchange.services import drafts_lapse


@job_hourly(name="exchange.tidy", minute=40)
def tidy() -> None:
    """Destroy what systems began to send and did not finish, and their tokens that are over."""
    tokens_forget()
    drafts_lapse(now=clock.now())
