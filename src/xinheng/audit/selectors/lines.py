"""An entry of the trail as a line of texts: the same on a page, in a file and on the command line."""

from collections.abc import Mapping
from typing import Any, Final

from xinheng.audit.domain import DOOR_LABELS, PURPOSE_LABELS, Kept, ReadPurpose
from xinheng.audit.models import Change, Read
from xinheng.kernel.dates import CHINA

_OPERATIONS: Final = {"INSERT": "新增", "UPDATE": "修改", "DELETE": "删除", "TRUNCATE": "清空"}
_WHO: Final = ("时间", "操作人", "单位代码", "岗位角色", "用途", "事由", "入口", "页面、接口或命令")
_FROM: Final = ("来源地址", "请求编号")
_READS: Final = (*_WHO, "方法", "查询条件", "送达", *_FROM)
_CHANGES: Final = (
    *(*_WHO, "表", "操作", "行数", "主键自", "主键至", "改动的列", "状态改动", "改动前的校验值", "改动后的校验值"),
    *(*_FROM, "事务编号", "数据库账号"),
)


def heading_of(kept: Kept) -> tuple[str, ...]:
    """Return the headings of a file of reads or of changes."""
    return _READS if kept is Kept.READS else _CHANGES


def line_of(entry: Read | Change, *, names: Mapping[str, str] | None = None) -> list[str]:
    """Return an entry as texts under :func:`heading_of`.

    ``names`` are those that colleagues read, by signature; a read must know whether its answer ``was_sent``.
    """
    who = [
        f"{entry.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        actor_text(entry.actor, names or {}),
        entry.organ_codes,
        entry.roles,
        purpose_text(entry.purpose),
        entry.case_no,
        DOOR_LABELS.get(entry.door, "平台以外"),
        entry.what,
    ]
    if isinstance(entry, Read):
        return [*who, entry.method, asked_text(entry.asked), sent_text(entry), entry.address, entry.request_id]
    digests = [_hex(entry.before_sha256), _hex(entry.after_sha256)]
    keys = [str(entry.row_count), entry.first_key, entry.last_key]
    told = ["、".join(entry.columns), shown_text(entry)]
    ends = [entry.address, entry.request_id, str(entry.transaction_id), entry.database_user]
    return [*who, entry.table_name, operation_text(entry), *keys, *told, *digests, *ends]


def actor_text(actor: str, names: Mapping[str, str]) -> str:
    """Return who it was: the name and the signature, or that the database was not told.

    >>> actor_text("account:7", {"account:7": "王平"}), actor_text("", {})
    ('王平（account:7）', '没有说明')
    """
    if not actor:
        return "没有说明"
    return f"{names[actor]}（{actor}）" if actor in names else actor


def purpose_text(purpose: str) -> str:
    """Return a purpose in Chinese."""
    return PURPOSE_LABELS[ReadPurpose(purpose)] if purpose in PURPOSE_LABELS else purpose


def asked_text(asked: Mapping[str, Any]) -> str:
    """Return the filters of a read.

    >>> asked_text({"page": "2", "names": ["q"]})
    'page=2；另有：q'
    """
    told = [f"{name}={value}" for name, value in asked.items() if name != "names"]
    if others := asked.get("names"):
        told.append("另有：" + "、".join(others))
    return "；".join(told)


def sent_text(read: Read) -> str:
    """Return whether the answer to a read is known to have been sent."""
    return "已送达" if getattr(read, "was_sent", False) else "未确认"


def operation_text(change: Change) -> str:
    """Return what was done to the rows."""
    return _OPERATIONS.get(change.operation, change.operation)


def shown_text(change: Change) -> str:
    """Return the states before and after."""
    return "；".join(f"{name}：{_value(was)}→{_value(became)}" for name, (was, became) in sorted(change.shown.items()))


def _value(value: Any) -> str:
    return "无" if value is None else str(value)


def _hex(digest: bytes | memoryview | None) -> str:
    return "" if digest is None else bytes(digest).hex()
