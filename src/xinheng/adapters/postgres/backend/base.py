"""The backend module that Django loads by name (``ENGINE``)."""

from typing import Any, Final

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import sql

from xinheng.adapters.reach import NOTHING, SETTING, reach_now
from xinheng.adapters.work import SETTING as WORK
from xinheng.adapters.work import work_now

_PREPARE_AFTER: Final = 5
# One plan for every text that is ever asked: the same index whatever the text, and no planning in each search.
_OPTIONS: Final = "-c plan_cache_mode=force_generic_plan"


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; the embedded server is started when the first connection asks for it, so no command must remember to.

    Django's own cursors never prepare statements; only what ``adapters.database.prepared_rows`` asks is prepared, and
    planned once.

    The server is told the thread's reach (``adapters.reach``) and who is at work in it (``adapters.work``) before the next
    question where either changed: session settings, which cost nothing while they stay the same.
    """

    _told: tuple[str, str] | None = None
    _is_going_back = False

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
        self._told = (NOTHING, "")  # as every session begins: without the setting nothing is seen
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor of a session that knows the thread's reach."""
        self.reach_tell()
        return super().create_cursor(name)

    def reach_tell(self) -> None:
        """Tell the server the thread's reach and work where it does not know them. For cursors that are made past Django."""
        wanted = _wanted()
        if self._told != wanted and not self._is_going_back:
            # SET takes no snapshot, so that a transaction can still choose its isolation after it. Both go in one exchange,
            # which a prepared statement could not.
            settings_told = sql.SQL("SET {} = {}; SET {} = {}").format(
                sql.SQL(SETTING), sql.Literal(wanted[0]), sql.SQL(WORK), sql.Literal(wanted[1])
            )
            self.connection.execute(settings_told, prepare=False)
            self._told = wanted

    def reach_settle(self) -> None:
        """Take a reach that has ended from the server at once; a session that cannot be told is closed."""
        if self.connection is None or self.connection.closed or self._told == _wanted():
            return
        try:
            self.reach_tell()
        except psycopg.Error:
            self._told = None
            if not self.in_atomic_block:
                self.close()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc] # Django has it, its types do not
        self._told = None  # a setting that was made in the transaction went with it

    def _savepoint_rollback(self, sid: str) -> None:
        self._is_going_back = True  # nothing but the way back can be said in a transaction that failed
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc] # as above
        finally:
            self._is_going_back, self._told = False, None


def _wanted() -> tuple[str, str]:
    """Return what the server has to know of this thread."""
    return reach_now(), work_now().told()
