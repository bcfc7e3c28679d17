"""What can go wrong with monitoring, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class NotOfThisOrgan(DomainError):
    """The person does not hold the post that this act needs, in this organ and for this item."""

    code = "monitoring.not_of_this_organ"
    template = "这件事由%(organ)s的%(role)s办理，你现在没有这个岗位。需要时请找本单位的系统管理员。"


class ZeroReportNotPossible(DomainError):
    """A zero report cannot be made of this organ, item and month."""

    code = "monitoring.zero_report_not_possible"
    template = "%(month)s的“%(item)s”不能做零报告：%(reason)s。"


class ZeroReportNotInState(DomainError):
    """The zero report is no longer where this act begins."""

    code = "monitoring.zero_report_not_in_state"
    template = "这份零报告现在是“%(state)s”，不能%(wanted)s。请刷新页面看最新情况。"


class SamePersonCertifies(DomainError):
    """Who stated a zero report cannot certify it."""

    code = "monitoring.same_person"
    template = "零报告不能由声明的人自己确认，请找本单位另一位审核人。"


class NothingFound(DomainError):
    """There is no such thing, or not for this person: nobody learns which."""

    code = "monitoring.nothing_found"
    template = "没有这项内容，或者它不归你办理。"


class ReasonNeeded(DomainError):
    """An act that needs a written reason has none."""

    code = "monitoring.reason_needed"
    template = "没有办理：%(what)s要写明理由。"


class GapUnknown(DomainError):
    """The numbers that are to be explained are no gap of this series."""

    code = "monitoring.gap_unknown"
    template = "“%(series)s〔%(year)s〕”第%(first)s号到第%(last)s号不是缺号，不用说明。请刷新页面看最新情况。"


class ListNotReadable(DomainError):
    """The list of a case system has no column of document numbers, or none in it."""

    code = "monitoring.list_not_readable"
    template = "没有对账：%(reason)s。请在第一行写列名“文书号”，有决定日期的再加一列“决定日期”，另存为 XLSX 或 CSV 再传。"


class FontsMissing(DomainError):
    """The bulletin cannot be set: the fonts were not built."""

    code = "monitoring.fonts_missing"
    template = "月报排不出来：没有找到字体。请运行 make setup 生成字体，再试一次。"
