"""What the database itself refuses about organisations, proved as the application role."""

import psycopg
import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM subjects_subject",
        "TRUNCATE subjects_subject CASCADE",
        "DELETE FROM subjects_subjectname",
        "UPDATE subjects_subjectname SET name = 'x'",
        "UPDATE subjects_subjectcode SET code = 'x'",
        "DELETE FROM subjects_subjectstatus",
        "UPDATE subjects_subjectaddress SET address = 'x'",
        "DROP INDEX subjects_name_bigrams",
    ],
)
def test_history_can_neither_be_changed_nor_deleted(app_connection: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement)


def test_statistics_can_be_refreshed_by_the_application(app_connection: psycopg.Connection) -> None:
    app_connection.execute("SELECT subjects_refresh_statistics()")


def test_bigrams_and_spelling_form(app_connection: psycopg.Connection) -> None:
    row = app_connection.execute("SELECT bg('夔门云帆'), bg('夔'), bg('')").fetchone()
    assert row == (["夔门", "门云", "云帆"], [], [])
    row = app_connection.execute("SELECT subjects_spelling_key('演示(重庆)食品有眼公司')").fetchone()
    assert row == ("演示重庆食品有限公司",)
