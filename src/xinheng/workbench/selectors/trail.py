"""The trail as the auditor reads it: who read or changed what, newest first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from xinheng.accounts.domain import ROLE_LABELS, Role
from xinheng.accounts.selectors import names_of_signatures, signature_of
from xinheng.audit import selectors as trail
from xinheng.audit.domain import DOOR_LABELS, Kept, TrailQuery, place_read, place_written
from xinheng.audit.models import Change, Read
from xinheng.portal.domain import Tag, Tone
from xinheng.workbench.selectors.organs import organ_name
from xinheng.workbench.selectors.page_words import case_text, done_text, table_text

PAGE: Final = 50
DAYS: Final = 30
_SIGNATURE: Final = re.compile(r"(account|client):\d+|os:[\w.-]+|system")
_NOBODY: Final = "account:0"
_DIGEST_SHOWN: Final = 12
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One entry on the page: when, who in which post, what for, what, from where."""

    at: datetime
    who: str
    post: str
    purpose: str
    case: str
    what: str
    detail: str
    tag: Tag
    address: str
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """A page of entries; ``older`` goes on back in time, ``files`` are the same filters as files."""

    lines: tuple[TrailLine, ...]
    older: str
    is_first: bool
    filters: str


def trail_query(asked: Mapping[str, str], *, today: date) -> TrailQuery:
    """Return what an address asks for; what it writes wrongly is as if it were not there."""
    last = _day(asked.get("to", "")) or today
    first = _day(asked.get("from", "")) or last - timedelta(days=DAYS)
    kept = Kept.CHANGES if asked.get("kind") == Kept.CHANGES else Kept.READS
    return TrailQuery(
        kept=kept,
        first_day=min(first, last),
        last_day=last,
        actor=_signature(_text(asked, "actor")),
        organ=_text(asked, "organ"),
        purpose=_text(asked, "purpose"),
        what=_text(asked, "what"),
        target=_text(asked, "object"),
        request=_text(asked, "request"),
        unconfirmed=kept is Kept.READS and asked.get("unconfirmed") == "1",
        before=place_read(asked.get("before", "")),
    )


def trail_page(asked: Mapping[str, str], *, today: date) -> TrailPage:
    """Return one page of the trail. Four queries at most, however long the trail."""
    query = trail_query(asked, today=today)
    found, last = trail.trail_search(query, limit=PAGE)
    names = names_of_signatures(signatures={entry.actor for entry in found})
    filters = {name: value for name, value in asked.items() if value and name != "before"}
    return TrailPage(
        lines=tuple(_read(entry, names) if isinstance(entry, Read) else _change(entry, names) for entry in found),
        older=urlencode(filters | {"before": place_written(last)}) if last is not None else "",
        is_first=query.before is None,
        filters=urlencode(filters),
    )


def trail_lines(asked: Mapping[str, str], *, today: date) -> tuple[Kept, Iterator[list[str]]]:
    """Return which trail an address asks for and its entries as lines of a file, newest first, without holding them all."""
    query = trail_query(asked, today=today)
    rows = trail.read_rows(query) if query.kept is Kept.READS else trail.change_rows(query)
    return query.kept, (trail.line_of(entry) for entry in trail.streamed(rows))


def _read(entry: Read, names: Mapping[str, str]) -> TrailLine:
    told = trail.sent_text(entry)
    return TrailLine(
        **_about(entry, names),
        what=done_text(entry.what),
        detail="；".join(part for part in (f"{entry.what} {entry.method}".strip(), trail.asked_text(entry.asked)) if part),
        tag=Tag(told, Tone.DONE if getattr(entry, "was_sent", False) else Tone.ATTENTION),
    )


def _change(entry: Change, names: Mapping[str, str]) -> TrailLine:
    keys = entry.first_key if entry.row_count <= 1 else f"{entry.first_key}至{entry.last_key}，共{entry.row_count:,}行"
    parts = [entry.table_name, f"主键{keys}" if keys else "", trail.shown_text(entry)]
    if entry.columns:
        parts.append("改动：" + "、".join(entry.columns))
    if entry.after_sha256:
        parts.append(f"改动后校验值{bytes(entry.after_sha256).hex()[:_DIGEST_SHOWN]}…")
    return TrailLine(
        **_about(entry, names),
        what="，".join(part for part in (table_text(entry.table_name), entry.what and f"见于{done_text(entry.what)}") if part),
        detail="；".join(part for part in parts if part),
        tag=Tag(trail.operation_text(entry)),
    )


def _about(entry: Read | Change, names: Mapping[str, str]) -> dict[str, Any]:
    labels = {role.value: label for role, label in ROLE_LABELS.items()}
    organs = "、".join(organ_name(code) for code in entry.organ_codes.split(",") if code)
    roles = "、".join(labels[role] for role in entry.roles.split(",") if role in Role.__members__)
    return {
        "at": entry.at,
        "who": trail.actor_text(entry.actor, names),
        "post": f"{organs} {roles}".strip(),
        "purpose": trail.purpose_text(entry.purpose),
        "case": case_text(entry.case_no),
        "address": entry.address or DOOR_LABELS.get(entry.door, "平台以外"),
        "request": entry.request_id,
    }


def _signature(text: str) -> str:
    """Return the signature of whom a filter names by login name or by the signature itself; of nobody where it names nobody."""
    if not text or _SIGNATURE.fullmatch(text):
        return text
    return signature_of(login_name=text) or _NOBODY


def _text(asked: Mapping[str, str], name: str) -> str:
    """Return a filter as it can be looked for: short, without what the server takes for no text."""
    return asked.get(name, "").replace("\x00", "").strip()[:_LONGEST]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
