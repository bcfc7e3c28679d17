"""What the application role cannot do to history, tried by direct SQL as that role; some of it the owner cannot either."""

import threading
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, connections, transaction
from tests.factories.records import BATCH, NOW, draft, make_subject, publish

from xinheng.publicity.cli import record
from xinheng.records import selectors, services
from xinheng.records.errors import RecordThereAlready
from xinheng.records.models import CurrentRecord, RecordVersion

REFUSED = [
    "UPDATE records_recordversion SET fine_fen = 0",
    "DELETE FROM records_recordversion",
    "TRUNCATE records_recordversion",
    "TRUNCATE records_recordversion CASCADE",
    "UPDATE records_currentrecord SET held = false",
    "DELETE FROM records_currentrecord",
    "TRUNCATE records_currentrecord",
    "INSERT INTO records_currentrecord (record_id) VALUES (gen_random_uuid())",
    "UPDATE records_publicationcounter SET last = 0",
    "INSERT INTO records_publicationcounter (id, last) VALUES (1, 0)",
    "DELETE FROM records_publicationcounter",
    "UPDATE records_reportsource SET file_sha256 = ''",
    "DELETE FROM records_reportsource",
    "UPDATE records_recordkey SET material = NULL, destroyed_date = '2026-01-01', destroyed_ground = 'x'",
    "DELETE FROM records_recordkey",
    "SELECT records_keys_destroy('00000000-0000-0000-0000-000000000000', '2026-01-01', 'x')",
    "ALTER TABLE records_recordversion DISABLE TRIGGER ALL",
    "DROP TRIGGER records_version_append_only ON records_recordversion",
    "CREATE OR REPLACE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "SET session_replication_role = replica",
]
REFUSED_TO_THE_OWNER = [
    "UPDATE records_recordversion SET fine_fen = 0",
    "DELETE FROM records_recordversion",
    "TRUNCATE records_recordversion CASCADE",
    "DELETE FROM records_publicationcounter",
    "UPDATE records_reportsource SET file_sha256 = ''",
    "DELETE FROM records_recordkey",
    "UPDATE records_recordkey SET material = '\\x00'",
]


class TestApplicationRole:
    @pytest.mark.django_db
    @pytest.mark.parametrize("statement", REFUSED)
    def test_may_not(self, statement):
        publish(draft(subject_id=make_subject()))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == "xinheng_app"
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert selectors.current_differences() == 0

    def test_is_also_stopped_by_the_trigger_when_the_grants_are_given(self, fresh_database, owner_connection):
        publish(draft(subject_id=make_subject()))
        owner_connection.execute("GRANT UPDATE, DELETE, TRUNCATE ON records_recordversion TO xinheng_app")
        for statement in REFUSED[:3]:
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)

    @pytest.mark.parametrize("statement", REFUSED_TO_THE_OWNER)
    def test_the_owner_is_stopped_too(self, fresh_database, owner_connection, statement):
        publish(draft(subject_id=make_subject()))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_connection.execute(statement)


@pytest.mark.django_db
class TestSequence:
    def insert(self, **changes):
        """Insert a copy of the newest version with changes, as a forger would."""
        names = [f.column for f in RecordVersion._meta.concrete_fields if not f.generated]
        values = ", ".join(changes.get(name, name) for name in names)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO records_recordversion ({', '.join(names)}) SELECT {values} FROM records_recordversion "
                "ORDER BY seq DESC LIMIT 1"
            )

    @pytest.mark.parametrize("step", ["seq + 2", "seq - 1", "seq + 1000"])
    def test_a_number_that_does_not_follow_is_refused(self, step):
        publish(draft(subject_id=make_subject()))
        with pytest.raises(DatabaseError, match=r"does not continue|replaces_an_earlier|unique"):
            self.insert(seq=step, supersedes="seq", version_no="version_no + 1")

    @pytest.mark.parametrize(
        "changes",
        [
            {"version_no": "version_no + 2"},
            {"record_id": "gen_random_uuid()"},
            {"supersedes": "NULL", "version_no": "1"},
            {"supersedes": "seq - 1"},
            {"subject_id": "subject_id + 1"},
            {"organ_code": "'11500236MB演示0002'"},
            {"document_no_key": "'演示99号'"},
            {"item_id": "'administrative_licence'"},
        ],
    )
    def test_a_version_that_does_not_replace_the_newest_of_its_record_is_refused(self, changes):
        subject = make_subject()
        publish(draft(subject_id=subject))
        publish(draft(subject_id=subject, fine_fen=1))
        make_subject()
        with pytest.raises(DatabaseError, match=r"does not replace|unique"):
            self.insert(**({"seq": "seq + 1", "supersedes": "seq", "version_no": "version_no + 1"} | changes))

    def test_a_version_is_replaced_once(self):
        publish(draft(subject_id=make_subject()))
        good = {"seq": "seq + 1", "supersedes": "seq", "version_no": "version_no + 1"}
        self.insert(**good)
        with pytest.raises(DatabaseError, match=r"does not replace|unique"):
            self.insert(**good | {"supersedes": "supersedes", "version_no": "version_no"})

    def test_a_rolled_back_publication_leaves_no_gap(self):
        subject = make_subject()
        publish(draft(subject_id=subject))
        before = selectors.known_latest()
        with transaction.atomic():
            publish(draft(subject_id=subject, fine_fen=1))
            transaction.set_rollback(True)
        assert publish(draft(subject_id=subject, fine_fen=2)).first_seq == before + 1


