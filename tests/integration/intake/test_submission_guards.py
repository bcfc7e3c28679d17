"""What the database refuses of a submission, tried as the application role."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from xinheng.intake.models import UNFINISHED, Submission, SubmissionEvent, SubmissionOriginal, SubmissionState

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def _submission(**changes):
    values = {
        "number": "FJ-20261122-0001",
        "organ_code": "11500236TEST000001",
        "organ_name": "演示局",
        "clerk": "经办甲",
        "reviewer": "审核乙",
        "file_name": "处罚.xlsx",
        "file_sha256": "0" * 64,
        "file_size": 1,
        "received_at": NOW,
        "reported_date": date(2026, 11, 22),
    }
    return Submission.objects.create(**(values | changes))


def _refused(function, match):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        function()


LEGAL = {
    "DRAFT": {"RECEIVED", "WITHDRAWN"},
    "RECEIVED": {"LANDED", "REFUSED", "WITHDRAWN"},
    "LANDED": {"CHECKED", "REFUSED", "WITHDRAWN"},
    "CHECKED": {"MATCHED", "REFUSED", "WITHDRAWN"},
    "MATCHED": {"SUBMITTED", "RETURNED", "WITHDRAWN", "SUPERSEDED"},
    "SUBMITTED": {"MATCHED", "CERTIFIED", "RETURNED", "WITHDRAWN"},
    "RETURNED": {"SUBMITTED", "SUPERSEDED", "WITHDRAWN"},
    "CERTIFIED": {"PUBLISHED", "WITHDRAWN"},
    "PUBLISHED": {"WITHDRAWN", "SUPERSEDED"},
    "REFUSED": set(),
    "WITHDRAWN": set(),
    "SUPERSEDED": set(),
}
PATHS = {
    "DRAFT": [],
    "RECEIVED": ["RECEIVED"],
    "LANDED": ["RECEIVED", "LANDED"],
    "CHECKED": ["RECEIVED", "LANDED", "CHECKED"],
    "MATCHED": ["RECEIVED", "LANDED", "CHECKED", "MATCHED"],
    "SUBMITTED": ["RECEIVED", "LANDED", "CHECKED", "MATCHED", "SUBMITTED"],
    "RETURNED": ["RECEIVED", "LANDED", "CHECKED", "MATCHED", "RETURNED"],
    "CERTIFIED": ["RECEIVED", "LANDED", "CHECKED", "MATCHED", "SUBMITTED", "CERTIFIED"],
    "PUBLISHED": ["RECEIVED", "LANDED", "CHECKED", "MATCHED", "SUBMITTED", "CERTIFIED", "PUBLISHED"],
    "REFUSED": ["RECEIVED", "REFUSED"],
    "WITHDRAWN": ["WITHDRAWN"],
    "SUPERSEDED": ["RECEIVED", "LANDED", "CHECKED", "MATCHED", "RETURNED", "SUPERSEDED"],
}


def _moved(submission, to):
    submission.state = to
    if to == "CERTIFIED":
        submission.certified_at = NOW
    if to == "REFUSED":
        submission.refusal_text = "读不了"
    submission.save()


@pytest.mark.parametrize("start", SubmissionState.values)
def test_only_legal_transitions_pass(db, start):
    submission = _submission(state="DRAFT")
    for state in PATHS[start]:
        _moved(submission, state)
    for target in set(SubmissionState.values) - LEGAL[start] - {start}:
        fresh = Submission.objects.get(pk=submission.pk)
        fresh.certified_at = fresh.certified_at or (NOW if target in {"CERTIFIED", "PUBLISHED"} else None)
        fresh.refusal_text = "读不了"
        fresh.state = target
        _refused(fresh.save, "legal transition")


def test_a_submission_begins_at_the_beginning(db):
    _refused(lambda: _submission(state="PUBLISHED", certified_at=NOW), "begins as DRAFT or RECEIVED")


def test_clerk_and_reviewer_are_two_persons(db):
    _refused(lambda: _submission(reviewer="经办甲"), "submission_two_persons")


def test_nothing_is_certified_without_a_reviewer(db):
    submission = _submission(state="DRAFT", reviewer="")
    for state in PATHS["SUBMITTED"]:
        _moved(submission, state)
    submission.certified_at = NOW
    submission.state = "CERTIFIED"
    _refused(submission.save, "submission_reviewed_by_someone")


@pytest.mark.parametrize("field", ["organ_code", "clerk", "file_sha256", "number", "file_name"])
def test_what_identifies_a_submission_never_changes(db, field):
    submission = _submission()
    setattr(submission, field, "别的")
    _refused(submission.save, "never changes")


@pytest.mark.parametrize(("field", "value"), [("is_desensitised", True), ("item_id", "other"), ("landing", {"x": 1})])
def test_a_submitted_one_is_locked(db, field, value):
    submission = _submission(state="DRAFT")
    for state in PATHS["SUBMITTED"]:
        _moved(submission, state)
    setattr(submission, field, value)
    _refused(submission.save, "locked")


def test_a_certification_never_changes(db):
    submission = _submission(state="DRAFT")
    for state in PATHS["PUBLISHED"]:
        _moved(submission, state)
    submission.reviewer = "审核丙"
    _refused(submission.save, "certification never changes")


def test_one_file_of_one_organ_is_open_once(db):
    first = _submission()
    _refused(lambda: _submission(number="FJ-20261122-0002"), "submission_one_open_per_file")
    _moved(first, "WITHDRAWN")
    assert first.state not in UNFINISHED
    _submission(number="FJ-20261122-0002")


def test_an_original_is_only_ever_destroyed(fresh_database, owner_connection):
    """For the owner too; the application has no right to change one at all (ADR 0067)."""
    SubmissionOriginal.objects.create(
        submission=_submission(), stored_as="a", wrapped_key=b"k", destroy_after=date(2027, 2, 20)
    )
    change = "UPDATE intake_submissionoriginal SET "
    for late in ("destroy_after = '2036-01-01'", "wrapped_key = NULL, destroyed_at = now(), stored_as = 'b'"):
        with pytest.raises(psycopg.errors.CheckViolation, match="only ever destroyed"):
            owner_connection.execute(change + late)
    owner_connection.execute(change + "wrapped_key = NULL, destroyed_at = now()")
    with pytest.raises(psycopg.errors.CheckViolation, match="only ever destroyed"):
        owner_connection.execute(change + "wrapped_key = 'k', destroyed_at = NULL")


@pytest.mark.parametrize("table", ["submissionevent", "submissionfinding", "submissionrow", "doubtdecision"])
@pytest.mark.parametrize("verb", ["UPDATE intake_{} SET id = id", "DELETE FROM intake_{}", "TRUNCATE intake_{} CASCADE"])
def test_history_cannot_be_changed(db, table, verb):
    SubmissionEvent.objects.create(submission=_submission(), at=NOW, actor="甲", action="received")
    refused = pytest.raises(ProgrammingError, match=r"permission denied|append-only")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(verb.format(table))


@pytest.mark.parametrize("table", ["submission", "submissionoriginal", "doubt"])
def test_nothing_is_deleted(fresh_database, app_connection, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(f"DELETE FROM intake_{table}")


@pytest.mark.parametrize("table", ["submissionevent", "submissionfinding", "submissionrow", "doubtdecision"])
def test_not_even_the_owner_changes_history(fresh_database, owner_connection, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner_connection.execute(f"DELETE FROM intake_{table}")
