"""An original's key ends by a function alone (P16, ADR 0067): on its day by the database's clock, or where nothing is lost with it."""

from django.db import migrations

_DUE = """
CREATE FUNCTION intake_original_destroy_due(of_submission bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE intake_submissionoriginal o SET wrapped_key = NULL, destroyed_at = retention_now()
    FROM intake_submission s
    WHERE o.submission_id = of_submission AND s.id = o.submission_id AND o.destroyed_at IS NULL
        -- over, but for what two persons certified and nobody published yet
        AND ((o.destroy_after < retention_today() AND s.state <> 'CERTIFIED')
            -- refused as a whole: nothing of it is kept, as its sender was told
            OR s.state = 'REFUSED'
            -- handed over: another submission holds the same file under the same key until the same day
            OR (s.state = 'SUPERSEDED' AND EXISTS (
                SELECT FROM intake_submissionoriginal t
                WHERE t.submission_id <> o.submission_id AND t.stored_as = o.stored_as AND t.wrapped_key = o.wrapped_key
                    AND t.destroy_after = o.destroy_after)));
    IF FOUND THEN
        RETURN true;
    END IF;
    IF EXISTS (SELECT FROM intake_submissionoriginal WHERE submission_id = of_submission AND destroyed_at IS NULL) THEN
        RAISE EXCEPTION 'the original of submission % is kept until its day is over', of_submission
            USING ERRCODE = 'check_violation', CONSTRAINT = 'original_kept_until_its_day';
    END IF;
    RETURN false;
END $$;

CREATE FUNCTION intake_original_destroy(of_number text, ground text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    place text;
BEGIN
    IF coalesce(ground, '') = '' THEN
        RAISE EXCEPTION 'an original is destroyed before its day with a ground only' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE intake_submissionoriginal o SET wrapped_key = NULL, destroyed_at = retention_now()
    FROM intake_submission s
    WHERE s.number = of_number AND o.submission_id = s.id AND o.destroyed_at IS NULL
        AND s.state IN ('PUBLISHED', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED')
    RETURNING o.stored_as INTO place;
    RETURN place;
END $$;
"""
_RIGHTS = """
REVOKE UPDATE ON intake_submissionoriginal FROM xinheng_app;
REVOKE EXECUTE ON FUNCTION intake_original_destroy_due(bigint), intake_original_destroy(text, text) FROM PUBLIC;
-- What is over may go in the transaction that closes its submission, so the application may ask; when, it cannot choose.
GRANT EXECUTE ON FUNCTION intake_original_destroy_due(bigint) TO xinheng_app;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'xinheng_retention') THEN
        GRANT EXECUTE ON FUNCTION intake_original_destroy_due(bigint), intake_original_destroy(text, text)
            TO xinheng_retention;
    END IF;
END $$;
"""
_BACK = """
GRANT UPDATE ON intake_submissionoriginal TO xinheng_app;
DROP FUNCTION intake_original_destroy_due(bigint);
DROP FUNCTION intake_original_destroy(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_workbooks"), ("audit", "0003_retention")]

    operations = [migrations.RunSQL(_DUE + _RIGHTS, _BACK)]
