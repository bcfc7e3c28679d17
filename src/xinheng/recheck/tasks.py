"""The daily second opinion."""

import logging
import secrets

from xinheng.adapters import clock
from xinheng.adapters.jobs import periodic_job
from xinheng.recheck.services import InProcess, public_check

_log = logging.getLogger(__name__)
_SAMPLE = 200


@periodic_job(name="recheck.public", cron="10 3 * * *")
def check() -> None:
    """Check everything public at night; a breach stops publishing."""
    found = public_check(site=InProcess(), on_date=clock.today(), now=clock.now(), sample=_SAMPLE, seed=secrets.randbits(32))
    if found.breaches:
        _log.error("%s breaches found, publishing is stopped; the first: %s", len(found.breaches), found.breaches[0])
