"""What the rules cannot answer."""

from xinheng.kernel.errors import DomainError


class NoReportingClock(DomainError):
    """A reporting deadline was asked for an item that has none."""

    code = "rules.no_reporting_clock"
    template = (
        "信息项“%(item_id)s”在目录里没有报送时限，算不出报送截止日。请在目录该信息项的 reporting_clock 处写明时限，"
        "再运行 xinheng catalogue check。"
    )
