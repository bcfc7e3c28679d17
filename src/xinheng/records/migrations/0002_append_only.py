"""What the database itself keeps: append-only versions, one gapless sequence in commit order, the projection.

The trigger is a statement's, not a row's, with a transition table: a bulk load pays for it once.
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

COUNTER = "INSERT INTO records_publicationcounter (id, last) VALUES (1, 0);"

APPEND_ONLY = """
CREATE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER records_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON records_recordversion
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER records_source_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON records_reportsource
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER records_key_stays BEFORE DELETE OR TRUNCATE ON records_recordkey
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER records_counter_stays BEFORE DELETE OR TRUNCATE ON records_publicationcounter
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON records_recordversion, records_reportsource, records_recordkey FROM xinheng_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON records_currentrecord, records_publicationcounter FROM xinheng_app;
"""

SEQUENCE = """
CREATE FUNCTION records_publication_lock() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$ SELECT last FROM records_publicationcounter WHERE id = 1 FOR UPDATE $$;
COMMENT ON FUNCTION records_publication_lock() IS
    'Last publication number; whoever calls it holds the sequence until commit, so that numbers follow commit order.';
"""

# ruff: noqa: S608 - put together from literals of this file
PROJECTION = f"""
CREATE FUNCTION records_version_added() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
    lowest bigint;
    highest bigint;
    broken bigint;
BEGIN
    SELECT count(*), min(seq), max(seq) INTO amount, lowest, highest FROM added;
    IF amount = 0 THEN
        RETURN NULL;
    END IF;

    -- Gapless: the numbers continue the counter without a hole. The row lock makes a second publication wait for our commit.
    UPDATE records_publicationcounter SET last = highest WHERE id = 1 AND last = lowest - 1;
    IF NOT FOUND OR highest - lowest + 1 <> amount THEN
        RAISE EXCEPTION 'publication sequence: % to % (% rows) does not continue it', lowest, highest, amount
            USING ERRCODE = 'check_violation';
    END IF;

    -- A version replaces the newest of the same record, or begins one; who and what the record is about stays.
    -- An aggregate, not LIMIT 1: for a first row the planner would choose nested loops, quadratic in the batch.
    SELECT min(a.seq) INTO broken
    FROM added a
    LEFT JOIN records_currentrecord c ON c.record_id = a.record_id
    LEFT JOIN added p ON p.seq = a.supersedes
    WHERE CASE
        WHEN a.supersedes IS NULL THEN c.record_id IS NOT NULL
        WHEN p.seq IS NOT NULL THEN
            (p.record_id, p.version_no + 1, p.item_id, p.organ_code, p.document_no_key, p.certificate_no)
            IS DISTINCT FROM (a.record_id, a.version_no, a.item_id, a.organ_code, a.document_no_key, a.certificate_no)
            OR (p.subject_id <> a.subject_id AND a.event <> 'SUBJECT_MOVED')
        ELSE
            (c.seq, c.version_no + 1, c.item_id, c.organ_code, c.document_no_key, c.certificate_no)
            IS DISTINCT FROM (a.supersedes, a.version_no, a.item_id, a.organ_code, a.document_no_key, a.certificate_no)
            OR (c.subject_id <> a.subject_id AND a.event <> 'SUBJECT_MOVED')
        END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'record version % does not replace the newest version of its record', broken
            USING ERRCODE = 'check_violation';
    END IF;

    INSERT INTO records_currentrecord (record_id, {COLUMNS})
    SELECT record_id, {COLUMNS} FROM added a
    WHERE NOT EXISTS (SELECT 1 FROM added later WHERE later.supersedes = a.seq)
    ON CONFLICT (record_id) DO UPDATE SET {NEWER};
    RETURN NULL;
END $$;

CREATE TRIGGER records_version_added AFTER INSERT ON records_recordversion
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION records_version_added();

CREATE FUNCTION records_current_rebuild() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    PERFORM records_publication_lock();
    DELETE FROM records_currentrecord;
    INSERT INTO records_currentrecord (record_id, {COLUMNS})
    SELECT record_id, {COLUMNS} FROM records_recordversion v
    WHERE NOT EXISTS (SELECT 1 FROM records_recordversion later WHERE later.supersedes = v.seq);
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;
"""

RETENTION = """
CREATE FUNCTION records_key_only_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.material IS NOT NULL OR (NEW.key_id, NEW.record_id) IS DISTINCT FROM (OLD.key_id, OLD.record_id)
        OR OLD.material IS NULL THEN
        RAISE EXCEPTION 'a record key can only be destroyed, once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER records_key_only_destroyed BEFORE UPDATE ON records_recordkey
    FOR EACH ROW EXECUTE FUNCTION records_key_only_destroyed();

CREATE FUNCTION records_keys_destroy(record uuid, on_day date, ground text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    UPDATE records_recordkey SET material = NULL, destroyed_date = on_day, destroyed_ground = ground
    WHERE record_id = record AND material IS NOT NULL;
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;
REVOKE EXECUTE ON FUNCTION records_keys_destroy(uuid, date, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (COUNTER, APPEND_ONLY, SEQUENCE, PROJECTION, RETENTION)
    ]
