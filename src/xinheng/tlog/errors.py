"""What can go wrong with the transparency log, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class PublishingStopped(DomainError):
    """Publishing was stopped by a person, by a check of the log or by the record-checker."""

    code = "tlog.publishing_stopped"
    template = (
        "公示已于%(since)s停止：%(reason)s。现在不能公布、更正和恢复公示任何信息，查询照常；撤回、暂停公示、撤销、修复、移出和异议照常办理。"
        "查明原因后由负责人运行 xinheng publish resume。"
    )


class LogBehind(DomainError):
    """What was published has waited too long to be put on record in the log."""

    code = "tlog.log_behind"
    template = (
        "公示存证日志落后超过%(hours)s小时（有%(waiting)s项等待入册），不能再公布、更正和恢复公示信息；查询照常，撤回、暂停公示等照常办理。"
        "请运行 xinheng log append，或检查 xinheng worker 是否在运行。"
    )


class LogBusy(DomainError):
    """Another process is writing the log."""

    code = "tlog.log_busy"
    template = "另一个进程正在写公示存证日志，这一次没有写。稍后再试；它写完以后什么都不缺。"


class LogDamaged(DomainError):
    """Database, tiles and checkpoint do not belong together; nothing is signed over that."""

    code = "tlog.log_damaged"
    template = "公示存证日志对不上，没有签发新的检查点：%(what)s。请运行 xinheng log fsck 看是哪一项。"


class LogAhead(LogDamaged):
    """More was published than this database knows of: it is an older copy, and going on would fork the log."""

    code = "tlog.log_ahead"
    template = (
        "公示存证日志已经公布到%(published)s项，数据库只到%(size)s项：数据库是较早的备份。没有签发新的检查点，公示已停止，查询照常。"
        "签过的不能收回：请运行 xinheng log continue，从已公布的接着写。"
    )


class NothingToContinue(DomainError):
    """The database knows of everything that was published."""

    code = "tlog.nothing_to_continue"
    template = "数据库里的日志有%(size)s项，公布的有%(published)s项，没有要接续的；什么都没有动。"


class LeafNotFound(DomainError):
    """Nothing of this is in the log yet."""

    code = "tlog.leaf_not_found"
    template = "日志里没有这一项（%(what)s）。刚公布的要等下一次入册，一般不超过一分钟。"


class SaltErased(DomainError):
    """The salt of the leaf was destroyed; what it stands for can no longer be shown."""

    code = "tlog.salt_erased"
    template = "日志第%(index)s项的盐已经销毁或者遗失，不再能证明它对应什么内容；日志本身和其他证明不受影响。"


class SizeNotInLog(DomainError):
    """The log never had so many entries, or not in this order."""

    code = "tlog.size_not_in_log"
    template = (
        "日志没有这样的规模：%(first)s → %(second)s。日志现在有%(size)s项，两个数都要在1到这个数之间，前一个不大于后一个。"
    )


class ReasonMissing(DomainError):
    """A switch was asked for without a reason or without naming who acts."""

    code = "tlog.reason_missing"
    template = "“%(act)s”要写明理由和经办人，两项都不能空着。请补上后再办。"


class NotStopped(DomainError):
    """Publishing was to be resumed and is not stopped."""

    code = "tlog.not_stopped"
    template = "公示没有停止，不需要恢复。"


class StillDamaged(DomainError):
    """Publishing was stopped because the log does not belong together, and it still does not."""

    code = "tlog.still_damaged"
    template = "停止公示的原因还在：%(what)s。先排除原因，再恢复公示。"
