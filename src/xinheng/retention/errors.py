"""What can go wrong with destruction on time, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class RetentionIncomplete(DomainError):
    """Some kinds were not destroyed; the others were."""

    code = "retention.incomplete"
    template = "到期销毁没有全部做完：%(kinds)s。其余的已经销毁。排除原因后再运行一次 xinheng retention run，不会重复销毁。"


class NothingToErase(DomainError):
    """There is nothing of this number whose key is left."""

    code = "retention.nothing_to_erase"
    template = "没有可以销毁的内容：%(number)s 不存在，或者已经销毁过，或者报送批次还没有办完（先撤回）。没有作任何改动。"
