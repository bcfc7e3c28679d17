"""P16: originals are no archive of what was refused."""

import io
import zipfile
from datetime import timedelta

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from django.db import connection
from tests.factories import intake_world as world

from xinheng.adapters import clock
from xinheng.adapters.storage import folder
from xinheng.audit.models import Event
from xinheng.intake import services
from xinheng.intake.cli import intake
from xinheng.intake.errors import OriginalDestroyed
from xinheng.intake.models import Doubt, Submission, SubmissionOriginal, SubmissionState
from xinheng.intake.services.originals import original_opened, original_seal
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db

RESIDENT_ID = "11010519491231002X"
PERSON = "演示自然人甲"


def _everything_stored(settings, owner_sees):
    """Return all rows of all tables and all files, workbooks unpacked, as one text."""
    parts = [world.landed_bytes(settings.XINHENG_VAR).decode("utf-8", "replace")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT t::text FROM {table} t")
                parts += [row[0] for row in cursor.fetchall()]
    for workbook in owner_sees:
        with zipfile.ZipFile(io.BytesIO(workbook.read_bytes())) as package:
            parts += [package.read(entry).decode("utf-8", "replace") for entry in package.namelist()]
    return "\n".join(parts)


def test_no_store_holds_a_refused_number_after_a_full_journey(tmp_path, settings):
    for number in range(1, 6):
        world.subject_make(number)
    rows = [
        world.penalty(1),
        world.penalty(2, CF_SY=f"当事人经营者身份证号{RESIDENT_ID}，销售过期食品"),
        world.penalty(3, CF_FR_ZJLX="居民身份证", CF_FR_ZJHM=RESIDENT_ID),
        world.penalty(4, CF_XDR_SHXYM=RESIDENT_ID),
        world.penalty(
            5, CF_XDR_MC=PERSON, CF_XDR_LB="自然人", CF_XDR_SHXYM="", CF_XDR_ZJLX="居民身份证", CF_XDR_ZJHM=RESIDENT_ID
        ),
        world.penalty(6, subject=1, CF_XDR_MC="演示另一家公司"),
        world.penalty(8, subject=1, BZ=f"联系人身份证{RESIDENT_ID}"),
        world.penalty(7, subject=2, CF_WSH=RESIDENT_ID),
    ]
    path = world.file_write(tmp_path / f"{RESIDENT_ID}的处罚.csv", rows)

    result = world.load(path, out_dir=tmp_path / "out", is_desensitised=True)

    assert CurrentRecord.objects.exists()
    assert Doubt.objects.exists()
    stored = _everything_stored(settings, [result.marked.path])
    assert RESIDENT_ID not in stored
    assert PERSON not in stored
    assert "演示夔门1号" in stored, "the search reads what it should"


def test_an_original_is_sealed_and_opens_for_a_purpose_only_with_a_log(tmp_path, settings):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
    number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number

    assert world.name(1).encode() not in world.landed_bytes(settings.XINHENG_VAR)
    copy = services.original_read(
        number=number, actor="信用办乙", purpose="核对第2行", out=tmp_path / "原件.csv", now=world.NOW
    )

    assert copy.read_bytes() == path.read_bytes()
    event = Event.objects.get(action="intake.submission.original_read")
    assert (event.actor, event.facts["note"]) == ("信用办乙", "核对第2行")


@pytest.mark.parametrize("size", [0, 1, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 9 * 1024 * 1024])
def test_files_of_every_size_come_back_whole(tmp_path, size):
    path = tmp_path / "f.csv"
    path.write_bytes(bytes(index % 251 for index in range(1024)) * (size // 1024) + b"x" * (size % 1024))
    submission = Submission.objects.create(
        number="FJ-1", organ_code="x", organ_name="x", clerk="甲", file_name="f.csv", file_sha256="0", file_size=size,
        received_at=world.NOW, reported_date=world.NOW.date(),
    )  # fmt: skip
    sealed = original_seal(path=path)
    SubmissionOriginal.objects.create(
        submission=submission, stored_as=sealed.stored_as, wrapped_key=sealed.wrapped_key, destroy_after=world.NOW.date()
    )
    with original_opened(submission=submission) as plain:
        assert plain.read_bytes() == path.read_bytes()
    assert not plain.exists()


def test_a_cut_sealed_file_does_not_open(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"x" * (9 * 1024 * 1024))
    sealed = original_seal(path=path)
    stored = folder("originals") / sealed.stored_as
    frame = 4 * 1024 * 1024 + 12 + 16 + 4
    stored.write_bytes(stored.read_bytes()[: 2 * frame])
    submission = Submission.objects.create(
        number="FJ-1", organ_code="x", organ_name="x", clerk="甲", file_name="f.csv", file_sha256="0", file_size=1,
        received_at=world.NOW, reported_date=world.NOW.date(),
    )  # fmt: skip
    SubmissionOriginal.objects.create(
        submission=submission, stored_as=sealed.stored_as, wrapped_key=sealed.wrapped_key, destroy_after=world.NOW.date()
    )
    with pytest.raises(InvalidTag), original_opened(submission=submission):
        pass


class TestPurge:
    @pytest.fixture
    def finished(self, tmp_path):
        world.subject_make(1)
        world.subject_make(2)
        path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_XDR_MC=world.name(1))])
        return world.load(path).receipt.number

    def _purge(self, day):
        with clock.fixed(day):
            result = CliRunner().invoke(intake, ["purge-originals"], catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    def test_an_original_lives_ninety_days_and_no_longer(
        self, finished, settings, tmp_path, django_capture_on_commit_callbacks
    ):
        last_day = world.NOW.date() + timedelta(days=settings.XINHENG_ORIGINAL_RETENTION_DAYS)
        assert "销毁原件 0 份" in self._purge(last_day)

        with django_capture_on_commit_callbacks(execute=True):
            output = self._purge(last_day + timedelta(days=1))

        assert "销毁原件 1 份" in output
        assert not list(folder("originals").iterdir())
        submission = Submission.objects.get(number=finished)
        assert submission.original.wrapped_key is None
        assert len(submission.file_sha256) == 64
        assert Doubt.objects.get().state == "LAPSED"
        assert Doubt.objects.get().sealed_row is None
        assert CurrentRecord.objects.count() == 1
        with pytest.raises(OriginalDestroyed):
            services.original_read(number=finished, actor="甲", purpose="再看", out=tmp_path / "x", now=world.NOW)
        assert "已经销毁" in services.receipt_text(services.receipt_of(number=finished))
        assert "销毁原件 0 份" in self._purge(last_day + timedelta(days=2))

    def test_the_retention_is_a_setting(self, tmp_path, settings):
        settings.XINHENG_ORIGINAL_RETENTION_DAYS = 5
        path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
        number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number
        self._purge(world.NOW.date() + timedelta(days=6))
        submission = Submission.objects.get(number=number)
        assert submission.state == SubmissionState.WITHDRAWN, "an unfinished one cannot go on without its original"
        assert submission.original.destroyed_at is not None


def test_nothing_is_left_between_the_steps_of_a_finished_submission(tmp_path, settings):
    world.subject_make(1)
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1)]))
    assert not [path for path in (settings.XINHENG_VAR / "intake").rglob("*") if path.is_file()]
