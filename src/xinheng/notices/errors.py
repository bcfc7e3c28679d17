"""What can be wrong with a contact address, in plain words."""

from xinheng.kernel.errors import DomainError


class ContactUnusable(DomainError):
    """What was typed is no address that the channel can reach."""

    code = "notices.contact_unusable"
    template = "“%(what)s”填写的不像%(expected)s，没有保存。请核对后再填；不需要这种通知的，留空即可。"
