"""Statistics right after a bulk load: the first readers must not wait for the server's own housekeeping."""

from django.db import migrations

ANALYZE = """
CREATE FUNCTION records_analyze() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    ANALYZE records_currentrecord;
    ANALYZE records_recordversion;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0003_planned_checks")]

    operations = [migrations.RunSQL(ANALYZE, migrations.RunSQL.noop)]
