"""The one public view: the SQL that selects and the reasons that explain say the same; what is unknown is not shown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event as Signal

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.displays import make_record, organ_code
from tests.factories.records import NOW, make_subject

from xinheng.adapters import clock
from xinheng.publicity import selectors
from xinheng.publicity.domain import Place
from xinheng.publicity.errors import PlaceNotRead
from xinheng.publicity.selectors import ListFilter, counts, law_current
from xinheng.records import services
from xinheng.records.domain import Event
from xinheng.records.models import CurrentRecord

TODAY = date(2026, 11, 22)
ACT = {"event_date": date(2026, 5, 6), "ground": "演示依据", "actor": "officer-1", "now": NOW}
PENALTY, LICENCE = "administrative_penalty", "administrative_licence"
ALL = (PENALTY, LICENCE)


def shown(record, on_date=TODAY) -> bool:
    """Return what every door says of a record; they must agree."""
    law = law_current()
    record = CurrentRecord.objects.select_related("subject__merged_into").get(pk=record.pk)
    answers = {
        "sql": selectors.displays(on_date=on_date).filter(pk=record.pk).exists(),
        "reasons": selectors.decide(record=record, on_date=on_date, law=law).shown,
        "explain": selectors.explain(record_id=record.pk, on_date=on_date).shown,
        "one": selectors.display_get(record_id=record.pk, on_date=on_date, found_exactly=True) is not None,
        "subject": bool(selectors.displays_of_subject(subject_id=record.subject_id, on_date=on_date, found_exactly=True)),
        "list": record.pk in [r.record_id for r in selectors.display_list(item_ids=[record.item_id], on_date=on_date).records],
        "count": selectors.display_count(item_ids=[record.item_id], on_date=on_date) == 1,
        "counted": selectors.displays_counted(on_date=on_date).get(record.item_id) == 1,
        "number": bool(selectors.displays_by_document_no(text=record.document_no, on_date=on_date)),
    }
    assert len(set(answers.values())) == 1, answers
    return answers["sql"]


@pytest.mark.django_db
class TestMarks:
    def test_a_record_without_marks_is_shown_through_the_last_day(self):
        record = make_record(subject_id=make_subject())
        public = selectors.display_get(record_id=record.pk, on_date=TODAY)
        assert public.display_until is not None
        assert shown(record, public.display_until)
        assert not shown(record, public.display_until + timedelta(days=1))
        assert not shown(record, date(2026, 3, 11))

    @pytest.mark.parametrize("event", [Event.REVOKED, Event.WITHDRAWN, Event.HELD, Event.REPAIRED])
    @pytest.mark.parametrize("day", [date(2026, 5, 6), date(2030, 1, 1)])
    def test_a_mark_stops_the_display_at_once_whatever_day_it_names(self, event, day):
        record = make_record(subject_id=make_subject())
        services.mark_add(record_id=record.pk, event=event, **ACT | {"event_date": day})
        assert not shown(record)

    def test_a_list_entry_is_shown_until_it_is_removed(self):
        record = make_record(
            item_id="serious_list_entry", subject_id=make_subject(), list_type=accepted_list(), statutory_until=date(2027, 1, 1)
        )
        assert shown(record)
        services.mark_add(record_id=record.pk, event=Event.DELISTED, **ACT)
        assert not shown(record)

    def test_a_release_shows_again(self):
        record = make_record(subject_id=make_subject())
        services.record_hold(record_id=record.pk, **ACT)
        services.record_release(record_id=record.pk, **ACT)
        assert shown(record)

    def test_a_dispute_is_said_in_every_door_and_ends_the_display_when_not_settled_in_time(self):
        record = make_record(subject_id=make_subject())
        until = date(2026, 11, 27)
        services.record_dispute(record_id=record.pk, until=until, **ACT | {"event_date": date(2026, 11, 18)})
        assert shown(record, until)
        for public in [
            selectors.display_get(record_id=record.pk, on_date=TODAY),
            selectors.display_list(item_ids=[PENALTY], on_date=TODAY).records[0],
            selectors.displays_of_subject(subject_id=record.subject_id, on_date=TODAY, found_exactly=False)[0],
            selectors.displays_by_document_no(text=record.document_no, on_date=TODAY)[0],
        ]:
            assert (public.disputed_since, public.disputed_until) == (date(2026, 11, 18), until)
        assert not shown(record, until + timedelta(days=1))
        services.record_undispute(record_id=record.pk, **ACT)
        assert shown(record, until + timedelta(days=1))

    def test_a_withdrawn_submission_is_gone_from_every_door(self):
        records = [make_record(subject_id=make_subject(), document_no=f"演示{n}号") for n in range(3)]
        services.submission_withdraw(submission_id=records[0].submission_id, **ACT)
        assert [shown(record) for record in records] == [False] * 3


@pytest.mark.django_db
class TestUnknownIsNotShown:
    @pytest.mark.parametrize(
        "row",
        [
            {"on_the_spot": True},
            {"penalty_mask": 0},
            {"penalty_mask": 1 << 1},
            {"penalty_mask": (1 << 1) | (1 << 2)},
            {"organ_code": "11500236MB演示9999"},
            {"decision_date": TODAY + timedelta(days=1)},
            {"decision_date": date(1990, 1, 1)},
            {"statutory_until": TODAY - timedelta(days=1)},
        ],
    )
    def test_penalties(self, row):
        assert not shown(make_record(subject_id=make_subject(), **row))

    @pytest.mark.parametrize("row", [{"list_type": None}, {"list_type": "Z99"}])
    def test_list_entries(self, row):
        assert not shown(make_record(item_id="serious_list_entry", subject_id=make_subject(), **row))

    def test_items_that_are_not_in_the_catalogue(self):
        subject = make_subject()
        make_record(subject_id=subject)
        record = make_record(subject_id=subject, document_no="演示2号", batch={"submission_id": "FJ-2"})
        from tests.factories.records import draft, publish

        publish(draft(subject_id=subject, organ_code=organ_code(), document_no="演示3号"), item_id="家庭成员")
        unknown = CurrentRecord.objects.get(item_id="家庭成员")
        assert selectors.displays(on_date=TODAY).count() == 2
        assert not selectors.explain(record_id=unknown.pk, on_date=TODAY).shown
        assert selectors.explain(record_id=record.pk, on_date=TODAY).shown

    @pytest.mark.parametrize(
        ("said", "is_shown"), [("可向社会公开", True), ("PUBLIC", True), ("特定范围内公开", False), ("", False), (None, False)]
    )
    def test_commitments_whose_maker_did_not_agree(self, said, is_shown):
        fields = {"commitment_disclosure": said} if said is not None else {}
        record = make_record(item_id="credit_commitment", subject_id=make_subject(), fields=fields)
        assert shown(record) is is_shown


@pytest.mark.django_db
class TestSoleTraders:
    @pytest.mark.parametrize("row", [{"is_sole_trader": True}, {"is_sole_trader": False}])
    def test_adverse_records_are_found_by_full_name_or_code_only(self, row):
        kind = "ENTERPRISE" if row["is_sole_trader"] else "SOLE_TRADER"
        subject = make_subject(kind=kind, name="云帆小吃店（演示）", township="永安街道")
        record = make_record(subject_id=subject, **row)

        exact = selectors.displays_of_subject(subject_id=subject, on_date=TODAY, found_exactly=True)
        assert [public.record_id for public in exact] == [record.pk]
        assert (exact[0].is_sole_trader, exact[0].subject_township) == (True, "永安街道")
        assert selectors.display_get(record_id=record.pk, on_date=TODAY, found_exactly=True) is not None

        assert selectors.displays_of_subject(subject_id=subject, on_date=TODAY, found_exactly=False) == ()
        assert selectors.display_get(record_id=record.pk, on_date=TODAY) is None
        assert selectors.display_list(item_ids=ALL, on_date=TODAY).records == ()
        assert selectors.displays_by_document_no(text=record.document_no, on_date=TODAY) == ()
        assert selectors.display_count(item_ids=ALL, on_date=TODAY) == 0
        assert selectors.displays_counted(on_date=TODAY)[PENALTY] == 0

    def test_licences_are_shown_like_anyones(self):
        subject = make_subject(kind="SOLE_TRADER", name="云帆小吃店（演示）")
        record = make_record(item_id=LICENCE, subject_id=subject, is_sole_trader=True, valid_to=date(2099, 12, 31))
        assert shown(record)


@pytest.mark.django_db
class TestLists:
    def test_pages_go_forth_and_back_by_place(self, django_assert_num_queries):
        subject = make_subject()
        made = [
            make_record(
                item_id=LICENCE, subject_id=subject, document_no=f"演示{n}号", decision_date=date(2026, 6, 1 + n // 3),
                valid_to=date(2099, 12, 31),
            )
            for n in range(11)
        ]  # fmt: skip
        expected = [r.pk for r in sorted(made, key=lambda r: (r.decision_date, r.pk), reverse=True)]
        law = law_current()

        seen, place, pages = [], None, []
        while True:
            with django_assert_num_queries(2):
                page = selectors.display_list(item_ids=[LICENCE], on_date=TODAY, after=place, limit=4, law=law)
            pages.append([r.record_id for r in page.records])
            seen += pages[-1]
            if page.older is None:
                break
            assert Place.read(page.older.text) == page.older
            place = page.older
        assert seen == expected
        assert (len(pages), page.newer is not None) == (3, True)

        back = selectors.display_list(item_ids=[LICENCE], on_date=TODAY, before=page.newer, limit=4)
        assert [r.record_id for r in back.records] == pages[1]
        first = selectors.display_list(item_ids=[LICENCE], on_date=TODAY, before=back.newer, limit=4)
        assert [r.record_id for r in first.records] == pages[0]
        assert first.newer is None

    def test_filters_narrow(self):
        one = make_record(item_id=LICENCE, subject_id=make_subject(township="永安街道"), fields={"licence_category": "普通"})
        narrow = ListFilter(
            organ_code=one.organ_code, township="永安街道", licence_categories=("普通",), decided_from=date(2026, 3, 12)
        )
        assert selectors.display_count(item_ids=[LICENCE], on_date=TODAY, narrow=narrow) == 1
        for other in [
            ListFilter(organ_code="x"), ListFilter(township="夔州街道"), ListFilter(licence_categories=("特许",)),
            ListFilter(decided_from=date(2026, 3, 13)), ListFilter(decided_until=date(2026, 3, 11)),
        ]:  # fmt: skip
            assert selectors.display_count(item_ids=[LICENCE], on_date=TODAY, narrow=other) == 0

    def test_a_place_that_is_none_is_refused(self):
        for text in ("", "x", "20261122", "20261122-zz"):
            with pytest.raises(PlaceNotRead):
                Place.read(text)

    def test_document_numbers_by_any_writing_and_by_their_beginning(self):
        record = make_record(subject_id=make_subject())
        for text in ("奉市监处罚（2026）演示 15号", "奉市监处罚〔2026〕"):
            assert [r.record_id for r in selectors.displays_by_document_no(text=text, on_date=TODAY)] == [record.pk]
        for text in ("奉市", "监处罚〔2026〕", "奉%%%%", "____"):
            assert selectors.displays_by_document_no(text=text, on_date=TODAY) == ()


@pytest.mark.django_db
def test_a_merged_subjects_records_are_shown_with_the_surviving_one():
    survivor = make_subject(name="夔门云帆集团有限公司（演示）")
    merged = make_subject(name="奉节云帆食品有限公司（演示）", merged_into_id=survivor)
    record = make_record(subject_id=merged)
    found = selectors.displays_of_subject(subject_id=survivor, on_date=TODAY, found_exactly=False)
    assert [(r.record_id, r.subject_id, r.subject_name) for r in found] == [
        (record.pk, survivor, "夔门云帆集团有限公司（演示）")
    ]


@pytest.mark.django_db
def test_with_all_jobs_stopped_nothing_outlives_its_term():
    """P8: no job ends a display; moving the clock alone does."""
    for n, decided in enumerate([date(2026, 3, 12), date(2025, 12, 1), date(2024, 6, 1), date(2026, 11, 1)]):
        make_record(subject_id=make_subject(), document_no=f"演示罚{n}号", decision_date=decided)
        make_record(
            item_id=LICENCE, subject_id=make_subject(), document_no=f"演示许{n}号", decision_date=decided,
            valid_to=date(2026, 11, 25 + n),
        )  # fmt: skip
    with clock.fixed(TODAY):
        counts = []
        for days in (0, 30, 370, 800):
            clock.advance(days)
            today = clock.today()
            page = selectors.display_list(item_ids=ALL, on_date=today, limit=200)
            assert all(r.display_until is None or r.display_until >= today for r in page.records)
            counted = selectors.displays_counted(on_date=today)
            assert sum(counted.values()) == len(page.records) == selectors.display_count(item_ids=ALL, on_date=today)
            counts.append(len(page.records))
    assert counts[0] == 7
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


def accepted_list() -> str:
    catalogue = catalogue_of()
    return next(
        s.id for s in catalogue.list_types if s.accepted and s.item_id == "serious_list_entry" and s.disclosure == "PUBLIC"
    )


def catalogue_of():
    from xinheng.catalogue.selectors import catalogue_current

    return catalogue_current()


days = st.dates(date(2018, 1, 1), date(2028, 12, 31))
marks = st.lists(
    st.tuples(
        st.sampled_from([Event.REVOKED, Event.WITHDRAWN, Event.HELD, Event.RELEASED, Event.REPAIRED, Event.DISPUTED,
                         Event.DISPUTE_ENDED, Event.REINSTATED]),
        days,
    ),
    max_size=2,
)  # fmt: skip


class TestSqlAndReasonsAgree(TestCase):
    @settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
    @given(
        item_id=st.sampled_from(
            [
                PENALTY,
                PENALTY,
                LICENCE,
                "serious_list_entry",
                "abnormal_list_entry",
                "honour",
                "credit_commitment",
                "revocation",
            ]
        ),
        row=st.fixed_dictionaries(
            {
                "decision_date": days,
                "display_from": st.none() | days,
                "valid_to": st.none() | days | st.just(date(2099, 12, 31)),
                "statutory_until": st.none() | days,
                "list_type": st.none() | st.sampled_from(["B01", "B02", "B03", "B05", "B10", "Z99"]),
                "penalty_mask": st.sampled_from([0, *[1 << k for k in range(14)], 10]),
                "on_the_spot": st.sampled_from([False, False, True]),
                "is_sole_trader": st.booleans(),
                "fields": st.sampled_from([{}, {"commitment_disclosure": "可向社会公开"}]),
            }
        ),
        known_organ=st.sampled_from([True, True, False]),
        events=marks,
        on_date=days,
    )
    def test_for_any_record_and_day(self, item_id, row, known_organ, events, on_date):
        with transaction.atomic():
            organ = organ_code() if known_organ else "11500236MB演示9999"
            record = make_record(item_id=item_id, subject_id=make_subject(), organ_code=organ, **row)
            for event, day in events:
                if event is not Event.REPAIRED or record.item_kind in {"PENALTY", "LIST_ENTRY"}:
                    services.mark_add(
                        record_id=record.pk,
                        event=event,
                        until=day + timedelta(days=28),
                        takes_back=Event.REVOKED if event is Event.REINSTATED else None,
                        **ACT | {"event_date": day},
                    )
            record = CurrentRecord.objects.select_related("subject__merged_into").get(pk=record.pk)
            law = law_current()
            decision = selectors.decide(record=record, on_date=on_date, law=law)
            found = selectors.displays(on_date=on_date).filter(pk=record.pk).first()
            assert (found is not None) is decision.shown
            if found is not None and decision.end is not None:
                assert found.display_end == decision.end
            transaction.set_rollback(True)


@pytest.mark.django_db
class TestCounts:
    """A count is remembered while nothing has changed, and never longer."""

    def test_the_second_asking_reads_only_whether_anything_changed(self, django_assert_max_num_queries):
        make_record(subject_id=make_subject())
        day = date(2026, 4, 1)
        first = selectors.displays_counted(on_date=day)
        with django_assert_max_num_queries(1):
            assert selectors.displays_counted(on_date=day) == first
        assert first["administrative_penalty"] == 1

    def test_a_new_record_a_mark_and_the_next_day_are_counted(self):
        subject = make_subject()
        record = make_record(subject_id=subject)
        items, day = ["administrative_penalty"], date(2026, 4, 1)
        assert selectors.display_count(item_ids=items, on_date=day) == 1
        make_record(subject_id=subject, document_no="奉市监处罚〔2026〕演示16号")
        assert selectors.display_count(item_ids=items, on_date=day) == 2
        services.record_hold(record_id=record.record_id, event_date=day, ground="演示", actor="test", now=NOW)
        assert selectors.display_count(item_ids=items, on_date=day) == 1
        assert selectors.display_count(item_ids=items, on_date=date(2027, 3, 12)) == 0


def test_what_several_ask_for_at_once_is_counted_once(fresh_database, django_db_blocker, monkeypatch):
    """The second reader waits for the first one's count and does not count as well."""
    begun, asked = Signal(), []

    def watched(*asked_for):
        asked.append(asked_for)
        begun.set()
        assert waiting.wait(30), "nobody else asks"
        return CurrentRecord.objects.none()

    waiting = Signal()
    wait = counts._count.cache_condition.wait

    def second_waits(*more):
        waiting.set()
        return wait(*more)

    monkeypatch.setattr(counts._count.cache_condition, "wait", second_waits)
    monkeypatch.setattr(counts, "_listed", watched)
    monkeypatch.setattr(counts, "_state", lambda law: f"{fresh_database} {law.catalogue.hash}")

    def reader() -> int:
        with django_db_blocker.unblock():
            try:
                return selectors.display_count(item_ids=ALL, on_date=TODAY)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(reader)
        assert begun.wait(30)
        second = pool.submit(reader)
        assert (first.result(30), second.result(30)) == (0, 0)
    assert len(asked) == 1
