"""Commands at work: the trail knows which command changes something, and what each is about to read (P11, ADR 0060)."""

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

import click

from xinheng.adapters.reach import reach_now, reaching
from xinheng.adapters.work import Work, new_number
from xinheng.audit.domain import ReadPurpose, aim_of
from xinheng.audit.services import command_read


@dataclass(frozen=True, slots=True)
class Reads:
    """What a command reads: for what, and which of its parameters names the thing, of which kind."""

    purpose: ReadPurpose
    parameter: str = ""
    kind: str = ""


_SUBMISSION: Final = ("number", "submission")

READING: Final[Mapping[str, Reads]] = {
    "account list": Reads(ReadPurpose.ACCOUNTS),
    "audit export": Reads(ReadPurpose.AUDIT),
    "audit search": Reads(ReadPurpose.AUDIT),
    "client list": Reads(ReadPurpose.SYSTEMS),
    "explain": Reads(ReadPurpose.MONITORING, "record", "record"),
    "export": Reads(ReadPurpose.OPERATIONS, "item", "item"),
    "intake doubts": Reads(ReadPurpose.MATCHING, *_SUBMISSION),
    "intake original": Reads(ReadPurpose.REVIEW, *_SUBMISSION),
    "intake receipt": Reads(ReadPurpose.REPORTING, *_SUBMISSION),
    "intake status": Reads(ReadPurpose.REPORTING, *_SUBMISSION),
    "log prove": Reads(ReadPurpose.OPERATIONS, "what", "record"),
    "monitoring bulletin": Reads(ReadPurpose.MONITORING),
    "retention due": Reads(ReadPurpose.OPERATIONS),
    "report remake": Reads(ReadPurpose.OPERATIONS, "number", "report"),
}
"""Command → what it reads that is not public; logged before it begins."""

_CHANGES: Final = "it changes something and tells what became of it: the change is recorded"
_PUBLIC: Final = "it reads what is public, or nothing of the database"
_SEALED: Final = "nobody reads what it takes: it is sealed for whoever holds the identity, and is an event"
NOT_READING: Final[Mapping[str, str]] = {
    **dict.fromkeys(("account invite", "act import", "client register", "client revoke", "client tidy"), _CHANGES),
    **dict.fromkeys(("audit partitions", "audit retain", "intake decide", "intake load", "intake purge-originals"), _CHANGES),
    **dict.fromkeys(("intake resume", "intake return", "intake undo", "intake withdraw"), _CHANGES),
    **dict.fromkeys(("monitoring measure", "monitoring remind", "register import"), _CHANGES),
    **dict.fromkeys(("record dispute", "record hold", "record rebuild", "record release", "record undispute"), _CHANGES),
    **dict.fromkeys(("report retire", "catalogue adopt", "catalogue load", "snapshot make"), _CHANGES),
    **dict.fromkeys(("report batch", "report issue", "report trust", "report verify"), _PUBLIC),
    **dict.fromkeys(("snapshot list", "snapshot verify", "intake check", "intake template", "register template"), _PUBLIC),
    **dict.fromkeys(("catalogue check", "catalogue schema", "database migrate", "database roles", "database where"), _PUBLIC),
    **dict.fromkeys(("demo", "docs", "synth", "recheck"), _PUBLIC),
    **dict.fromkeys(("log append", "log continue", "log rebuild-index", "log erase"), _CHANGES),
    **dict.fromkeys(("publish stop", "publish resume"), _CHANGES),
    **dict.fromkeys(("retention erase", "retention run"), _CHANGES),
    **dict.fromkeys(("account end-sessions", "restore"), _CHANGES),
    **dict.fromkeys(("keys begin", "keys forget", "keys rotate"), _CHANGES),
    **dict.fromkeys(("backup keys", "backup keys-back", "backup make", "backup new-identity"), _SEALED),
    **dict.fromkeys(("doctor", "keys status"), _PUBLIC),
    **dict.fromkeys(("log status", "log fsck", "log verify"), _PUBLIC),
}
"""Command → why nothing is logged as read. A command in neither table fails a test."""

ON_THEIR_OWN: Final = frozenset({"serve", "worker"})
"""Commands that only begin what says itself who is at work: requests and jobs."""
_MARK: Final = "xinheng_at_work"


def commands_at_work(path: str, command: click.Command) -> None:
    """Let a command, or every command of a group, say what it is when it is called; safe to repeat."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            commands_at_work(f"{path} {name}", inner)
    elif command.callback is not None and path not in ON_THEIR_OWN and not hasattr(command.callback, _MARK):
        command.callback = _at_work(path, command.callback)
        setattr(command.callback, _MARK, True)


def _at_work(path: str, callback: Callable[..., Any]) -> Callable[..., Any]:
    reads = READING.get(path)

    @wraps(callback)
    def working(*arguments: Any, **named: Any) -> Any:
        has_thing = reads is not None and bool(reads.parameter) and bool(named.get(reads.parameter))
        aim = (
            aim_of({reads.parameter: named[reads.parameter]}, {}, kinds={reads.parameter: reads.kind})
            if reads is not None and has_thing
            else aim_of({}, {}, kinds={})
        )
        work = Work(
            door="command",
            actor=f"os:{_user()}",
            purpose=reads.purpose.value if reads is not None else "",
            case=aim.case,
            what=f"xinheng {path}",
            request=new_number(),
        )
        with reaching(reach_now(), work=work):
            if reads is None:
                return callback(*arguments, **named)
            with command_read(work=work, aim=aim):
                return callback(*arguments, **named)

    return working


def _user() -> str:
    """Return the account of the operating system, its number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
