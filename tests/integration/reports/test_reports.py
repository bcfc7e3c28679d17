"""A report says what every public door says, proves itself, and belongs to its holder."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.factories.displays import make_record
from tests.factories.records import make_subject
from tests.integration.reports.conftest import NOW

from xinheng.publicity.domain import record_plain
from xinheng.publicity.selectors import displays_of_subject
from xinheng.records.services import record_hold
from xinheng.reports import errors, services
from xinheng.reports.models import IssuedReport
from xinheng.reports.selectors import facts_today, report_held, standing_of, subject_found
from xinheng.subjects.models import Subject

NATIONAL_PARTS = "一二三四五六七八九十"


def issue(subject, **changes):
    return services.report_issue(**{"subject": subject, "now": NOW, "actor": "test"} | changes)


def told(made):
    return json.loads(made.data)["report"]


def records_in(document):
    return [record for section in document["sections"] for group in section["groups"] for record in group["records"]]


def test_it_has_the_ten_national_parts_and_what_is_shown(organisation):
    document = told(issue(organisation))

    assert "".join(section["number"] for section in document["sections"]) == NATIONAL_PARTS
    shown = displays_of_subject(subject_id=organisation.pk, on_date=NOW.date(), found_exactly=True)
    assert len(shown) == 4
    by_id = {record["id"]: record for record in records_in(document)}
    assert by_id == {str(record.record_id): record_plain(record) for record in shown}
    assert {entry["title"]: entry["count"] for entry in document["summary"]}["行政许可"] == 2


def test_what_is_not_connected_is_said_and_not_counted_as_nothing(organisation):
    sections = {section["number"]: section for section in told(issue(organisation))["sections"]}
    assert "无法判断" in sections["七"]["note"]
    assert "无法判断" in sections["八"]["note"]
    assert sections["四"]["note"].startswith("截至出具时，没有查到")


def test_it_gives_no_score(organisation):
    text = issue(organisation).data.decode()
    assert "不打分" in text
    for word in ("score", "评分", "grade"):
        assert word not in text


def test_number_and_check_code(organisation):
    made = issue(organisation)
    assert made.number.startswith("FJ20260401103201")
    assert len(made.number) == 22
    assert report_held(number=made.number.lower(), check_code=made.check_code.replace("-", " ").lower()).number == made.number


@pytest.mark.parametrize("wrong", ["00000-00000", ""])
def test_a_wrong_code_and_a_wrong_number_are_answered_alike(organisation, wrong):
    made = issue(organisation)
    with pytest.raises(errors.ReportNotFound) as one:
        services.report_remake(number=made.number, check_code=wrong, now=NOW)
    with pytest.raises(errors.ReportNotFound) as other:
        services.report_remake(number="FJ00000000000000000000", check_code=made.check_code, now=NOW)
    assert str(one.value) == str(other.value)


def test_the_holder_gets_it_again_bit_for_bit_after_the_display_ended(organisation):
    made = issue(organisation)
    penalty = next(record for record in records_in(told(made)) if record["adverse"])
    record_hold(record_id=UUID(penalty["id"]), event_date=NOW.date(), ground="演示", actor="test", now=NOW)

    again = services.report_remake(number=made.number, check_code=made.check_code, now=NOW)

    assert again.data == made.data
    assert services.report_verify(content=again.pdf, now=NOW).genuine
    assert penalty["id"] not in str(facts_today(subject=organisation, on_date=NOW.date()))


def test_nothing_of_it_is_readable_in_the_table(organisation):
    made = issue(organisation)
    row = IssuedReport.objects.get(number=made.number)
    stored = b"".join(bytes(value) for value in (row.sealed, row.check_digest, row.wrapped_key))
    assert organisation.name.encode() not in stored
    assert made.check_code.encode() not in stored


def test_no_report_is_destroyed_within_thirty_days(organisation):
    """Its end is in ``tests/integration/retention``."""
    issue(organisation)
    with pytest.raises(errors.ReportKeptLonger, match="30天"):
        services.report_keys_destroy(issued_before=NOW + timedelta(days=1), actor="test", now=NOW)


def test_the_application_cannot_alter_or_remove_an_issue(organisation, django_db_blocker):
    from django.db import ProgrammingError, transaction

    made = issue(organisation)
    for change in (lambda rows: rows.update(purpose="other"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change(IssuedReport.objects.filter(number=made.number))


class TestStanding:
    def test_unchanged_while_nothing_new_is_told(self, organisation):
        report = report_held(number=(made := issue(organisation)).number, check_code=made.check_code)
        assert not standing_of(report=report, on_date=NOW.date()).changed
        assert not standing_of(report=report, on_date=NOW.date() + timedelta(days=1)).changed

    def test_changed_after_a_new_record(self, organisation):
        made = issue(organisation)
        make_record(item_id="honour", subject_id=organisation.pk, document_no="奉表〔2026〕演示2号", valid_to=date(2030, 1, 1))
        report = report_held(number=made.number, check_code=made.check_code)
        assert standing_of(report=report, on_date=NOW.date()).changed

    def test_changed_after_a_display_ended_by_itself(self, organisation):
        made = issue(organisation)
        report = report_held(number=made.number, check_code=made.check_code)
        assert standing_of(report=report, on_date=date(2027, 3, 12)).changed


class TestWho:
    def test_a_sole_trader_is_told_as_for_the_full_name(self, db):
        name = "云帆小吃店（演示）"
        subject = make_subject(
            name=name,
            kind="SOLE_TRADER",
            uscc="92500236XN02WN8B4A",
            address="重庆市奉节县永安街道演示路9号",
            township="永安街道",
        )
        make_record(subject_id=subject, is_sole_trader=True)
        document = told(issue(Subject.objects.get(pk=subject)))
        assert len(records_in(document)) == 1
        assert "演示路9号" not in str(document)
        assert "张演示" not in str(document)

    def test_named_by_code_or_whole_name_only(self, organisation):
        assert subject_found(text=organisation.uscc) == organisation
        assert subject_found(text=organisation.name) == organisation
        with pytest.raises(errors.SubjectNotFound):
            subject_found(text=organisation.name[:6])

    def test_a_name_that_two_bear_names_nobody(self, organisation):
        make_subject(name=organisation.name)
        with pytest.raises(errors.SubjectNotFound, match="同名"):
            subject_found(text=organisation.name)


def test_an_unknown_purpose_is_refused_with_what_there_is(organisation):
    with pytest.raises(errors.PurposeUnknown, match="项目招投标"):
        issue(organisation, purpose="猜测")
    assert told(issue(organisation, purpose="项目招投标"))["purpose"] == {"code": "bidding", "title": "项目招投标"}
