"""Jobs of notices."""

from xinheng.adapters import clock
from xinheng.adapters.jobs import job
from xinheng.notices.services import DELIVER, delivery_send


@job(name=DELIVER)
def deliver(*, delivery_id: int) -> None:
    """Send one notice out of the house."""
    delivery_send(delivery_id=delivery_id, now=clock.now())
