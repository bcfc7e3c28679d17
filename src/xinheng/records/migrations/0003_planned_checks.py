"""The trigger again, with statements that are planned for the size of each publication.

A plan kept from one row loops over a million, one kept from a million reads the whole table for one row, and a
``LIMIT 1`` makes the planner expect an early hit that never comes: the first version was quadratic. So every statement is
planned when it runs (EXECUTE), none joins the added rows with themselves unless a file really repeats a record.
"""

from django.db import migrations

COLUMNS = """
    version_no, event, event_date, event_ground, event_actor, item_id, item_kind, item_version, catalogue_hash,
    legal_basis, basis_confidence, is_sole_trader, organ_code, organ_name, document_no, document_no_key, certificate_no,
    decision_date, valid_from, valid_to, list_type, statutory_until, penalty_mask, fine_fen, confiscated_fen, on_the_spot,
    display_from, free_text_confirmed, revoked_date, repaired_date, delisted_date, withdrawn, held, disputed_since,
    disputed_until, fields, key_id, sealed, person_digest, submission_id, sheet, row_no, reported_date, late_workdays,
    is_legacy, content_hash, recorded_at, seq, supersedes, subject_id
""".strip()

NEWER = ", ".join(f"{name.strip()} = EXCLUDED.{name.strip()}" for name in COLUMNS.split(","))

# ruff: noqa: S608 - put together from literals of this file
PROJECTION = f"""
CREATE OR REPLACE FUNCTION records_version_added() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
    lowest bigint;
    highest bigint;
    replacing bigint;
    chained bigint;
    broken bigint;
    only_last text := '';
BEGIN
    SELECT count(*), min(seq), max(seq), count(supersedes) INTO amount, lowest, highest, replacing FROM added;
    IF amount = 0 THEN
        RETURN NULL;
    END IF;

    -- Gapless: the numbers continue the counter without a hole. The row lock makes a second publication wait for our commit.
    UPDATE records_publicationcounter SET last = highest WHERE id = 1 AND last = lowest - 1;
    IF NOT FOUND OR highest - lowest + 1 <> amount THEN
        RAISE EXCEPTION 'publication sequence: % to % (% rows) does not continue it', lowest, highest, amount
            USING ERRCODE = 'check_violation';
    END IF;

    -- A version begins a record, or replaces its newest version; who and what the record is about stays.
    EXECUTE 'SELECT min(a.seq) FROM added a JOIN records_currentrecord c ON c.record_id = a.record_id
             WHERE a.supersedes IS NULL' INTO broken;
    IF broken IS NULL AND replacing > 0 THEN
        EXECUTE 'SELECT min(a.seq) FROM added a LEFT JOIN records_currentrecord c ON c.seq = a.supersedes
                 WHERE a.supersedes < $1 AND ((c.record_id, c.version_no + 1, c.item_id, c.organ_code, c.document_no_key,
                     c.certificate_no) IS DISTINCT FROM (a.record_id, a.version_no, a.item_id, a.organ_code,
                     a.document_no_key, a.certificate_no)
                 OR (c.subject_id <> a.subject_id AND a.event <> ''SUBJECT_MOVED''))' INTO broken USING lowest;
        SELECT count(*) INTO chained FROM added WHERE supersedes >= lowest;
        IF broken IS NULL AND chained > 0 THEN
            EXECUTE 'SELECT min(a.seq) FROM added a LEFT JOIN added c ON c.seq = a.supersedes
                     WHERE a.supersedes >= $1 AND ((c.record_id, c.version_no + 1, c.item_id, c.organ_code,
                         c.document_no_key, c.certificate_no) IS DISTINCT FROM (a.record_id, a.version_no, a.item_id,
                         a.organ_code, a.document_no_key, a.certificate_no)
                     OR (c.subject_id <> a.subject_id AND a.event <> ''SUBJECT_MOVED''))' INTO broken USING lowest;
            only_last := ' WHERE NOT EXISTS (SELECT 1 FROM added later WHERE later.supersedes = a.seq)';
        END IF;
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'record version % does not replace the newest version of its record', broken
            USING ERRCODE = 'check_violation';
    END IF;

    EXECUTE 'INSERT INTO records_currentrecord (record_id, {COLUMNS})
             SELECT record_id, {COLUMNS} FROM added a' || only_last || '
             ON CONFLICT (record_id) DO UPDATE SET {NEWER}';
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only")]

    operations = [migrations.RunSQL(PROJECTION, migrations.RunSQL.noop)]
