"""One form each for dates and codes."""

from datetime import date

from xinheng.portal.templatetags.portal_text import code_groups, day, table_day


def test_day_is_written_for_people_and_machines():
    assert day(date(2026, 3, 2)) == '<time datetime="2026-03-02">2026年3月2日</time>'
    assert table_day(date(2026, 3, 2)) == '<time datetime="2026-03-02">2026-03-02</time>'
    assert day(None) == table_day(None) == ""


def test_code_is_grouped_without_changing_the_copied_text():
    html = code_groups("91500236MA5UXXXX12")
    assert html.count("<span>") == 5
    assert "".join(part.split("<")[0] for part in html.split(">")) == "91500236MA5UXXXX12"


def test_other_codes_are_not_grouped_and_always_escaped():
    assert code_groups("<b>1") == '<span class="code">&lt;b&gt;1</span>'
