"""What the application may not do to the register, and the one thing it may do as the owner: refresh statistics."""

from django.db import migrations

HISTORIES = ("subjects_subjectname", "subjects_subjectcode", "subjects_subjectstatus", "subjects_subjectaddress")

RIGHTS = """
-- Organisations are never deleted; a row of history can only be closed.
REVOKE DELETE, TRUNCATE ON subjects_subject, subjects_registerimport, {histories} FROM xinheng_app;
REVOKE UPDATE ON {histories} FROM xinheng_app;
GRANT UPDATE (valid_to, is_current) ON {histories} TO xinheng_app;

-- After a large import the planner needs figures and the search index its pending entries, both owner's rights.
CREATE FUNCTION subjects_refresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM gin_clean_pending_list('public.subjects_name_bigrams'::regclass);
    ANALYZE public.subjects_subject;
    ANALYZE public.subjects_subjectname;
    ANALYZE public.subjects_subjectcode;
END $$;
REVOKE ALL ON FUNCTION subjects_refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION subjects_refresh_statistics() TO xinheng_app;
""".format(histories=", ".join(HISTORIES))


class Migration(migrations.Migration):
    dependencies = [("subjects", "0002_tables")]
    operations = [migrations.RunSQL(RIGHTS, "DROP FUNCTION subjects_refresh_statistics();")]
