"""Every catalogue that comes into use goes into the transparency log, queued in the transaction that stores it (ADR 0062)."""

from django.db import migrations

LOGGED = """
CREATE VIEW catalogue_logged AS
SELECT s.hash::text AS name, 0::bigint AS position, s.hash::text AS about, s.stored_at AS moment,
    'CATALOGUE'::text AS event, ''::text AS item,
    'CATALOGUE'::text AS kind, 0 AS version, sha256(convert_to(s.hash || E'\\n' || s.content, 'UTF8')) AS digest
FROM catalogue_cataloguesnapshot s;
COMMENT ON VIEW catalogue_logged IS 'What the transparency log hashes of every catalogue that was in use.';
-- Written through, it would write with the owner's rights.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON catalogue_logged FROM xinheng_app;

CREATE FUNCTION catalogue_snapshot_queued() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM tlog_queue('CATALOGUE', NEW.hash, 0, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER catalogue_snapshot_queued AFTER INSERT ON catalogue_cataloguesnapshot
    FOR EACH ROW EXECUTE FUNCTION catalogue_snapshot_queued();

-- Once: who goes back and comes forward again finds what was queued before in the queue still, and in the log.
SELECT tlog_queue('CATALOGUE', hash, 0, 0) FROM catalogue_cataloguesnapshot
WHERE hash NOT IN (SELECT name FROM tlog_logbatch WHERE source = 'CATALOGUE') ORDER BY stored_at, hash;
"""

_UNDO = """
DROP TRIGGER catalogue_snapshot_queued ON catalogue_cataloguesnapshot;
DROP FUNCTION catalogue_snapshot_queued();
DROP VIEW catalogue_logged;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_proposals"), ("tlog", "0001_initial")]

    operations = [migrations.RunSQL(LOGGED, _UNDO)]
