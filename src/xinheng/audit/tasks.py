"""Jobs of the trail."""

from xinheng.adapters.jobs import periodic_job
from xinheng.audit.services import partitions_make


@periodic_job(name="audit.partitions", cron="23 1 * * *")
def partitions() -> None:
    """Make the partitions of the months to come, every night; what came before its partition finds it."""
    partitions_make()
