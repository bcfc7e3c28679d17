"""A process that answers readers lets no statement take longer than it should."""

import pytest
from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled

from xinheng.adapters.database import statements_bounded, statements_patient


def test_web_processes_bound_their_statements(fresh_database):
    def timeout():
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    before = dict(connection.settings_dict.get("OPTIONS", {}))
    # The live server of another test may have begun as a deployment does, with a bound of its own.
    connection.settings_dict["OPTIONS"] = {name: value for name, value in before.items() if name != "options"}
    connection.close()
    try:
        assert timeout() == "0"
        with statements_patient(seconds=120):
            assert timeout() == "0", "who is not bound needs no patience"
        statements_bounded(seconds=10)
        statements_bounded(seconds=7)
        assert timeout() == "7s"
        with statements_patient(seconds=120):
            assert timeout() == "2min"
        assert timeout() == "7s"
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 1")
            with pytest.raises(OperationalError) as told:
                cursor.execute("SELECT pg_sleep(10)")
        assert isinstance(told.value.__cause__, QueryCanceled)
    finally:
        connection.settings_dict["OPTIONS"] = before
        connection.close()
