"""What the database refuses: changes to what was said, deletions, a zero report that moves backwards."""

from django.db import migrations

_FIXED = ("qualityfigure", "gapexplanation", "reconciliation", "reminder")

_APPEND_ONLY = """
CREATE FUNCTION monitoring_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "\n".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON monitoring_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON monitoring_{table} FROM xinheng_app;"""
    for table in _FIXED
)

_ZERO = """
CREATE FUNCTION monitoring_zero_report_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'STATED' THEN
            RAISE EXCEPTION 'a zero report begins as STATED' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'zero_report_legal_transition';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY
       (ARRAY['STATED>CERTIFIED', 'STATED>RETURNED', 'STATED>WITHDRAWN', 'CERTIFIED>WITHDRAWN']) THEN
        RAISE EXCEPTION 'zero report %: % to % is not a legal transition', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'zero_report_legal_transition';
    END IF;
    IF (NEW.organ_code, NEW.item_id, NEW.month, NEW.clerk, NEW.stated_at)
       IS DISTINCT FROM (OLD.organ_code, OLD.item_id, OLD.month, OLD.clerk, OLD.stated_at)
       OR (OLD.certified_at IS NOT NULL
           AND (NEW.reviewer, NEW.certified_at) IS DISTINCT FROM (OLD.reviewer, OLD.certified_at)) THEN
        RAISE EXCEPTION 'zero report %: what was stated and certified never changes', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'zero_report_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER zero_report_guard BEFORE INSERT OR UPDATE ON monitoring_zeroreport
    FOR EACH ROW EXECUTE FUNCTION monitoring_zero_report_guard();
REVOKE DELETE, TRUNCATE ON monitoring_zeroreport FROM xinheng_app;
"""

_UNDO = """
DROP FUNCTION monitoring_append_only() CASCADE;
DROP FUNCTION monitoring_zero_report_guard() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]

    operations = [migrations.RunSQL(_APPEND_ONLY + _ZERO, _UNDO)]
