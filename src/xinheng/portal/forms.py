"""What a reader may ask in an address; a value that makes no sense is told, never guessed."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final
from uuid import UUID

from django.http import QueryDict

from xinheng.kernel.dates import parse_date
from xinheng.portal.domain import FIRST_PAGE, ListState, Outcome, SearchState
from xinheng.subjects.domain import numbers_masked_but_codes

QUERY_LENGTH: Final = 100
GENERAL_PURPOSE: Final = "general"
_DRAWN_BYTES: Final = 16


class SearchForm:
    """Reads the address of a search. An unknown page number is the first page."""

    def __init__(self, data: QueryDict) -> None:
        self._data = data

    def state(self) -> SearchState:
        """Return what is asked, trimmed to what a search can hold."""
        page = self._data.get("page", "")
        return SearchState(
            query=self._text("q"),
            kind=self._text("kind"),
            status=self._text("status"),
            township=self._text("township"),
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) <= 3 and int(page) else FIRST_PAGE,
        )

    def record_id(self) -> UUID | None:
        """Return the record that the address names; text that is no number of a record names none."""
        try:
            return UUID(self._text("record"))
        except ValueError:
            return None

    def _text(self, name: str) -> str:
        text = str(self._data.get(name, "")).replace("\x00", "").strip()[:QUERY_LENGTH]
        # What is asked stands in the addresses of the page: no number of a person's is in any (P4).
        return numbers_masked_but_codes(text)


class ListForm:
    """Reads the address of a list: organ, first and last decision day (both inclusive), cursor."""

    def __init__(self, data: QueryDict) -> None:
        self._typed = {
            name: str(data.get(name, "")).replace("\x00", "").strip()[:QUERY_LENGTH]
            for name in ("organ", "kind", "township", "from", "to", "after", "before")
        }

    def state(self) -> ListState:
        """Return what is asked; a date that is none is left out and told by :meth:`messages`."""
        return ListState(
            organ=self._typed["organ"],
            kind=self._typed["kind"],
            township=self._typed["township"],
            start=parse_date(self._typed["from"]),
            end=parse_date(self._typed["to"]),
            after=self._typed["after"],
            before=self._typed["before"],
        )

    def as_typed(self) -> dict[str, str]:
        """Return the values for the form as they were typed."""
        return dict(self._typed)

    def messages(self) -> dict[str, str]:
        """Return what is wrong, by field, with what was expected."""
        found = {}
        for name in ("from", "to"):
            if self._typed[name] and parse_date(self._typed[name]) is None:
                found[name] = f"“{self._typed[name]}”不是日期，请写成2026-03-12这样的形式"
        start, end = self.state().start, self.state().end
        if start and end and start > end:
            found["to"] = "结束日期早于起始日期，请对调"
        return found


class VerifyForm:
    """Reads what a reader typed of a report."""

    def __init__(self, data: QueryDict) -> None:
        self._typed = {
            name: str(data.get(name, "")).replace("\x00", "").strip()[:QUERY_LENGTH] for name in ("number", "check_code")
        }
        self._sent = "check_code" in data

    def number(self) -> str:
        """Return the report number as typed."""
        return self._typed["number"]

    def check_code(self) -> str:
        """Return the check code as typed; it is never shown again."""
        return self._typed["check_code"]

    def messages(self, *, asked: Outcome) -> dict[str, str]:
        """Return what is missing, by field, after a form was sent without it."""
        if asked is not Outcome.NOT_ASKED or not self._sent:
            return {}
        missing = {"number": "请填写报告编号", "check_code": "请填写校验码"}
        return {name: words for name, words in missing.items() if not self._typed[name]}


class ReportForm:
    """Reads what a reader chose before a report is made: for what, and of whom (the full name or a code)."""

    def __init__(self, data: QueryDict) -> None:
        self._data = data

    def query(self) -> str:
        """Return what the reader came with or typed."""
        return SearchForm(self._data).state().query

    def purpose(self) -> str:
        """Return the code of the purpose; without one it is the general one."""
        return str(self._data.get("purpose", "")).replace("\x00", "").strip()[:QUERY_LENGTH] or GENERAL_PURPOSE

    def once(self) -> str:
        """Return what was drawn when the form was shown, drawn anew where the reader brought none."""
        return str(self._data.get("once", "")).replace("\x00", "")[:QUERY_LENGTH] or secrets.token_hex(_DRAWN_BYTES)

    def order(self) -> str:
        """Return the name of this order: sent twice it is one report, for another purpose another."""
        return hashlib.sha256(f"page {self.once()} {self.purpose()}".encode()).hexdigest()

    def messages(self, *, may_be_made: bool) -> dict[str, str]:
        """Return what is missing before a report can be made."""
        if may_be_made:
            return {}
        if not self.query():
            return {"q": "请填写这家个体工商户的全称或者统一社会信用代码"}
        return {"q": f"“{self.query()}”不是这家个体工商户的全称或者统一社会信用代码，请一字不差地填写"}
