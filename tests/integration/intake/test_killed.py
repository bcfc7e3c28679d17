"""Killed anywhere and started again, nothing is lost and nothing is doubled (ADR 0018)."""

import multiprocessing
import signal

import pytest
from django.conf import settings as django_settings
from django.db import connections
from tests.factories import intake_world as world

from xinheng.intake import services
from xinheng.intake.models import Doubt, Submission, SubmissionFinding, SubmissionRow, SubmissionState
from xinheng.records.models import CurrentRecord, RecordVersion

POINTS_TRIED = 5
ROWS = 6


def _rows(series):
    """Return rows of which four are good, one is doubtful and one comes back; every series has its own documents."""
    first = series * 10
    good = [world.penalty(first + n, subject=n) for n in range(1, 5)]
    return [
        *good,
        world.penalty(first + 5, subject=1, CF_XDR_MC=world.name(2)),
        world.penalty(first + 6, subject=2, CF_NR_FK=""),
    ]


def _killed_at(point, *, path, database_name, forks):
    passed = forks.Value("i", 0)
    arguments = {
        "database_name": database_name,
        "var": django_settings.XINHENG_VAR,
        "path": path,
        "now": world.NOW,
        "at": point,
        "passed": passed,
    }
    from tests.integration.intake import killed

    process = forks.Process(target=killed.journey, kwargs=arguments)
    process.start()
    process.join(120)
    return process.exitcode, passed.value


@pytest.fixture
def forks():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.intake.killed"])
    return context


def test_killed_anywhere_and_started_again(fresh_database, tmp_path, forks):
    for number in range(1, 5):
        world.subject_make(number)
    connections.close_all()
    # Once to begin with: a deployment writes its master key and keeps its catalogue once. Then to count.
    for series in (0, 9):
        path = world.file_write(tmp_path / f"{series}.csv", _rows(series))
        code, points = _killed_at(0, path=path, database_name=fresh_database, forks=forks)
        assert code == 0
    assert points > POINTS_TRIED

    tried = sorted({round(1 + index * (points - 1) / (POINTS_TRIED - 1)) for index in range(POINTS_TRIED)})
    for series, point in enumerate(tried, start=1):
        path = world.file_write(tmp_path / f"{series}.csv", _rows(series))
        code, _ = _killed_at(point, path=path, database_name=fresh_database, forks=forks)
        assert code == -signal.SIGKILL, f"point {point} of {points}"

        services.submissions_resume(actor="system", now=world.NOW)
        world.load(path)

        documents = [f"奉市监罚字〔2026〕{series * 10 + n}号" for n in range(1, 7)]
        where = f"killed at point {point} of {points}"
        assert CurrentRecord.objects.filter(document_no__in=documents).count() == 4, where
        assert RecordVersion.objects.filter(document_no__in=documents).count() == 4, where
        submissions = Submission.objects.filter(file_name=path.name)
        # Killed after the end, the second load is a new submission of duplicates.
        assert submissions.count() in (1, 2), where
        for submission in submissions:
            assert submission.state == SubmissionState.PUBLISHED, where
            assert SubmissionRow.objects.filter(submission=submission).count() == ROWS, where
            assert Doubt.objects.filter(submission=submission).count() == 1, where
            keys = SubmissionFinding.objects.filter(submission=submission).values_list("row", "rule", "field")
            assert len(keys) == len(set(keys)), where
        connections.close_all()
    numbers = sorted(RecordVersion.objects.values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), "the publication sequence has no gap"
    assert not [file for file in (django_settings.XINHENG_VAR / "intake").rglob("*") if file.is_file()]