class TestSequenceOfManyWriters:
    def test_numbers_follow_commit_order_and_have_no_gap(self, fresh_database):
        subject = make_subject()
        seen: list[list[int]] = []
        stop = threading.Event()

        def write(worker: int) -> None:
            try:
                for turn in range(6):
                    with transaction.atomic():
                        rows = [draft(subject_id=subject, document_no=f"演示{worker}-{turn}-{n}号") for n in range(3)]
                        services.versions_publish(batch=BATCH, drafts=rows, now=NOW)
                        if turn % 3 == 2:
                            transaction.set_rollback(True)
            finally:
                connections.close_all()

        def read() -> None:
            try:
                while not stop.is_set():
                    seen.append(list(RecordVersion.objects.order_by("seq").values_list("seq", flat=True)))
            finally:
                connections.close_all()

        reader = threading.Thread(target=read)
        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in [reader, *writers]:
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        reader.join()

        assert seen[-1] is not None
        for numbers in [*seen, list(RecordVersion.objects.order_by("seq").values_list("seq", flat=True))]:
            # Whatever a reader sees is a prefix: nothing appears later inside what was already read.
            assert numbers == list(range(1, len(numbers) + 1))
        assert selectors.known_latest() == RecordVersion.objects.count() == 4 * 4 * 3
        assert selectors.current_differences() == 0

    def test_two_submissions_of_one_row_at_once_make_one_record(self, fresh_database):
        subject = make_subject()
        results = []

        def write() -> None:
            try:
                results.append(publish(draft(subject_id=subject)))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(result.new for result in results) == [0, 0, 0, 1]
        assert (RecordVersion.objects.count(), CurrentRecord.objects.count()) == (1, 1)


@pytest.mark.django_db
class TestProjection:
    def test_a_rebuild_gives_the_same_records(self):
        subject = make_subject()
        publish(*[draft(subject_id=subject, document_no=f"演示{n}号") for n in range(20)])
        publish(*[draft(subject_id=subject, document_no=f"演示{n}号", fine_fen=n) for n in range(0, 20, 3)])
        before = list(CurrentRecord.objects.order_by("record_id").values())

        assert services.current_rebuild() == 20

        assert list(CurrentRecord.objects.order_by("record_id").values()) == before
        assert selectors.current_differences() == 0

    def test_the_natural_key_is_the_databases(self):
        subject, other = make_subject(), make_subject()
        publish(draft(subject_id=subject), draft(subject_id=other))
        record = CurrentRecord.objects.get(subject_id=other)
        with pytest.raises(RecordThereAlready) as refused:
            services.record_move(
                record_id=record.record_id,
                subject_id=subject,
                is_sole_trader=False,
                event_date=date(2026, 3, 22),
                ground="存疑更正",
                actor="officer-1",
                now=NOW,
            )
        assert "records_natural_key" in str(refused.value.__cause__)
        moved = services.record_move(
            record_id=record.record_id,
            subject_id=make_subject(),
            is_sole_trader=False,
            event_date=date(2026, 3, 22),
            ground="存疑更正",
            actor="officer-1",
            now=NOW,
        )
        assert moved.marked == 1
        assert record.record_id != uuid4()


class TestProjectionTamperedWith:
    def test_a_difference_is_found_and_mended(self, fresh_database, owner_connection):
        publish(draft(subject_id=make_subject()))
        owner_connection.execute("UPDATE records_currentrecord SET held = true")
        assert selectors.current_differences() == 2

        told = CliRunner().invoke(record, ["rebuild"], catch_exceptions=False)

        assert told.output == "已按记录版本重建1条当前记录。再运行 xinheng log fsck 核对。\n"
        assert selectors.current_differences() == 0
