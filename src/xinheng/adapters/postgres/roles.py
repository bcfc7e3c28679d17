"""Database roles: the owner migrates, the application works and can neither change history nor delete records."""

import psycopg
from psycopg import sql

from xinheng.adapters.postgres.supervisor import APP_ROLE


def prepare(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Make the application role and its default rights; safe to repeat, run before migrations.

    Migrations then take away what a table must not allow (``REVOKE UPDATE, DELETE ...``).
    """
    app = sql.Identifier(APP_ROLE)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER").format(app))
    # SET ROLE needs membership where the owner is no superuser.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(app))
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(app=app))
