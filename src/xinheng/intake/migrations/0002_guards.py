"""What the database refuses: illegal transitions, changes to a submitted batch, changes to history."""

from django.db import migrations

_GUARD = """
CREATE FUNCTION intake_submission_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    legal constant text[] := ARRAY[
        'DRAFT>RECEIVED', 'DRAFT>WITHDRAWN',
        'RECEIVED>LANDED', 'RECEIVED>REFUSED', 'RECEIVED>WITHDRAWN',
        'LANDED>CHECKED', 'LANDED>REFUSED', 'LANDED>WITHDRAWN',
        'CHECKED>MATCHED', 'CHECKED>REFUSED', 'CHECKED>WITHDRAWN',
        'MATCHED>SUBMITTED', 'MATCHED>RETURNED', 'MATCHED>WITHDRAWN',
        'SUBMITTED>CERTIFIED', 'SUBMITTED>RETURNED', 'SUBMITTED>WITHDRAWN',
        'RETURNED>SUBMITTED', 'RETURNED>SUPERSEDED', 'RETURNED>WITHDRAWN',
        'CERTIFIED>PUBLISHED', 'CERTIFIED>WITHDRAWN',
        'PUBLISHED>WITHDRAWN', 'PUBLISHED>SUPERSEDED'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('DRAFT', 'RECEIVED') THEN
            RAISE EXCEPTION 'a submission begins as DRAFT or RECEIVED, not %', NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_legal_transition';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (legal) THEN
        RAISE EXCEPTION 'submission %: % to % is not a legal transition', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_legal_transition';
    END IF;
    IF (NEW.number, NEW.organ_code, NEW.organ_name, NEW.clerk, NEW.file_name, NEW.file_sha256, NEW.file_size,
        NEW.received_at, NEW.reported_date, NEW.supersedes_id)
       IS DISTINCT FROM
       (OLD.number, OLD.organ_code, OLD.organ_name, OLD.clerk, OLD.file_name, OLD.file_sha256, OLD.file_size,
        OLD.received_at, OLD.reported_date, OLD.supersedes_id) THEN
        RAISE EXCEPTION 'submission %: what identifies a submission never changes', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_identity_is_fixed';
    END IF;
    IF OLD.state IN ('SUBMITTED', 'CERTIFIED', 'PUBLISHED', 'RETURNED', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED') AND
       (NEW.item_id, NEW.item_version, NEW.catalogue_hash, NEW.rule_set_version, NEW.landing, NEW.is_desensitised,
        NEW.is_on_the_spot, NEW.is_secret_free, NEW.is_legacy)
       IS DISTINCT FROM
       (OLD.item_id, OLD.item_version, OLD.catalogue_hash, OLD.rule_set_version, OLD.landing, OLD.is_desensitised,
        OLD.is_on_the_spot, OLD.is_secret_free, OLD.is_legacy) THEN
        RAISE EXCEPTION 'submission %: locked since it was submitted for review', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_locked';
    END IF;
    IF OLD.certified_at IS NOT NULL AND (NEW.reviewer, NEW.certified_at) IS DISTINCT FROM (OLD.reviewer, OLD.certified_at)
    THEN
        RAISE EXCEPTION 'submission %: its certification never changes', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_certification_is_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER submission_guard BEFORE INSERT OR UPDATE ON intake_submission
    FOR EACH ROW EXECUTE FUNCTION intake_submission_guard();

CREATE FUNCTION intake_original_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.destroyed_at IS NOT NULL OR NEW.destroyed_at IS NULL OR NEW.wrapped_key IS NOT NULL
       OR (NEW.submission_id, NEW.stored_as, NEW.destroy_after)
          IS DISTINCT FROM (OLD.submission_id, OLD.stored_as, OLD.destroy_after) THEN
        RAISE EXCEPTION 'an original is only ever destroyed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'original_only_destroyed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER original_guard BEFORE UPDATE ON intake_submissionoriginal
    FOR EACH ROW EXECUTE FUNCTION intake_original_guard();

CREATE FUNCTION intake_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""

_APPEND_ONLY = ("submissionevent", "submissionfinding", "submissionrow", "doubtdecision")

_TABLES = "\n".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON intake_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION intake_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON intake_{table} FROM xinheng_app;"""
    for table in _APPEND_ONLY
)

_NO_DELETE = """
REVOKE DELETE, TRUNCATE ON intake_submission, intake_submissionoriginal, intake_doubt, intake_numbercounter
    FROM xinheng_app;
"""

_UNDO = """
DROP FUNCTION intake_submission_guard() CASCADE;
DROP FUNCTION intake_original_guard() CASCADE;
DROP FUNCTION intake_append_only() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [migrations.RunSQL(_GUARD + _TABLES + _NO_DELETE, _UNDO)]
