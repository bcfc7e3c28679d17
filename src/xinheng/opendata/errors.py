"""What can go wrong with snapshots and the change feed, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class CursorNotRead(DomainError):
    """The text is no place in the change feed."""

    code = "opendata.cursor_not_read"
    template = "变更位置“%(cursor)s”认不出来。请用快照清单里的编号，或者上一页的 next。"


class CursorGone(DomainError):
    """From this place no changes can be told: the law, the form or the data are others than they were there."""

    code = "opendata.cursor_gone"
    template = "从这个位置接不上了：之后目录、数据格式变过，或者数据库恢复过。请重新下载最新的快照，从快照的编号接着取变更。"


class NoSnapshot(DomainError):
    """There is no snapshot to be had at this moment."""

    code = "opendata.no_snapshot"
    template = "现在没有可以下载的快照。"


class SnapshotOvertaken(DomainError):
    """Something against an organisation that the newest snapshot shows is no longer shown, or is disputed now."""

    code = "opendata.snapshot_overtaken"
    template = "最新的快照里有信息已经停止公示或者有了异议，不再提供下载；新的快照制作后即可下载。变更接口随时可用。"


class SnapshotBeingMade(DomainError):
    """Another process makes a snapshot at this moment."""

    code = "opendata.snapshot_being_made"
    template = "另一个进程正在制作快照。等它做完再试。"
