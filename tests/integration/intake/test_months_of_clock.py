"""What years of clock bring: jobs that stood still, a clock set back, leap days, new years, the calendar's end."""

from datetime import date, datetime, timedelta

import pytest
from tests.factories import intake_world as world

from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.intake import services
from xinheng.intake.errors import OriginalDestroyed
from xinheng.intake.models import Doubt, Submission, SubmissionEvent, SubmissionFinding, SubmissionState
from xinheng.publicity.selectors import displays, explain
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.records.selectors import known_latest, record_history, records_as_of, versions_since
from xinheng.rules.selectors import clock_deadline, reporting_deadline

pytestmark = pytest.mark.django_db

ONE_DAY, MONTH = timedelta(days=1), timedelta(days=30)
PENALTY = "administrative_penalty"


def at(year, month, day, hour=10, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def organisations():
    return [world.subject_make(number) for number in range(1, 6)]


def _file(tmp_path, rows, name="处罚.csv"):
    return world.file_write(tmp_path / name, rows)


def _decided(number, day, **changes):
    """Return penalty ``number`` of that day, to be public for a year."""
    until = min(day.replace(day=28), day).replace(year=day.year + 1)
    return world.penalty(number, CF_JDRQ=day.isoformat(), CF_YXQ=until.isoformat(), **changes)


def _last_day(record, *, near):
    """Return the last day on which every door shows the record, found by asking day by day from ``near`` on."""
    day = near
    while displays(on_date=day).filter(record_id=record.record_id).exists():
        assert explain(record_id=record.record_id, on_date=day).shown, day
        day += ONE_DAY
    assert not explain(record_id=record.record_id, on_date=day).shown, day
    return day - ONE_DAY


class TestJobsStoodStillForThirtyDays:
    def test_nothing_is_shown_a_day_too_long(self, tmp_path, client):
        """Nobody ran anything: the end of a display needs no job, in any door."""
        world.load(_file(tmp_path, [_decided(1, date(2026, 4, 15))]))
        record = world.record(1)
        last = _last_day(record, near=date(2027, 3, 1))
        page = f"/records/{record.record_id}/"
        with clock.fixed(last):
            assert client.get(page).status_code == 200
        for later in (ONE_DAY, MONTH):
            with clock.fixed(last + later):
                assert client.get(page).status_code in (404, 410)
            assert not displays(on_date=last + later).exists()

    def test_what_was_stopped_goes_on_as_if_it_were_that_day(self, tmp_path):
        path = _file(tmp_path, [world.penalty(1), world.penalty(2, CF_NR_FK="")])
        received = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", reviewer="乙", now=world.NOW)
        later = world.NOW + MONTH

        (resumed,) = services.submissions_resume(actor="system", now=later)
        assert (resumed.number, resumed.state, resumed.problem) == (received.number, SubmissionState.MATCHED, "")
        services.submission_submit(number=received.number, clerk="甲", now=later)
        services.submission_certify(number=received.number, reviewer="乙", now=later)

        record = world.record(1)
        assert record.reported_date == world.NOW.date()
        assert record.late_workdays == 0, "the organ reported in time; the platform stood still"
        assert record.display_from == later.date(), "it was not public before"
        assert not SubmissionFinding.objects.filter(rule="V17").exists()
        assert services.receipt_of(number=received.number).number == "FJ-20260420-0001"

    def test_retention_ends_on_its_day_and_the_purge_catches_up(self, tmp_path, settings):
        number = world.load(_file(tmp_path, [world.penalty(1), world.penalty(2, subject=77)])).receipt.number
        last = world.NOW.date() + timedelta(days=settings.XINHENG_ORIGINAL_RETENTION_DAYS)
        read = {"number": number, "actor": "甲", "purpose": "核对", "out": tmp_path / "原件"}

        services.original_read(**read, now=datetime.combine(last, world.NOW.time(), CHINA))
        for later in (ONE_DAY, MONTH):
            with pytest.raises(OriginalDestroyed):
                services.original_read(**read, now=datetime.combine(last + later, world.NOW.time(), CHINA))

        purged = services.originals_purge(on_date=last + MONTH, now=at(2026, 9, 1), actor="system")
        assert (purged.originals, purged.lapsed_doubts) == (1, 1)
        assert Doubt.objects.get().sealed_row is None
        assert CurrentRecord.objects.count() == 1
        again = services.originals_purge(on_date=last + MONTH, now=at(2026, 9, 1), actor="system")
        assert again.originals == 0

    def test_what_two_persons_certified_is_published_before_its_original_goes(self, tmp_path, monkeypatch):
        """Stopped between certification and publication for longer than the retention."""
        from xinheng.intake.services import submit

        with monkeypatch.context() as stopped:
            stopped.setattr(submit, "submission_advance", lambda **_: Submission.objects.get())
            world.load(_file(tmp_path, [world.penalty(1)]))
        assert Submission.objects.get().state == SubmissionState.CERTIFIED
        later = world.NOW + timedelta(days=120)

        assert services.originals_purge(on_date=later.date(), now=later, actor="system").originals == 0
        (resumed,) = services.submissions_resume(actor="system", now=later)
        assert (resumed.state, resumed.problem) == (SubmissionState.PUBLISHED, "")
        assert world.record(1).late_workdays == 0
        assert services.originals_purge(on_date=later.date(), now=later, actor="system").originals == 1


class TestTheClockIsSetBack:
    @pytest.mark.parametrize("before", [at(2026, 4, 20, 10), at(2026, 4, 21, 0, 30), at(2027, 1, 1, 0, 30)])
    def test_an_hour(self, tmp_path, before):
        """Over midnight and over the new year too: numbers stay unique, the sequence follows what happened."""
        after = before - timedelta(hours=1)
        first = world.load(_file(tmp_path, [world.penalty(1), world.penalty(2)], "一.csv"), now=before)
        changed = world.penalty(1, CF_NR="罚款人民币三万元", CF_NR_FK="3.000000")
        second = world.load(_file(tmp_path, [changed, world.penalty(3)], "二.csv"), now=after)
        third = world.load(_file(tmp_path, [world.penalty(4)], "三.csv"), now=before + timedelta(minutes=1))

        numbers = [result.receipt.number for result in (first, second, third)]
        assert len(set(numbers)) == 3
        assert numbers[0] == f"FJ-{before:%Y%m%d}-0001"
        assert numbers[2] == f"FJ-{before:%Y%m%d}-{3 if before.date() == after.date() else 2:04d}"
        assert (second.receipt.new, second.receipt.corrected) == (1, 1)
        assert [v.seq for v in versions_since(cursor=0)] == [1, 2, 3, 4, 5]
        assert known_latest() == 5
        history = list(record_history(record_id=world.record(1).record_id))
        assert [version.fine_fen for version in history] == [2_000_000, 3_000_000], "in the order of what happened"
        assert history[1].recorded_at < history[0].recorded_at, "the moments say what the clock said"
        before_it = records_as_of(valid=before.date(), known=2).get(record_id=history[0].record_id)
        assert before_it.fine_fen == 2_000_000
        assert world.record(1).display_from == min(before, after).date()
        for number in numbers:
            assert number in services.receipt_text(services.receipt_of(number=number))

    def test_between_two_steps(self, tmp_path):
        path = _file(tmp_path, [world.penalty(1)])
        number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number
        back = world.NOW - timedelta(hours=1)
        services.submission_advance(number=number, actor="甲", now=back)
        services.submission_submit(number=number, clerk="甲", now=back)
        services.submission_certify(number=number, reviewer="乙", now=back - timedelta(hours=1))

        actions = SubmissionEvent.objects.filter(submission__number=number).values_list("action", flat=True)
        assert list(actions) == ["received", "landed", "checked", "matched", "submitted", "certified", "published"]
        assert services.receipt_of(number=number).new == 1

    def test_a_file_that_is_just_arriving_is_no_stray(self, tmp_path):
        services.submission_receive(path=_file(tmp_path, [world.penalty(1)]), organ_code=world.ORGAN, clerk="甲", now=world.NOW)
        for moment in (world.NOW - timedelta(hours=1), datetime.now(CHINA) + timedelta(days=1)):
            assert services.originals_purge(on_date=world.NOW.date(), now=moment, actor="system").stray_files == 0


class TestLeapDay:
    def test_a_decision_of_the_leap_day(self, tmp_path):
        """A year later there is no such day: the display ends with February, in SQL and in words alike."""
        leap = date(2028, 2, 29)
        world.load(
            _file(tmp_path, [_decided(1, leap), _decided(2, leap - ONE_DAY), _decided(3, leap + ONE_DAY)]), now=at(2028, 3, 1)
        )
        ends = [_last_day(world.record(number), near=date(2029, 2, 1)) for number in (2, 1, 3)]
        assert ends == [date(2029, 2, 27), date(2029, 2, 27), date(2029, 2, 28)]

    def test_a_year_that_ends_on_a_leap_day_has_it(self, tmp_path):
        world.load(_file(tmp_path, [_decided(1, date(2027, 2, 28)), _decided(2, date(2027, 3, 1))]), now=at(2027, 3, 2))
        assert _last_day(world.record(1), near=date(2028, 2, 1)) == date(2028, 2, 27)
        assert _last_day(world.record(2), near=date(2028, 2, 1)) == date(2028, 2, 29)

    def test_numbers_and_retention(self, tmp_path):
        result = world.load(_file(tmp_path, [_decided(1, date(2028, 2, 28))]), now=at(2028, 2, 29))
        assert result.receipt.number == "FJ-20280229-0001"
        assert Submission.objects.get().original.destroy_after == date(2028, 2, 29) + timedelta(days=90)

    def test_a_deadline_over_it_counts_it(self):
        assert reporting_deadline(PENALTY, date(2028, 2, 28)).date == date(2028, 3, 8)
        assert reporting_deadline(PENALTY, date(2024, 2, 28)).date == date(2024, 3, 8)


class TestNewYear:
    def test_numbers_begin_anew_at_midnight_in_china(self, tmp_path):
        moments = [at(2026, 12, 31, 23, 59), at(2027, 1, 1, 0, 0)]
        # The same two moments as a server in UTC sees them: both on 31 December.
        numbers = [
            world.load(_file(tmp_path, [_decided(n, date(2026, 12, 30))], f"{n}.csv"), now=moment).receipt.number
            for n, moment in enumerate(moments, start=1)
        ]
        assert numbers == ["FJ-20261231-0001", "FJ-20270101-0001"]
        assert [world.record(n).reported_date for n in (1, 2)] == [date(2026, 12, 31), date(2027, 1, 1)]

    def test_working_days_over_a_new_year_that_the_calendar_knows(self):
        """1 to 3 January 2026 are off by the State Council's notice, Sunday the 4th is a working day."""
        deadline = reporting_deadline(PENALTY, date(2025, 12, 29))
        assert (deadline.date, deadline.provisional) == (date(2026, 1, 8), False)
        taken_down = clock_deadline("withdrawal", date(2025, 12, 31))
        assert (taken_down.date, taken_down.provisional) == (date(2026, 1, 6), False)


class TestTheCalendarHasEnded:
    """2027 has no calendar yet: Monday to Friday count, and everything that rests on it is said to be provisional."""

    def test_the_last_day_it_knows_and_the_first_that_it_does_not(self):
        known, unknown = (reporting_deadline(PENALTY, day) for day in (date(2026, 12, 22), date(2026, 12, 23)))
        assert (known.date, known.provisional) == (date(2026, 12, 31), False)
        assert (unknown.date, unknown.provisional) == (date(2027, 1, 1), True), "1 January is a Friday"

    def test_a_receipt_says_so(self, tmp_path):
        wrong = {"CF_NR_FK": ""}
        rows = [world.penalty(1), _decided(2, date(2026, 12, 24), **wrong)]
        result = world.load(_file(tmp_path, rows), now=at(2026, 12, 25))
        text = services.receipt_text(result.receipt)
        assert "2027年1月4日前报送（含当日；放假安排还没有公布，按周一至周五推算，暂定）" in text

        rows = [world.penalty(3), _decided(4, date(2026, 12, 22), **wrong)]
        result = world.load(_file(tmp_path, rows, "二.csv"), now=at(2026, 12, 25))
        assert "2026年12月31日前报送（含当日）" in services.receipt_text(result.receipt)

    def test_a_late_report_says_so(self, tmp_path):
        rows = [_decided(1, date(2026, 12, 21)), _decided(2, date(2026, 12, 24))]
        world.load(_file(tmp_path, rows), now=at(2027, 1, 4))
        assert [world.record(n).late_workdays for n in (1, 2)] == [3, 0]
        finding = SubmissionFinding.objects.get(rule="V17")
        assert finding.message.endswith("期限是7个工作日（放假安排还没有公布，按周一至周五推算，暂定）")

        world.load(_file(tmp_path, [_decided(3, date(2026, 12, 1))], "二.csv"), now=at(2026, 12, 31))
        finding = SubmissionFinding.objects.exclude(pk=finding.pk).get(rule="V17")
        assert finding.message.endswith("期限是7个工作日")

    def test_ten_years_later_everything_still_works(self, tmp_path):
        result = world.load(_file(tmp_path, [_decided(1, date(2036, 2, 27))]), now=at(2036, 2, 29))
        assert (result.receipt.new, result.receipt.late) == (1, 0)
        assert RecordVersion.objects.get().display_from == date(2036, 2, 29)
        assert _last_day(world.record(1), near=date(2037, 2, 1)) == date(2037, 2, 26)
