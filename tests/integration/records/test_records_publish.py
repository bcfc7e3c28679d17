"""Reported rows become numbered versions; what is known doubles nothing."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.records import BATCH, NOW, draft, make_subject, publish

from xinheng.records import selectors, services
from xinheng.records.domain import Event
from xinheng.records.errors import OutsideTransaction
from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = pytest.mark.django_db


def outcomes(result) -> list[str]:
    return result.outcomes["outcome"].to_pylist()


class TestVersionsPublish:
    def test_a_new_row_is_the_first_version_of_a_record(self):
        before = selectors.known_latest()

        result = publish(draft(subject_id=make_subject()))

        assert outcomes(result) == ["NEW"]
        assert (result.first_seq, result.last_seq) == (before + 1, before + 1) == (selectors.known_latest(),) * 2
        version = RecordVersion.objects.get(seq=result.last_seq)
        assert (version.version_no, version.supersedes, version.event) == (1, None, "REPORTED")
        assert version.legal_basis == BATCH.legal_basis
        assert version.fields["fine"] == "2.000000"
        assert str(version.record_id) == result.outcomes["record_id"][0].as_py()
        assert selectors.current_differences() == 0

    def test_the_same_row_again_is_a_duplicate_whatever_file_brings_it(self):
        subject = make_subject()
        first = publish(draft(subject_id=subject))

        again = publish(draft(subject_id=subject, row_no=99), submission_id="FJ-2", catalogue_hash="1")

        assert outcomes(again) == ["DUPLICATE"]
        assert (again.first_seq, again.last_seq) == (None, None)
        assert again.outcomes["seq"].to_pylist() == [first.last_seq]
        assert RecordVersion.objects.count() == 1

    def test_other_content_corrects_and_names_what_it_replaces(self):
        subject = make_subject()
        first = publish(draft(subject_id=subject, display_from=date(2026, 3, 20)))

        second = publish(draft(subject_id=subject, fine_fen=100, display_from=date(2026, 4, 1)))

        assert outcomes(second) == ["CORRECTED"]
        current = selectors.records_current().get()
        assert (current.version_no, current.supersedes, current.event) == (2, first.last_seq, "CORRECTED")
        assert (current.fine_fen, current.display_from) == (100, date(2026, 3, 20))
        assert [v.fine_fen for v in selectors.record_history(record_id=current.record_id)] == [2_000_000, 100]

    def test_a_changed_person_field_alone_corrects(self):
        subject = make_subject()
        publish(draft(subject_id=subject))

        result = publish(draft(subject_id=subject, person={"legal_representative": "李演示"}))

        assert outcomes(result) == ["CORRECTED"]

    def test_rows_of_one_file_follow_each_other(self):
        subject = make_subject()
        a, b = draft(subject_id=subject), draft(subject_id=subject, fine_fen=5)

        result = publish(a, a, b, draft(subject_id=subject, document_no="演示16号"), a, a)

        assert outcomes(result) == ["NEW", "DUPLICATE", "CORRECTED", "NEW", "CORRECTED", "DUPLICATE"]
        seqs = result.outcomes["seq"].to_pylist()
        start = result.first_seq
        assert seqs == [start, start, start + 1, start + 2, start + 3, start + 3]
        record = selectors.records_current().get(document_no="奉市监处罚〔2026〕演示15号")
        history = selectors.record_history(record_id=record.record_id)
        assert [v.supersedes for v in history] == [None, start, start + 1]
        assert selectors.current_differences() == 0

    @pytest.mark.parametrize(
        "written", ["奉市监处罚（2026）演示15号", "奉市监处罚[2026]演示 第15号", "奉市监处罚﹝2026﹞演示15号"]
    )
    def test_document_numbers_compare_in_their_normal_form(self, written):
        subject = make_subject()
        publish(draft(subject_id=subject))

        result = publish(draft(subject_id=subject, document_no=written))

        assert outcomes(result) in (["CORRECTED"], ["DUPLICATE"])
        assert CurrentRecord.objects.count() == 1

    def test_certificates_of_one_decision_are_records_of_their_own(self):
        subject = make_subject()
        rows = [draft(subject_id=subject, certificate_no=number) for number in ("JY1", "JY2", "")]

        result = publish(*rows, item_id="administrative_licence", item_kind="LICENCE")

        assert outcomes(result) == ["NEW"] * 3

    def test_a_report_lifts_no_mark_but_brings_a_withdrawn_record_back(self):
        subject = make_subject()
        publish(draft(subject_id=subject))
        record = selectors.records_current().get()
        act = {"event_date": date(2026, 3, 21), "ground": "奉府复〔2026〕演示1号", "actor": "officer-1", "now": NOW}
        services.mark_add(record_id=record.record_id, event=Event.REVOKED, **act)
        services.record_hold(record_id=record.record_id, **act)

        assert outcomes(publish(draft(subject_id=subject))) == ["DUPLICATE"]
        assert outcomes(publish(draft(subject_id=subject, fine_fen=7))) == ["CORRECTED"]
        current = selectors.records_current().get()
        assert (current.revoked_date, current.held) == (date(2026, 3, 21), True)

        services.submission_withdraw(submission_id=BATCH.submission_id, **act)
        assert selectors.records_current().get().withdrawn
        assert outcomes(publish(draft(subject_id=subject, fine_fen=7), submission_id="FJ-3")) == ["CORRECTED"]
        current = selectors.records_current().get()
        assert (current.withdrawn, current.event, current.revoked_date) == (False, "REPORTED", date(2026, 3, 21))
        assert selectors.current_differences() == 0

    def test_texts_survive_the_way_through_copy(self):
        nasty = {"a": 'line\nbreak "quoted", comma\t\\N \\. ', "b": "", "c": "𠮷〔〕", "d": "=1+1"}
        publish(draft(subject_id=make_subject(), sheet="", organ_name='a"b,\n\\', fields=nasty, person={}))

        current = selectors.records_current().get()
        assert (current.fields, current.sheet, current.organ_name) == (nasty, "", 'a"b,\n\\')
        assert (current.sealed, current.key_id, current.list_type) == (None, None, None)

    def test_needs_a_transaction_around_it(self):
        subject = make_subject()
        atomic, connection.in_atomic_block = connection.in_atomic_block, False
        try:
            with pytest.raises(OutsideTransaction):
                services.versions_publish(batch=BATCH, drafts=[draft(subject_id=subject)], now=NOW)
        finally:
            connection.in_atomic_block = atomic

    @pytest.mark.parametrize(
        ("batch", "row"),
        [
            ({"legal_basis": ""}, {}),
            ({"legal_basis": None}, {}),
            ({}, {"decision_date": date(999, 1, 1)}),
            ({}, {"valid_to": date(9999, 12, 31)}),
            ({}, {"document_no": ""}),
            ({}, {"penalty_mask": 1 << 14}),
            ({}, {"fine_fen": -1}),
        ],
    )
    def test_the_database_refuses_what_no_record_may_be(self, batch, row):
        subject = make_subject()
        with pytest.raises(IntegrityError), transaction.atomic():
            publish(draft(subject_id=subject, **row), **batch)

    def test_an_unknown_subject_is_refused(self):
        make_subject()
        publish(draft(subject_id=10**9))
        with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)

    def test_costs_the_same_number_of_queries_for_one_row_and_for_many(self, django_assert_num_queries):
        subject = make_subject()
        with transaction.atomic(), django_assert_num_queries(14):
            services.versions_publish(batch=BATCH, drafts=[draft(subject_id=subject)], now=NOW)
        rows = [draft(subject_id=subject, document_no=f"演示{i}号") for i in range(500)]
        with transaction.atomic(), django_assert_num_queries(14):
            result = services.versions_publish(batch=BATCH, drafts=rows, now=NOW)
        assert result.new == 500

    def test_the_time_grows_with_the_rows_and_not_with_their_square(self):
        """The planner once looped over the added rows for each of them: 50,000 rows ran for an hour."""
        subject = make_subject()
        rows = [draft(subject_id=subject, document_no=f"演示{i}号", person={}) for i in range(15_000)]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '30s'")
        assert publish(*rows).new == 15_000
        assert publish(*[replace(row, fine_fen=1) for row in rows], submission_id="FJ-2").corrected == 15_000
