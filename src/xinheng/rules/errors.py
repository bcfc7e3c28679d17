"""What the rules cannot answer."""

from xinheng.kernel.errors import DomainError


class NoSuchDeadline(DomainError):
    """A deadline was asked for that the catalogue does not have."""

    code = "rules.no_such_deadline"
    template = "目录里没有%(what)s，算不出截止日。请在目录里写明时限和依据，再运行 xinheng catalogue check。"


class NoReportingClock(NoSuchDeadline):
    """A reporting deadline was asked for an item that has none."""

    code = "rules.no_reporting_clock"
