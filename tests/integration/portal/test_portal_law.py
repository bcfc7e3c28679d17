"""The law pages: every entry of the catalogue is readable, with its ground, confidence, history and examples."""

import re

import pytest

from xinheng.catalogue.domain import ItemKind
from xinheng.catalogue.selectors import catalogue_current, law_cases
from xinheng.portal.selectors.law import law_item
from xinheng.portal.selectors.law_entries import law_clock, law_list, law_measure

pytestmark = pytest.mark.django_db

CATALOGUE = catalogue_current()
ITEMS = [item.id for item in CATALOGUE.items if item.kind is not ItemKind.ACT]


def text_of(client, path):
    return re.sub(r"\s+", " ", client.get(path).content.decode())


def entries():
    """Return every entry of the catalogue as its page shows it."""
    return {
        **{("items", key): law_item(item_id=key) for key in ITEMS},
        **{("lists", spec.id): law_list(list_id=spec.id) for spec in CATALOGUE.list_types},
        **{("clocks", clock.id): law_clock(clock_id=clock.id) for clock in CATALOGUE.clocks},
        **{("measures", measure.id): law_measure(measure_id=measure.id) for measure in CATALOGUE.measures},
    }


def test_every_entry_has_ground_confidence_in_words_and_history():
    for key, entry in entries().items():
        assert entry.grounds, key
        assert entry.confidence.text in {"已核实", "有出处", "暂定"}, key
        assert entry.confidence_words.startswith(entry.confidence.text), key
        assert entry.versions, key
        assert all(version.period for version in entry.versions), key


def test_every_item_list_clock_of_a_deadline_and_measure_has_an_example():
    displayed_by_items = {item.display_clock for item in CATALOGUE.items}
    without = [key for key, entry in entries().items() if not entry.examples and key[1] not in displayed_by_items]
    assert without == []


def test_every_case_is_an_example_somewhere():
    pages = entries()
    shown = {example.sentence for entry in pages.values() for example in entry.examples}
    known = {identity for _, identity in pages}
    # Sheets that only change records have no page, and some cases are about what the catalogue does not have.
    assert {case.sentence for case in law_cases() if case.about & known} - shown == set()


def test_the_index_leads_to_every_entry(client):
    text = text_of(client, "/law/")
    for kind, identity in entries():
        path = f"/law/{identity}/" if kind == "items" else f"/law/{kind}/{identity}/"
        assert f'href="{path}"' in text, path
        assert client.get(path).status_code == 200, path


def test_an_example_says_what_follows_and_until_when(client):
    text = text_of(client, "/law/administrative_penalty/")
    assert "只有罚款属于一般：满三个月可申请修复，满一年自动终止公示" in text
    assert "2026年5月6日作出的决定，等级为一般，公示到2027年5月5日（含当日），2026年8月6日起可以申请修复。" in text
    assert "只有警告、通报批评的为轻微" in text
    assert "不是哪家单位的记录" in text


def test_a_deadline_tells_its_days(client):
    text = text_of(client, "/law/clocks/double_publicity_reporting/")
    assert "自作出决定之日起7个工作日" in text
    assert "2026年6月1日起算，到2026年6月10日截止" in text


def test_a_display_term_is_a_sentence(client):
    text = text_of(client, "/law/clocks/honour_display/")
    assert "有效期届满的次日停止公示，最长自作出决定之日起60个月。" in text


def test_a_list_without_sufficient_ground_says_that_it_is_refused(client):
    text = text_of(client, "/law/lists/B11/")
    assert "本平台现在不收这份名单" in text
    assert "依据只查到规范性文件" in text


def test_a_measure_says_that_no_software_carries_it_out(client):
    text = text_of(client, "/law/measures/M01/")
    assert "不自动执行任何措施" in text
    assert "第七十八条" in text
    assert "期限12个月" in text
    assert 'href="/law/lists/B01/"' in text


@pytest.mark.parametrize("path", ["/law/lists/B15/", "/law/clocks/no_such_clock/", "/law/measures/M02/", "/law/lists/"])
def test_what_is_not_in_the_catalogue_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_no_machine_words_leak_into_the_pages(client):
    for kind, identity in entries():
        path = f"/law/{identity}/" if kind == "items" else f"/law/{kind}/{identity}/"
        text = re.sub(r'<(code|span class="code")>[^<]*<|<[^>]*>', " ", client.get(path).content.decode())
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), (path, re.search(r"\b[a-z]+_[a-z_]+\b", text))
