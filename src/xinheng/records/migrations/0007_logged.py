"""Every version goes into the transparency log: queued by a trigger in the transaction that adds it (ADR 0062).

One row per statement, whatever the number of versions: a load of a million pays nothing for it. What is hashed of a version is
all of it, in a form that no setting of a session changes; a later migration that adds a column gives the views a new form for
the versions from then on.
"""

import importlib

from django.db import migrations

_PLAIN = importlib.import_module("xinheng.records.migrations.0002_append_only").COLUMNS
_WRITTEN = {
    "sealed": "encode({0}.sealed, 'hex')",
    "person_digest": "encode({0}.person_digest, 'hex')",
    "content_hash": "encode({0}.content_hash, 'hex')",
    "recorded_at": "to_char({0}.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
}
COLUMNS = ["record_id", *(name.strip() for name in _PLAIN.split(",")), "effective_from", "effective_until"]


def _digest(table: str) -> str:
    values = ", ".join(_WRITTEN.get(name, "{0}." + name).format(table) for name in COLUMNS)
    return f"sha256(convert_to(jsonb_build_array('xinheng-record/1', {values})::text, 'UTF8'))"


# ruff: noqa: S608 - put together from literals of these files
# What happened is told in the log's six words; which mark it was is in the digest, and in no proof that a stranger is shown.
VIEWS = f"""
CREATE VIEW records_logged AS
SELECT ''::text AS name, v.seq AS position, v.record_id::text AS about, v.recorded_at AS moment,
    CASE WHEN v.event = 'REPORTED' AND v.item_kind = 'LIST_ENTRY' THEN 'LISTED' WHEN v.event = 'REPORTED' THEN 'PUBLISHED'
        WHEN v.event IN ('CORRECTED', 'WITHDRAWN', 'DELISTED') THEN v.event ELSE 'MARKED' END AS event,
    v.item_id AS item, v.item_kind AS kind, v.version_no AS version, {_digest("v")} AS digest, v.record_id AS record
FROM records_recordversion v;
COMMENT ON VIEW records_logged IS 'What the transparency log hashes of every version of a record.';

CREATE VIEW records_projected AS
SELECT c.seq AS position, {_digest("c")} AS digest FROM records_currentrecord c;
COMMENT ON VIEW records_projected IS 'The digests of current records, which must be those of their newest versions.';
-- Written through, they would write with the owner's rights.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON records_logged, records_projected FROM xinheng_app;
"""

# Taking down and warning go on when publishing is stopped; everything that shows more does not.
TRIGGER = """
CREATE FUNCTION records_version_queued() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    lowest bigint;
    highest bigint;
    shows boolean;
BEGIN
    SELECT min(seq), max(seq),
        bool_or(event NOT IN ('REVOKED', 'WITHDRAWN', 'HELD', 'DISPUTED', 'REPAIRED', 'DELISTED'))
    INTO lowest, highest, shows FROM added;
    IF lowest IS NULL THEN
        RETURN NULL;
    END IF;
    IF shows THEN
        PERFORM tlog_publishing_require();
    END IF;
    PERFORM tlog_queue('RECORDS', '', lowest, highest);
    RETURN NULL;
END $$;
CREATE TRIGGER records_version_queued AFTER INSERT ON records_recordversion
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION records_version_queued();
"""

# Once: who goes back and comes forward again finds what was queued before in the queue still, and in the log.
BEFORE_THE_LOG = """
SELECT tlog_queue('RECORDS', '', min(seq), max(seq)) FROM records_recordversion
WHERE seq > coalesce((SELECT max(last) FROM tlog_logbatch WHERE source = 'RECORDS'), 0) HAVING count(*) > 0;
"""

_UNDO = """
DROP TRIGGER records_version_queued ON records_recordversion;
DROP FUNCTION records_version_queued();
DROP VIEW records_logged, records_projected;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0006_bulk_publication"), ("tlog", "0001_initial")]

    operations = [migrations.RunSQL(VIEWS + TRIGGER + BEFORE_THE_LOG, _UNDO)]
