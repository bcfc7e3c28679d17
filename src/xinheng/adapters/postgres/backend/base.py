"""The backend module that Django loads by name (``ENGINE``)."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; the embedded server is started when the first connection asks for it, so no command must remember to."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new psycopg connection."""
        if settings.EMBEDDED_SERVER is not None:
            settings.EMBEDDED_SERVER.acquire()
        return super().get_new_connection(conn_params)
