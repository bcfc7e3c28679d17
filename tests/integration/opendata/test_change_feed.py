"""snapshot(a) + changes(a→b) = snapshot(b), whatever happens in between; of what ended only its number is told (P8)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.displays import make_record, organ_code
from tests.factories.opendata import apply_changes, as_row
from tests.factories.records import NOW, make_subject

from xinheng.opendata.domain import Cursor
from xinheng.opendata.errors import CursorGone, CursorNotRead
from xinheng.opendata.selectors import changes_after, feed_place
from xinheng.publicity.selectors import DisplayLaw, displays, displays_in_bulk, law_current, without_sole_traders
from xinheng.records import services
from xinheng.records.domain import Event
from xinheng.subjects.models import RegisterImport, Subject

TODAY = date(2026, 3, 20)
PENALTY, LICENCE = "administrative_penalty", "administrative_licence"
ACT = {"ground": "演示依据", "actor": "officer-1", "now": NOW}


def everything(on_date):
    rows = {}
    displays_in_bulk(on_date=on_date, write=lambda frame: rows.update({row["id"]: row for row in frame.iter_rows(named=True)}))
    return rows


def on_display(on_date):
    """Return the ids of what public lists show."""
    law = law_current()
    found = without_sole_traders(records=displays(on_date=on_date, law=law), law=law)
    return {str(record_id) for record_id in found.values_list("record_id", flat=True)}


def changes(after, on_date):
    page = changes_after(after=after, on_date=on_date, limit=1000)
    assert not page.more
    return {str(change.record_id): change.record is not None for change in page.changes}


def import_register(**values):
    batch = RegisterImport.objects.create(file_name="演示", file_sha256="0" * 64, actor="officer-1", at=NOW)
    subject = values.pop("subject")
    Subject.objects.filter(pk=subject).update(last_import=batch, **values)


@pytest.mark.django_db
class TestWhatIsTold:
    def test_nothing_happened_nothing_is_told(self):
        make_record(subject_id=make_subject())
        assert changes(feed_place(on_date=TODAY), TODAY) == {}

    def test_a_display_that_ends_by_the_passing_of_days_is_told_as_a_number_only(self):
        record = make_record(subject_id=make_subject(), statutory_until=TODAY)
        place = feed_place(on_date=TODAY)
        assert changes(place, TODAY) == {}
        page = changes_after(after=place, on_date=TODAY + timedelta(days=1), limit=10)
        (change,) = page.changes
        assert (change.record_id, change.record) == (record.pk, None)
        assert changes(page.next, TODAY + timedelta(days=1)) == {}

    @pytest.mark.parametrize("event", [Event.HELD, Event.WITHDRAWN, Event.REVOKED, Event.REPAIRED])
    def test_marks_remove(self, event):
        record = make_record(subject_id=make_subject())
        place = feed_place(on_date=TODAY)
        services.mark_add(record_id=record.pk, event=event, event_date=TODAY, **ACT)
        assert changes(place, TODAY) == {str(record.pk): False}

    def test_a_dispute_is_told_with_the_record_and_its_end_removes(self):
        record = make_record(subject_id=make_subject())
        place = feed_place(on_date=TODAY)
        services.record_dispute(record_id=record.pk, event_date=TODAY, until=TODAY + timedelta(days=3), **ACT)
        page = changes_after(after=place, on_date=TODAY, limit=10)
        assert page.changes[0].record.disputed_until == TODAY + timedelta(days=3)
        assert changes(page.next, TODAY + timedelta(days=3)) == {}
        assert changes(page.next, TODAY + timedelta(days=4)) == {str(record.pk): False}

    def test_of_what_was_never_on_display_nothing_is_told(self):
        place = feed_place(on_date=TODAY)
        make_record(subject_id=make_subject(), on_the_spot=True)
        make_record(subject_id=make_subject(), document_no="演示2号", penalty_mask=0)
        trader = make_subject(kind="SOLE_TRADER", name="云帆小吃店（演示）")
        fined = make_record(subject_id=trader, document_no="演示3号", is_sole_trader=True)
        services.record_hold(record_id=fined.pk, event_date=TODAY, **ACT)
        assert changes(place, TODAY + timedelta(days=400)) == {}

    def test_who_becomes_a_sole_trader_is_removed(self):
        subject = make_subject()
        fined, licence = (
            make_record(subject_id=subject),
            make_record(item_id=LICENCE, subject_id=subject, document_no="演示2号"),
        )
        place = feed_place(on_date=TODAY)
        import_register(subject=subject, kind="SOLE_TRADER")
        assert changes(place, TODAY) == {str(fined.pk): False, str(licence.pk): True}

    def test_what_was_matched_before_the_register_said_sole_trader_and_published_after_it_is_never_told(self):
        subject = make_subject()
        held = make_record(subject_id=subject)
        services.record_hold(record_id=held.pk, event_date=TODAY, **ACT)
        place = feed_place(on_date=TODAY)
        import_register(subject=subject, kind="SOLE_TRADER")
        late = make_record(subject_id=subject, document_no="演示2号")
        assert changes(place, TODAY) == {}
        services.mark_add(record_id=late.pk, event=Event.WITHDRAWN, event_date=TODAY, **ACT)
        services.mark_add(record_id=held.pk, event=Event.RELEASED, event_date=TODAY, **ACT)
        assert changes(place, TODAY) == {}

    def test_a_new_name_is_told_with_every_record(self):
        subject = make_subject()
        record = make_record(subject_id=subject)
        place = feed_place(on_date=TODAY)
        import_register(subject=subject, name="夔门云帆新名（演示）有限公司")
        page = changes_after(after=place, on_date=TODAY, limit=10)
        assert [(one.record_id, one.record.subject_name) for one in page.changes] == [
            (record.pk, "夔门云帆新名（演示）有限公司")
        ]


@pytest.mark.django_db
class TestPlaces:
    def test_a_place_of_another_epoch_is_gone(self):
        make_record(subject_id=make_subject())
        place = feed_place(on_date=TODAY)
        for other in (
            Cursor(seq=place.seq, day=place.day, register=place.register, epoch="0" * 12),
            Cursor(seq=place.seq + 1, day=place.day, register=place.register, epoch=place.epoch),
            Cursor(seq=place.seq, day=place.day + timedelta(days=1), register=place.register, epoch=place.epoch),
            Cursor(seq=place.seq, day=place.day, register=place.register + 1, epoch=place.epoch),
        ):
            with pytest.raises(CursorGone):
                changes_after(after=other, on_date=TODAY, limit=10)

    def test_another_law_is_another_epoch(self):
        law = law_current()
        other = DisplayLaw(catalogue=SimpleNamespace(hash="other"), book=law.book)
        assert feed_place(on_date=TODAY, law=other).epoch != feed_place(on_date=TODAY, law=law).epoch

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "1.20261122.0",
            "1.20261122.0.0123456789ab.20261122.0",
            "１.20261122.0.0123456789ab",
        ],
    )
    def test_what_is_no_place_is_refused(self, text):
        with pytest.raises(CursorNotRead):
            Cursor.read(text)

    @pytest.mark.parametrize("day", ["20261322", "20260229", "00000101"])
    def test_a_day_that_never_was_is_no_place_to_go_on_from(self, day):
        with pytest.raises(CursorGone):
            Cursor.read(f"1.{day}.0.0123456789ab")

    @given(
        seq=st.integers(0, 10**12), day=st.dates(date(2000, 1, 1)), register=st.integers(0, 10**9),
        middle=st.none() | st.tuples(st.dates(date(2000, 1, 1)), st.integers(0, 10**9), st.integers(0, 10**12)),
    )  # fmt: skip
    def test_places_are_read_as_written(self, seq, day, register, middle):
        more = dict(zip(("until_day", "until_register", "told"), middle, strict=True)) if middle else {}
        place = Cursor(seq=seq, day=day, register=register, epoch="0123456789ab", **more)
        assert Cursor.read(place.text) == place


steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from([PENALTY, PENALTY, LICENCE, "honour", "serious_list_entry"]),
                  st.integers(-400, 0), st.booleans()),  # no decision lies after its report (V09)
        st.tuples(st.just("correct"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["hold", "release", "dispute", "undispute", "withdraw", "repair"]), st.integers(0, 9)),
        st.tuples(st.just("days"), st.sampled_from([1, 1, 2, 30, 100, 400])),
        st.tuples(st.just("register"), st.integers(0, 2), st.sampled_from(["name", "SOLE_TRADER", "ENTERPRISE", "merge"])),
        st.tuples(st.just("poll"), st.integers(1, 3)),
        st.tuples(st.just("part"), st.integers(1, 2)),
    ),
    max_size=14,
)  # fmt: skip
EVENTS = {
    "hold": Event.HELD, "release": Event.RELEASED, "dispute": Event.DISPUTED, "undispute": Event.DISPUTE_ENDED,
    "withdraw": Event.WITHDRAWN, "repair": Event.REPAIRED,
}  # fmt: skip


class TestSnapshotAndChanges(TestCase):
    @settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
    @given(steps=steps)
    def test_make_the_next_snapshot(self, steps):
        with transaction.atomic():
            self._run(steps)
            transaction.set_rollback(True)

    def _run(self, steps):
        today = TODAY
        subjects = [make_subject(name=f"云帆{n}（演示）") for n in range(3)]
        made = [make_record(subject_id=subjects[0], document_no="演示先号")]
        reader = everything(today)
        ever = set(reader)
        place = feed_place(on_date=today)
        for number, (what, *how) in enumerate(steps):
            if what == "publish":
                item_id, days, is_sole_trader = how
                made.append(
                    make_record(
                        item_id=item_id, subject_id=subjects[number % 3], document_no=f"演示{number}号",
                        decision_date=today + timedelta(days=days), valid_to=today + timedelta(days=days + 380),
                        list_type="B01" if "list" in item_id else None, statutory_until=today + timedelta(days=days + 370),
                        is_sole_trader=is_sole_trader, organ_code=organ_code(),
                        batch={"submission_id": f"FJ-{number}"},
                    )
                )  # fmt: skip
            elif what == "correct":
                old = made[how[0] % len(made)]
                make_record(
                    item_id=old.item_id, subject_id=old.subject_id, document_no=old.document_no,
                    decision_date=old.decision_date, valid_to=old.valid_to, list_type=old.list_type,
                    statutory_until=old.statutory_until, fields={"content": f"更正{number}", "document_no": old.document_no},
                    batch={"submission_id": f"FJ-{number}"},
                )  # fmt: skip
            elif what in EVENTS:
                record = made[how[0] % len(made)]
                if what != "repair" or record.item_kind in {"PENALTY", "LIST_ENTRY"}:
                    services.mark_add(
                        record_id=record.pk, event=EVENTS[what], event_date=today, until=today + timedelta(days=2), **ACT
                    )
            elif what == "days":
                today += timedelta(days=how[0])
            elif what == "register":
                values = {"name": {"name": f"改名{number}"}, "merge": {"merged_into_id": subjects[2]}}
                which = subjects[how[0]] if how[1] != "merge" else subjects[how[0] % 2]
                import_register(subject=which, **values.get(how[1], {"kind": how[1]}))
            elif what == "poll":
                place = apply_changes(reader, place, on_date=today, limit=how[0], ever=ever | on_display(today))
                assert reader == everything(today)
            else:  # reads a part of what changed, and goes on later
                page = changes_after(after=place, on_date=today, limit=how[0])
                for change in page.changes:
                    reader.pop(str(change.record_id), None)
                    if change.record is not None:
                        reader[str(change.record_id)] = as_row(change.record)
                place = Cursor.read(page.next.text)
            ever |= on_display(today)
        apply_changes(reader, place, on_date=today, limit=2, ever=ever)
        assert reader == everything(today)


@pytest.mark.django_db
def test_the_feed_asks_little(django_assert_max_num_queries):
    subject = make_subject()
    place = feed_place(on_date=TODAY)
    for number in range(5):
        make_record(subject_id=subject, document_no=f"演示{number}号")
    with django_assert_max_num_queries(7):
        assert len(changes_after(after=place, on_date=TODAY, limit=100).changes) == 5
