"""What can go wrong when asking for what is shown, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class PlaceNotRead(DomainError):
    """The place in a list that an address names cannot be read."""

    code = "publicity.place_not_read"
    template = "地址里的翻页位置“%(place)s”认不出来。请从列表第一页重新翻。"


class DisputeTooLong(DomainError):
    """A dispute may not be kept open past the longest time to check it."""

    code = "publicity.dispute_too_long"
    template = "%(since)s收到的异议，最迟核查到%(longest)s，不能延长到%(until)s。请改写日期；到期查不清的，停止公示。"
