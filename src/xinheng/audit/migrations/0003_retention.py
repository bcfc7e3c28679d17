"""What the role of retention needs of everybody: the database's own clock, and to write what it did into the event log (P17, ADR 0067)."""

from django.db import migrations

_CLOCK = """
-- The only clock by which something is destroyed: the application cannot set it. The owner may replace it (a test does).
CREATE FUNCTION retention_now() RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$ SELECT now() $$;
CREATE FUNCTION retention_today() RETURNS date
    LANGUAGE sql STABLE SET search_path = pg_catalog, public
AS $$ SELECT (retention_now() AT TIME ZONE 'Asia/Shanghai')::date $$;
"""

# The event stands in the transaction of the destruction. RETURNING needs the right to see the number it was given.
_EVENTS = """
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'xinheng_retention') THEN
        GRANT INSERT ON audit_event TO xinheng_retention;
        GRANT SELECT (id) ON audit_event TO xinheng_retention;
        EXECUTE format('GRANT USAGE ON SEQUENCE %s TO xinheng_retention', pg_get_serial_sequence('audit_event', 'id'));
        -- Without an account of its own it works inside the owner's session, as the application does.
        GRANT xinheng_retention TO CURRENT_USER;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'role xinheng_retention is not for the owner to take';
END $$;
"""
_BACK = "DROP FUNCTION retention_today(); DROP FUNCTION retention_now();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_trail")]

    operations = [migrations.RunSQL(_CLOCK + _EVENTS, _BACK)]
