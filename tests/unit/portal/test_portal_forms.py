"""Addresses are read strictly: what makes no sense is told or ignored, never guessed."""

import pytest
from django.http import QueryDict

from xinheng.portal.forms import ListForm, SearchForm


@pytest.mark.parametrize(
    ("typed", "page"), [("", 1), ("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("999999", 1), ("２", 1), ("2\x00", 1)]
)
def test_unknown_page_is_the_first(typed, page):
    query = QueryDict(mutable=True)
    query["page"] = typed
    assert SearchForm(query).state().page == page


def test_search_text_is_trimmed_and_bounded():
    query = QueryDict(mutable=True)
    query["q"] = "  云帆\x00 " + "长" * 500
    assert SearchForm(query).state().query.startswith("云帆")
    assert len(SearchForm(query).state().query) == 100


def test_dates_are_kept_as_typed_and_told_when_wrong():
    form = ListForm(QueryDict("from=2026-13-01&to=2026年3月2日"))
    assert form.state().start is None
    assert str(form.state().end) == "2026-03-02"
    assert form.as_typed()["from"] == "2026-13-01"
    assert "不是日期" in form.messages()["from"]
    assert "to" not in form.messages()


def test_dates_in_the_wrong_order_are_told():
    assert "请对调" in ListForm(QueryDict("from=2026-03-02&to=2026-03-01")).messages()["to"]
