"""The backend module that Django loads by name (``ENGINE``)."""

from typing import Any, Final

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

_PREPARE_AFTER: Final = 5
# One plan for every text that is ever asked: the same index whatever the text, and no planning in each search.
_OPTIONS: Final = "-c plan_cache_mode=force_generic_plan"


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; the embedded server is started when the first connection asks for it, so no command must remember to.

    Django's own cursors never prepare statements; only what ``adapters.database.prepared_rows`` asks is prepared, and
    planned once.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new psycopg connection; an embedded server that died meanwhile is started again."""
        server = settings.EMBEDDED_SERVER
        if server is None:
            return self._connected(conn_params)
        server.acquire()
        try:
            return self._connected(conn_params)
        except psycopg.OperationalError:
            server.revive()
            return self._connected(conn_params)

    def _connected(self, conn_params: dict[str, Any]) -> Any:
        options = f"{conn_params.get('options', '')} {_OPTIONS}".strip()
        connection = super().get_new_connection(conn_params | {"options": options})
        connection.prepare_threshold = _PREPARE_AFTER
        return connection
