"""What can go wrong with the trail, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class KeptTooShortly(DomainError):
    """The trail must be kept longer than was asked for."""

    code = "audit.kept_too_shortly"
    template = "操作记录至少保存%(least)s个月（网络安全法第二十一条），不能只保存%(months)s个月。"
