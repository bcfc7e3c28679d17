"""What another law would show otherwise: the count agrees with the reasons of every single record, and nothing is written."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection, transaction
from tests.factories.drawn_county import draw_county
from tests.factories.intake_files import real_catalogue
from tests.factories.portal import TODAY

from xinheng.catalogue.domain import Catalogue, ItemDisclosure
from xinheng.publicity.selectors import decide, display_effects, displays_changed, law_current
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db


def _law(**collections):
    content = real_catalogue().content
    return law_current(Catalogue.merged([content.model_copy(update=collections)]))


def _shorter_terms():
    """Return the law with general penalties shown for six months by every regime."""
    regimes = tuple(
        regime.model_copy(
            update={
                "terms": tuple(
                    term.model_copy(update={"max_months": 6, "min_months": None}) if term.severity.value == "GENERAL" else term
                    for term in regime.terms
                )
            }
        )
        for regime in real_catalogue().regimes
    )
    return _law(regimes=regimes)


def _honours_not_public():
    items = tuple(
        item.model_copy(update={"disclosure": ItemDisclosure.SHARED}) if item.id == "honour" else item
        for item in real_catalogue().items
    )
    return _law(items=items)


def _lists_twice_as_long():
    lists = tuple(
        spec.model_copy(update={"term_months": spec.term_months * 2}) if spec.term_months else spec
        for spec in real_catalogue().list_types
    )
    return _law(list_types=lists)


def _expected(before, after, on_date):
    """Judge every record by the plain twin under both laws."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for record in CurrentRecord.objects.all():
        old, new = (decide(record=record, on_date=on_date, law=law) for law in (before, after))
        ends = [decision.term.end or date.max for decision in (old, new)]
        counts = found.setdefault((record.organ_code, record.item_id), Counter())
        counts["records"] += 1
        if old.shown != new.shown:
            counts["appear" if new.shown else "disappear"] += 1
        elif old.shown and ends[0] != ends[1]:
            counts["longer" if ends[1] > ends[0] else "shorter"] += 1
    return {key: counts for key, counts in found.items() if sum(counts.values()) > counts["records"]}


def _told(effects):
    names = ("records", "appear", "disappear", "longer", "shorter")
    return {
        (effect.organ_code, effect.item_id): Counter({name: getattr(effect, name) for name in names if getattr(effect, name)})
        for effect in effects
    }


@pytest.mark.parametrize("change", [_shorter_terms, _honours_not_public, _lists_twice_as_long])
@pytest.mark.parametrize("days", [TODAY, date(2027, 6, 1)])
def test_the_counts_agree_with_every_records_reasons(change, days):
    draw_county(80, seed=5)
    before, after = law_current(), change()
    expected = _expected(before, after, days)
    assert _told(display_effects(before=before, after=after, on_date=days)) == expected
    assert _told(display_effects(before=after, after=before, on_date=days)) == _expected(after, before, days)
    if days == TODAY:
        assert expected, "the change must change something, or this proves nothing"


def test_the_same_law_changes_nothing_and_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert display_effects(before=law_current(), after=law_current(), on_date=TODAY) == ()


def test_nothing_is_written():
    draw_county(20, seed=6)
    law = _shorter_terms()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")  # the server refuses whatever would write
        effects = display_effects(before=law_current(), after=law, on_date=TODAY)
        assert effects
        for effect in effects:
            displays_changed(
                before=law_current(),
                after=law,
                on_date=TODAY,
                organ_code=effect.organ_code,
                item_id=effect.item_id,
                limit=5,
            )
        transaction.set_rollback(True)  # the setting goes with the savepoint


def test_records_are_listed_only_where_they_are_public_and_no_sole_traders():
    county = draw_county(80, seed=5)
    before, after = law_current(), _shorter_terms()
    (effect,) = [e for e in display_effects(before=before, after=after, on_date=TODAY) if e.item_id == "administrative_penalty"]
    listed = displays_changed(
        before=before, after=after, on_date=TODAY, organ_code=effect.organ_code, item_id=effect.item_id, limit=500
    )
    assert listed
    assert len(listed) < effect.changed, "sole traders' are counted, not listed"
    for changed in listed:
        record = CurrentRecord.objects.get(pk=changed.record_id)
        assert not county.records[changed.record_id].organisation.is_sole_trader
        old, new = (decide(record=record, on_date=TODAY, law=law) for law in (before, after))
        assert old.shown
        assert (changed.before, changed.is_shown_after) == (old.term.end, new.shown)
        if new.shown:
            assert changed.after == new.term.end
