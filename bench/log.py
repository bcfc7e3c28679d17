"""Put 10⁵ and 10⁶ published versions into the transparency log, from nothing, against COPY … TO of the same rows.

The records are those of the snapshot job. Ours is all of ``xinheng log append``: salts and entries in the database, bundles and
tiles synced and renamed, everything read back and verified, the checkpoint signed. The peer is what the database alone does with
these rows: all columns of every version into one CSV file, synced. Each runs in turn.
"""

import os
import shutil
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from bench.data import ON_DATE
from bench.harness import Row, in_turn, timed
from bench.server import HOME, Database
from bench.snapshot import at_both_sizes

_PEER: Final = "COPY … TO of the same rows"
_MEBIBYTE: Final = 2**20


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure at 10⁵ and 10⁶ versions (``quick``: 10⁵)."""
    return at_both_sizes(_measured, job="log", case="transparency log: append", quick=quick, repeat=repeat)


def _measured(database: Database, repeat: int) -> Row:
    peer = HOME / "log-peer.csv"
    with database.in_django(), database.connect(owner=True) as owner:
        times = in_turn(
            {"ours": lambda: _appended(database, owner), "peer": lambda: timed(lambda: _copied(owner, peer))}, repeat=repeat
        )
        size = _asked(owner, "SELECT count(*) FROM tlog_logleaf")
        stored = sum(
            _asked(owner, f"SELECT pg_total_relation_size('{table}')")
            for table in ("tlog_logleaf", "tlog_logsalt", "tlog_logbatch")
        )
        files = [path.stat().st_size for path in (database.var / "tlog").rglob("*") if path.is_file()]
        _emptied(database, owner)
    peer.unlink(missing_ok=True)
    per_million = 1_000_000 / size / _MEBIBYTE
    return Row(
        job="log",
        case="transparency log: append",
        size=f"{size:,} versions",
        ours=times["ours"].median,
        peer_name=_PEER,
        peer=times["peer"].median,
        at_most=12,
        note=f"{size / times['ours'].median:,.0f} entries a second; for 10⁶ entries {stored * per_million:.0f} MiB of tables, "
        f"{sum(files) * per_million:.0f} MiB in {len(files) * 1_000_000 // size:,} files",
    )


def _asked(owner: Any, question: str) -> int:
    """Return the one number that a question of ours is answered with."""
    (found,) = owner.execute(question).fetchone()
    return int(found)


def _appended(database: Database, owner: Any) -> Any:
    from xinheng.adapters.clock import CHINA
    from xinheng.tlog.services import log_append

    _emptied(database, owner)
    return timed(lambda: log_append(now=datetime.combine(ON_DATE, time(2), CHINA)))


def _emptied(database: Database, owner: Any) -> None:
    """Take the log out of database and folder, past its triggers: only a measurement may."""
    owner.execute("SET session_replication_role = replica")
    owner.execute("TRUNCATE tlog_logleaf, tlog_logsalt, tlog_logcheckpoint")
    owner.execute("UPDATE tlog_logbatch SET first_index = NULL")
    owner.execute("SET session_replication_role = origin")
    shutil.rmtree(database.var / "tlog", ignore_errors=True)


def _copied(owner: Any, path: Path) -> None:
    """Let the database write the stored rows into one file, and sync it."""
    with path.open("wb") as out:
        with owner.cursor().copy("COPY records_recordversion TO STDOUT (FORMAT csv)") as copy:
            out.writelines(copy)
        out.flush()
        os.fsync(out.fileno())
