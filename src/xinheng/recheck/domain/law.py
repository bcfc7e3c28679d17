"""The law of display as the catalogue's YAML files have it, read and judged a second time.

Written from the files and docs/standards.md, not from ``rules``: the two must come to the same, and only tests compare them.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

_LONG_TERM = date(2099, 12, 31)
_NEVER, _ALWAYS = date.min, date.max
_LEFT_OUT = frozenset({"_cases", "_schema"})
_OTHER_KIND = "99"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a current record says that its display depends on. Amounts in fen, days in Asia/Shanghai."""

    seq: int
    record_id: str
    item_id: str
    organ_code: str
    catalogue_hash: str
    legal_basis: str
    decision_date: date
    valid_to: date | None
    display_from: date | None
    statutory_until: date | None
    list_type: str | None
    penalty_mask: int
    fine_fen: int | None
    on_the_spot: bool
    withdrawn: bool
    held: bool
    revoked_date: date | None
    repaired_date: date | None
    delisted_date: date | None
    disputed_until: date | None
    fields: Mapping[str, Any]
    of_sole_trader: bool


@dataclass(frozen=True, slots=True)
class Law:
    """The entries of the catalogue that decide displays, by their ids."""

    items: Mapping[str, Entry]
    clocks: Mapping[str, Entry]
    regimes: Sequence[Entry]
    lists: Mapping[str, Entry]
    organs: Mapping[str, frozenset[str]]
    instruments: Mapping[str, Entry]
    public_words: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def shown_until(self, row: Row, on_date: date) -> date | None:
        """Return the first day on which the record is no longer shown, as read on ``on_date``; ``None``: it is not shown now."""
        if not self._is_public(row, on_date) or _is_marked(row, on_date):
            return None
        end = self._end(row, on_date)
        return end if end > on_date else None

    def is_found_without_a_code(self, row: Row) -> bool:
        """Return whether doors that answer for no full name or code may tell it: what speaks against sole traders is not (P2)."""
        return not (row.of_sole_trader and self.items[row.item_id].get("adverse"))

    def is_adverse(self, row: Row) -> bool:
        """Return whether the record speaks against its subject."""
        item = self.items.get(row.item_id)
        return bool(item and item.get("adverse"))

    def has_basis(self, row: Row, *, of_then: "Law | None") -> bool:
        """Return whether the basis on the record names an instrument of its item that was in force on its decision date.

        ``of_then`` is the catalogue under which the record entered, where that is another one and is kept.
        """
        law = of_then or self
        item = law.items.get(row.item_id)
        named = [law.instruments.get(one["instrument"], {}) for one in item["basis"]] if item else []
        return any(
            one.get("in_force") and _in_force(one, row.decision_date) and f"《{one['title']}》" in row.legal_basis
            for one in named
        )

    def _is_public(self, row: Row, on_date: date) -> bool:
        item = self.items.get(row.item_id)
        if item is None or item["disclosure"] != "PUBLIC" or item["kind"] == "ACT" or row.decision_date > on_date:
            return False
        if item.get("adverse") and row.organ_code not in self.organs:
            return False
        if item["kind"] == "PENALTY" and not row.penalty_mask:
            return False
        listed = self.lists.get(row.list_type or "")
        if listed is not None and (listed["disclosure"] != "PUBLIC" or listed["nature"] == "WATCH"):
            return False
        name, words = self.public_words.get(row.item_id, ("", frozenset()))
        return not name or row.fields.get(name) in words

    def _end(self, row: Row, on_date: date) -> date:
        item = self.items[row.item_id]
        versions = [one for one in self.clocks[item["display_clock"]]["versions"] if _touches(one, row, on_date)]
        end = min((self._end_under(one, row, on_date) for one in versions), default=_NEVER)
        return _NEVER if item.get("adverse") and end == _ALWAYS else end

    def _end_under(self, version: Entry, row: Row, on_date: date) -> date:
        match version["end_rule"]:
            case "NOT_SHOWN":
                return _NEVER
            case "LIST_TERM":
                return self._list_end(row)
            case "REGIMES":
                end = self._regimes_end(row, on_date)
            case "TERM":
                end = _later(_start(version["start"], row), version.get("amount") or 0)
            case "VALID_TO" | "VALID_TO_OR_TERM" as rule:
                end = _ALWAYS if row.valid_to is None or row.valid_to >= _LONG_TERM else row.valid_to + timedelta(days=1)
                if rule == "VALID_TO_OR_TERM" and version.get("amount"):
                    end = min(end, _later(_start(version["start"], row), version["amount"]))
            case _:
                return _NEVER
        stated = row.statutory_until
        return end if stated is None or stated >= _LONG_TERM else min(end, stated + timedelta(days=1))

    def _regimes_end(self, row: Row, on_date: date) -> date:
        sectors = self.organs.get(row.organ_code, frozenset())
        ends = [
            self._regime_end(regime, row, sectors)
            for regime in self.regimes
            if row.item_id in regime["item_ids"]
            and _touches(regime, row, on_date)
            and (not regime.get("sectors") or sectors & frozenset(regime["sectors"]))
        ]
        return min(ends, default=_NEVER)

    def _regime_end(self, regime: Entry, row: Row, sectors: frozenset[str]) -> date:
        severity = next(one["severity"] for one in regime["classes"] if _is_of_class(one, row, sectors))
        term = next(one for one in regime["terms"] if one["severity"] == severity)
        if not term.get("shown", True):
            return _NEVER
        months = term.get("max_months")
        return _ALWAYS if months is None else _later(_start(regime["clock_start"], row), months)

    def _list_end(self, row: Row) -> date:
        listed = self.lists.get(row.list_type or "")
        if listed is None or not listed.get("accepted", True) or listed.get("term_months") is None:
            return _NEVER
        if listed.get("term_stated") and row.statutory_until is None:
            return _NEVER
        end = _later(row.decision_date, listed["term_months"])
        return end if row.statutory_until is None else min(end, row.statutory_until + timedelta(days=1))


