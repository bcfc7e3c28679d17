"""Person-related fields whose time is over (P17, ADR 0067): destroyed by the retention role, by the database's own clock."""

from django.db import migrations

_DUE = """
CREATE FUNCTION records_keys_destroy_due(of_records uuid[], days integer, ground text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    -- How long a display lasts is the law's and is reckoned by the platform. The database holds the rest: nothing that
    -- anything happened to lately, nothing in dispute or on hold.
    IF days IS NULL OR days < 30 OR coalesce(ground, '') = '' THEN
        RAISE EXCEPTION 'person-related fields are destroyed after 30 days at the earliest and with a ground, not %', days
            USING ERRCODE = 'check_violation', CONSTRAINT = 'records_kept_long_enough';
    END IF;
    UPDATE records_recordkey k SET material = NULL, destroyed_date = retention_today(), destroyed_ground = ground
    FROM records_currentrecord c
    WHERE k.record_id = ANY (of_records) AND c.record_id = k.record_id AND k.material IS NOT NULL
        AND c.disputed_since IS NULL AND NOT c.held
        AND (c.recorded_at AT TIME ZONE 'Asia/Shanghai')::date + days <= retention_today();
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;
REVOKE EXECUTE ON FUNCTION records_keys_destroy_due(uuid[], integer, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'xinheng_retention') THEN
        GRANT EXECUTE ON FUNCTION records_keys_destroy_due(uuid[], integer, text) TO xinheng_retention;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0007_logged"), ("audit", "0003_retention")]

    operations = [migrations.RunSQL(_DUE, "DROP FUNCTION records_keys_destroy_due(uuid[], integer, text);")]
