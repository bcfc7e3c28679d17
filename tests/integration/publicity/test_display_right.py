"""The one selector of the right to display: day by day, mark by mark, list by list."""

from datetime import date, timedelta

import pytest
from tests.factories.displays import make_record, organ_code
from tests.factories.records import make_subject

from xinheng.catalogue.domain import Catalogue, ItemDisclosure, ListNature
from xinheng.publicity.selectors import law_current
from xinheng.publicity.selectors.displays import displays, in_list_order, is_sole_traders, without_sole_traders
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
PENALTY, LICENCE, LISTED = "administrative_penalty", "administrative_licence", "serious_list_entry"
DECIDED = date(2026, 3, 12)
UNKNOWN_ORGAN = "11500236MB演示9999"


def shown(on_date=TODAY, **more):
    return [record.pk for record in displays(on_date=on_date, **more)]


class TestDays:
    def test_from_the_decision_through_the_day_before_the_end(self):
        record = make_record(subject_id=make_subject(), decision_date=DECIDED)
        (found,) = displays(on_date=DECIDED)
        end = found.display_end
        assert shown(DECIDED - timedelta(days=1)) == []
        assert shown(end - timedelta(days=1)) == [record.pk]
        assert shown(end) == []

    def test_every_day_is_judged_by_the_law_of_that_day(self):
        """R3 ends what R2 would show for longer, from the day it is in force and not before."""
        record = make_record(
            subject_id=make_subject(),
            organ_code=organ_code("应急"),
            decision_date=date(2025, 1, 10),
            display_from=date(2025, 1, 10),
        )
        before, after = date(2026, 3, 31), date(2026, 4, 1)
        assert shown(after) == []
        assert shown(before) == [record.pk]
        assert shown(after) == []
        assert displays(on_date=before)[0].display_end == date(2028, 1, 10)

    def test_more_days_than_are_kept(self):
        record = make_record(subject_id=make_subject(), decision_date=DECIDED)
        for number in range(12):
            assert shown(TODAY + timedelta(days=number)) == [record.pk]
        assert shown(DECIDED - timedelta(days=1)) == []


class TestKnown:
    def test_items_asked_for(self):
        penalty = make_record(subject_id=make_subject())
        licence = make_record(item_id=LICENCE, subject_id=make_subject(), document_no="演示2号", valid_to=date(2099, 12, 31))
        assert set(shown()) == {penalty.pk, licence.pk}
        assert shown(item_ids=[PENALTY]) == [penalty.pk]
        assert shown(item_ids=[LICENCE, "没有的信息项"]) == [licence.pk]
        assert shown(item_ids=[]) == []

    @pytest.mark.parametrize(
        ("item_id", "row", "is_shown"),
        [
            (PENALTY, {"organ_code": UNKNOWN_ORGAN}, False),
            (PENALTY, {"penalty_mask": 0}, False),
            (PENALTY, {"penalty_mask": 1}, True),
            (LISTED, {"organ_code": UNKNOWN_ORGAN, "list_type": "B01"}, False),
            (LISTED, {"list_type": "B01"}, True),
            (LICENCE, {"organ_code": UNKNOWN_ORGAN}, True),
            (LICENCE, {"penalty_mask": 0}, True),
            (LICENCE, {"on_the_spot": True}, False),
        ],
    )
    def test_what_must_be_known(self, item_id, row, is_shown):
        make_record(item_id=item_id, subject_id=make_subject(), **row)
        assert bool(shown()) is is_shown

    @pytest.mark.parametrize("change", [{"disclosure": ItemDisclosure.SHARED}, {"nature": ListNature.WATCH}])
    def test_a_list_that_is_not_for_the_public(self, change):
        law = law_current()
        entry = make_record(item_id=LISTED, subject_id=make_subject(), list_type="B01")
        other = make_record(item_id=LISTED, subject_id=make_subject(), list_type="B03", document_no="演示2号")
        penalty = make_record(subject_id=make_subject(), document_no="演示3号")
        lists = tuple(spec.model_copy(update=change) if spec.id == "B01" else spec for spec in law.catalogue.list_types)
        closed = law_current(Catalogue.merged([law.catalogue.content.model_copy(update={"list_types": lists})]))
        assert set(shown(law=law)) == {entry.pk, other.pk, penalty.pk}
        assert set(shown(law=closed)) == {other.pk, penalty.pk}

    def test_another_law_answers_for_itself(self):
        law = law_current()
        make_record(item_id=LISTED, subject_id=make_subject(), list_type="B01")
        lists = tuple(
            spec.model_copy(update={"term_months": 1}) if spec.id == "B01" else spec for spec in law.catalogue.list_types
        )
        short = law_current(Catalogue.merged([law.catalogue.content.model_copy(update={"list_types": lists})]))
        assert len(shown(law=law)) == 1
        assert shown(law=short) == []


class TestOrder:
    def test_newest_decision_first_and_of_one_day_by_the_record_s_number(self):
        made = [
            make_record(subject_id=make_subject(), document_no=f"演示{n}号", decision_date=decided)
            for n, decided in enumerate([DECIDED, DECIDED + timedelta(days=1), DECIDED])
        ]
        newest = [record.pk for record in sorted(made, key=lambda record: (record.decision_date, record.pk), reverse=True)]
        assert newest[0] == made[1].pk
        assert shown() == newest
        every = CurrentRecord.objects.all()
        assert [record.pk for record in in_list_order(records=every, newest_first=True)] == newest
        assert [record.pk for record in in_list_order(records=every, newest_first=False)] == newest[::-1]

    def test_asks_once_also_for_a_merged_subject(self, django_assert_num_queries):
        survivor = make_subject(name="演示合并有限公司")
        make_record(subject_id=make_subject(name="演示被并有限公司", merged_into_id=survivor))
        law = law_current()
        with django_assert_num_queries(1):
            (record,) = displays(on_date=TODAY, law=law)
            assert record.subject.merged_into.name == "演示合并有限公司"


class TestSoleTraders:
    @pytest.mark.parametrize(
        ("reported", "kind", "merged_kind", "is_one"),
        [
            (True, "ENTERPRISE", None, True),
            (False, "SOLE_TRADER", None, True),
            (False, "ENTERPRISE", "SOLE_TRADER", True),
            (False, "ENTERPRISE", "ENTERPRISE", False),
            (False, "ENTERPRISE", None, False),
        ],
    )
    def test_by_the_report_or_the_register_as_it_is_now(self, reported, kind, merged_kind, is_one):
        into = None if merged_kind is None else make_subject(name="演示并入者", kind=merged_kind)
        subject = make_subject(kind=kind, merged_into_id=into)
        make_record(subject_id=subject, is_sole_trader=reported)
        make_record(
            item_id=LICENCE, subject_id=subject, is_sole_trader=reported, document_no="演示2号", valid_to=date(2099, 12, 31)
        )
        law = law_current()
        left = without_sole_traders(records=displays(on_date=TODAY, law=law), law=law)
        assert {record.item_id for record in left} == ({LICENCE} if is_one else {LICENCE, PENALTY})
        assert {is_sole_traders(record=record) for record in displays(on_date=TODAY)} == {is_one}


def test_an_organ_of_the_catalogue_is_known():
    assert organ_code() in law_current().organ_codes