def law_read(folder: Path) -> Law:
    """Return the law that the YAML files below ``folder`` hold.

    Raises:
        OSError, yaml.YAMLError, KeyError: they cannot be read.
    """
    documents = (
        yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - both are safe loaders
        for path in sorted(folder.rglob("*.yaml"))
        if not _LEFT_OUT & set(path.relative_to(folder).parts)
    )
    return law_of(documents)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def law_of(documents: Iterable[Any]) -> Law:
    """Return the law that parsed catalogue files, or a kept catalogue, hold. Days may be days or ISO texts."""
    gathered: dict[str, list[Entry]] = {}
    for document in documents:
        for name, entries in (document or {}).items():
            if isinstance(entries, list):
                gathered.setdefault(name, []).extend(_with_days(entry) for entry in entries)
    items = {one["id"]: one for one in gathered.get("items", [])}
    code_lists = {one["id"]: one for one in gathered.get("code_lists", [])}
    return Law(
        items=items,
        clocks={one["id"]: one for one in gathered.get("clocks", [])},
        regimes=gathered.get("regimes", []),
        lists={one["id"]: one for one in gathered.get("list_types", [])},
        organs={one["code"]: frozenset(one.get("sectors") or ()) for one in gathered.get("organs", [])},
        instruments={one["id"]: one for one in gathered.get("instruments", [])},
        public_words={item_id: found for item_id, item in items.items() if (found := _public_words(item, code_lists))},
    )


def _public_words(item: Entry, code_lists: Mapping[str, Entry]) -> tuple[str, frozenset[str]] | None:
    """Return, where the subject says how far to disclose, the field that says so and the words that mean everybody."""
    for one in item.get("fields", ()):
        if one.get("role") == "commitment_disclosure" and one.get("code_list"):
            values = (value for value in code_lists[one["code_list"]]["values"] if value["code"] == "PUBLIC")
            words = [word for value in values for word in (value["code"], value["label"], *(value.get("aliases") or ()))]
            return one["name"], frozenset(words)
    return None


def _with_days(value: Any) -> Any:
    """Return an entry with ``in_force`` and ``until`` as days, wherever they stand in it."""
    if isinstance(value, list):
        return [_with_days(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: date.fromisoformat(one) if name in ("in_force", "until") and isinstance(one, str) else _with_days(one)
        for name, one in value.items()
    }


def _in_force(entry: Entry, day: date) -> bool:
    return entry["in_force"] <= day and (entry.get("until") is None or day <= entry["until"])


def _touches(entry: Entry, row: Row, on_date: date) -> bool:
    """Return whether an entry was in force on any day from the decision to the reading."""
    last = max(on_date, row.decision_date)
    return bool(entry["in_force"] <= last and (entry.get("until") is None or entry["until"] >= row.decision_date))


def _is_marked(row: Row, on_date: date) -> bool:
    dates = (row.revoked_date, row.repaired_date, row.delisted_date)
    unsettled = row.disputed_until is not None and row.disputed_until < on_date
    return row.withdrawn or row.held or row.on_the_spot or unsettled or any(day is not None for day in dates)


def _is_of_class(rule: Entry, row: Row, sectors: frozenset[str]) -> bool:
    some, only = rule.get("any_kinds"), rule.get("only_kinds")
    if some and not row.penalty_mask & _mask(some):
        return False
    if only and (not row.penalty_mask or row.penalty_mask & ~_mask(only)):
        return False
    if rule.get("on_the_spot") is not None and rule["on_the_spot"] != row.on_the_spot:
        return False
    if rule.get("sectors") and not sectors & frozenset(rule["sectors"]):
        return False
    least = rule.get("min_fine_fen")
    return least is None or (row.fine_fen is not None and row.fine_fen >= least)


def _mask(kinds: Iterable[str]) -> int:
    return sum(1 if kind == _OTHER_KIND else 1 << int(kind) for kind in set(kinds))


def _start(start: str, row: Row) -> date:
    return row.display_from if start == "display_from" and row.display_from is not None else row.decision_date


def _later(day: date, months: int) -> date:
    """Return the day so many months later, the month's last where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
