"""Person-related fields: nowhere in the clear, opened for the upload, destroyed by key (P4, P17)."""

from datetime import date

import psycopg
import pytest
from tests.factories.records import BATCH, NOW, draft, make_subject, publish

from xinheng.records import selectors, services
from xinheng.records.errors import GroundMissing, PersonFieldsDestroyed
from xinheng.records.models import RecordKey, RecordVersion

NAME = "张演示"


def everything(owner: psycopg.Connection) -> bytes:
    """Return every byte that PostgreSQL would write into a plain dump of the context's tables."""
    parts = []
    for table in ("recordversion", "currentrecord", "recordkey", "reportsource"):
        rows = owner.execute(f"SELECT t::text FROM records_{table} t").fetchall()
        parts += [row[0].encode() for row in rows]
    return b"\n".join(parts)


class TestSealing:
    @pytest.mark.django_db
    def test_opens_what_was_sealed_in_one_query(self, django_assert_num_queries):
        subject = make_subject()
        publish(
            draft(subject_id=subject),
            draft(subject_id=subject, document_no="演示2号", person={}),
            draft(subject_id=subject, document_no="演示3号", person={"legal_representative": "李演示"}),
        )
        versions = list(RecordVersion.objects.order_by("seq"))

        with django_assert_num_queries(1):
            opened = services.person_fields_open(versions=versions)

        assert [dict(opened[v.seq]) for v in versions] == [
            {"legal_representative": NAME},
            {},
            {"legal_representative": "李演示"},
        ]
        assert len({v.key_id for v in versions if v.key_id}) == 2

    def test_the_name_is_in_no_table_in_the_clear(self, fresh_database, owner_connection):
        publish(draft(subject_id=make_subject()))
        dump = everything(owner_connection)
        assert NAME.encode() not in dump
        assert NAME.encode().hex().encode() not in dump

    def test_retention_destroys_the_key_and_nothing_else(self, fresh_database, owner_connection):
        subject = make_subject()
        publish(draft(subject_id=subject))
        publish(draft(subject_id=subject, fine_fen=1))
        record = selectors.records_current().get()
        before = list(RecordVersion.objects.order_by("seq").values())
        act = {"record_id": record.record_id, "on_date": date(2031, 1, 1), "actor": "retention", "now": NOW}

        with pytest.raises(GroundMissing):
            services.person_fields_destroy(ground="", **act)
        destroyed = services.person_fields_destroy(ground="保存期满", **act)
        again = services.person_fields_destroy(ground="保存期满", **act)

        assert (destroyed, again) == (2, 0)
        assert not RecordKey.objects.filter(material__isnull=False).exists()
        assert list(RecordVersion.objects.order_by("seq").values()) == before
        with pytest.raises(PersonFieldsDestroyed, match="2031年1月1日"):
            services.person_fields_open(versions=[record])
        # The record still recognises a repeated report by its keyed digest.
        assert publish(draft(subject_id=subject, fine_fen=1), submission_id="FJ-9").duplicate == 1

    def test_the_retention_role_may_and_the_application_may_not(self, fresh_database, owner_connection, app_connection):
        publish(draft(subject_id=make_subject()))
        record = selectors.records_current().get()
        call = "SELECT records_keys_destroy(%s, '2031-01-01', '保存期满')"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(call, [record.record_id])
        owner_connection.execute("SET ROLE xinheng_retention")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_connection.execute("SELECT * FROM records_recordversion")
        assert owner_connection.execute(call, [record.record_id]).fetchone()[0] == 1

    @pytest.mark.django_db
    def test_provenance_is_kept_once_per_submission(self):
        publish(draft(subject_id=make_subject()))
        source = selectors.source_of(submission_ids=[BATCH.submission_id])[BATCH.submission_id]
        assert (source.file_sha256, source.columns, source.rule_set_version) == ("ab" * 32, {"document_no": "N"}, "rules@1")
