"""Rights and walls that somebody changed past the platform are found by the doctor."""

from django.db import connections

from xinheng.adapters import clock
from xinheng.operations.domain import State
from xinheng.operations.selectors import findings


def _found():
    return {one.check: one for one in findings(now=clock.now(), production=False)}


def test_a_role_with_more_or_less_than_is_written_is_found(fresh_database, owner_connection):
    assert _found()["database.roles"].state is State.GOOD
    owner_connection.execute("GRANT SELECT ON intake_submissionoriginal TO xinheng_public")
    found = _found()["database.roles"]
    assert (found.state, "SELECT intake_submissionoriginal" in found.seen) == (State.BAD, True)
    assert "xinheng database roles" in found.remedy


def test_a_role_that_cannot_be_taken_is_told(fresh_database, monkeypatch):
    """As where the administrator made the roles and did not give them to the owner."""
    for alias in ("auditor", "backup"):
        monkeypatch.setitem(connections[alias].settings_dict, "OPTIONS", {"options": "-c role=nobody_has_made_this"})
    found = _found()["database.roles"]
    assert found.state is State.ATTENTION
    assert "备份用的是属主的身份" in found.seen
    assert "命令行查看操作记录用的是网站的身份" in found.seen
    assert "DATABASE_BACKUP_URL" in found.remedy


def test_rights_and_walls_that_somebody_changed_are_found(fresh_database, owner_connection):
    owner_connection.execute("GRANT UPDATE ON records_recordversion TO xinheng_app")
    owner_connection.execute("ALTER TABLE intake_doubt DISABLE ROW LEVEL SECURITY")
    found = _found()
    assert "records_recordversion" in found["database.rights"].seen
    assert "intake_doubt" in found["database.walls"].seen
    owner_connection.execute("REVOKE UPDATE ON records_recordversion FROM xinheng_app")
    owner_connection.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
    assert "audit_event" in _found()["database.rights"].seen
