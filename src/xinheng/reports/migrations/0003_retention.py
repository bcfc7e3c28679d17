"""The content of issued reports ends by the retention role alone (P17, ADR 0067): the application cannot empty a key any more."""

from django.db import migrations

_DUE = """
CREATE FUNCTION reports_keys_destroy_due(issued_before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    IF issued_before IS NULL OR issued_before > retention_now() - interval '30 days' THEN
        RAISE EXCEPTION 'reports are kept for 30 days at least' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'reports_kept_long_enough';
    END IF;
    UPDATE reports_issuedreport SET wrapped_key = NULL WHERE id IN (
        SELECT id FROM reports_issuedreport WHERE issued_at < issued_before AND wrapped_key IS NOT NULL ORDER BY id LIMIT at_most);
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;

CREATE FUNCTION reports_key_destroy(of_number text, ground text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    IF coalesce(ground, '') = '' THEN
        RAISE EXCEPTION 'a report is destroyed before its day with a ground only' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE reports_issuedreport SET wrapped_key = NULL WHERE number = of_number AND wrapped_key IS NOT NULL;
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;
"""
_RIGHTS = """
REVOKE UPDATE (wrapped_key) ON reports_issuedreport FROM xinheng_app;
REVOKE EXECUTE ON FUNCTION reports_keys_destroy_due(timestamptz, integer), reports_key_destroy(text, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'xinheng_retention') THEN
        GRANT EXECUTE ON FUNCTION reports_keys_destroy_due(timestamptz, integer), reports_key_destroy(text, text)
            TO xinheng_retention;
    END IF;
END $$;
"""
_BACK = """
GRANT UPDATE (wrapped_key) ON reports_issuedreport TO xinheng_app;
DROP FUNCTION reports_keys_destroy_due(timestamptz, integer);
DROP FUNCTION reports_key_destroy(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_guards"), ("audit", "0003_retention")]

    operations = [migrations.RunSQL(_DUE + _RIGHTS, _BACK)]
