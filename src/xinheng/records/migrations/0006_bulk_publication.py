"""A publication that only begins records inserts them plainly, and statistics leave out what no query chooses by.

``ON CONFLICT`` inserts every row twice over (a try, then its confirmation); where no version replaces another it can only
meet rows that the check before it refuses. Statistics of the wide columns were most of the time of ``ANALYZE``.
"""

import importlib

from django.db import migrations

_BEFORE = importlib.import_module("xinheng.records.migrations.0003_planned_checks")

COLUMNS, NEWER = _BEFORE.COLUMNS, _BEFORE.NEWER

# ruff: noqa: S608 - put together from literals of these files
_UPSERT = f"""    EXECUTE 'INSERT INTO records_currentrecord (record_id, {COLUMNS})
             SELECT record_id, {COLUMNS} FROM added a' || only_last || '
             ON CONFLICT (record_id) DO UPDATE SET {NEWER}';
"""

_BEGIN_OR_UPSERT = f"""    IF replacing = 0 THEN
        EXECUTE 'INSERT INTO records_currentrecord (record_id, {COLUMNS}) SELECT record_id, {COLUMNS} FROM added';
        RETURN NULL;
    END IF;
{_UPSERT}"""

PROJECTION = _BEFORE.PROJECTION.replace(_UPSERT, _BEGIN_OR_UPSERT)
assert PROJECTION != _BEFORE.PROJECTION

ANALYZE = """
CREATE OR REPLACE FUNCTION records_analyze() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    ANALYZE records_currentrecord (
        record_id, seq, item_id, item_kind, subject_id, is_sole_trader, organ_code, document_no_key, certificate_no,
        decision_date, list_type, penalty_mask, on_the_spot, display_from, revoked_date, repaired_date, delisted_date,
        withdrawn, held, disputed_since, submission_id, effective_from, effective_until);
    ANALYZE records_recordversion (seq, record_id, supersedes, subject_id, submission_id);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0005_versions_of_subject")]

    operations = [migrations.RunSQL(PROJECTION + ANALYZE, migrations.RunSQL.noop)]
