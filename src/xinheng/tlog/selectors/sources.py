"""What leaves stand for, asked of the database as it is now."""

from collections.abc import Mapping
from typing import Final

SOURCES: Final[Mapping[str, str]] = {"RECORDS": "records_logged", "CATALOGUE": "catalogue_logged"}
"""Source → the view of its context that says what is hashed (name, position, about, moment, event, item, kind, version, digest)."""

PROJECTIONS: Final[Mapping[str, str]] = {"RECORDS": "records_projected"}
"""Source → the view of what is read day by day instead of the source; its digests (position, digest) must be the source's."""

LOST: Final = "数据库恢复到较早的备份，内容和盐已遗失"
"""The ground on record where a leaf has no salt because it went with a database (ADR 0073)."""

_TEXT: Final = "tlog_event(r.about, r.moment, tlog_content(s.salt, r.digest), r.event, r.item, r.kind, r.position, r.version)"

EVENTS: Final = " UNION ALL ".join(
    f"""SELECT leaf_index, event, tlog_entry(salt, event) AS entry FROM (
        SELECT i AS leaf_index, s.salt, {_TEXT} AS event
        FROM tlog_logbatch b
        CROSS JOIN LATERAL generate_series(
            greatest(b.first_index, %(begin)s), least(b.first_index + b.last - b.first, %(end)s - 1)) i
        JOIN tlog_logsalt s ON s.leaf_index = i
        JOIN {view} r ON r.name = b.name AND r.position = b.first + i - b.first_index
        WHERE b.source = '{source}' AND b.first_index < %(end)s AND b.first_index + b.last - b.first >= %(begin)s
    ) of_{source.lower()}"""  # noqa: S608 - put together from literals of this module
    for source, view in SOURCES.items()
)
"""The leaves from ``begin`` to ``end`` (exclusive) that have a salt: their events, and the entries that these make."""
