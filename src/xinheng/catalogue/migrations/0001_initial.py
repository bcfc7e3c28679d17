"""The stored snapshots of the catalogue, append-only for everybody."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION catalogue_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER catalogue_snapshot_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_cataloguesnapshot
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON catalogue_cataloguesnapshot FROM xinheng_app;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CatalogueSnapshot",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="内容指纹")),
                ("content", models.TextField(verbose_name="内容")),
                ("stored_at", models.DateTimeField(verbose_name="存入时间")),
            ],
            options={"verbose_name": "目录快照", "verbose_name_plural": "目录快照"},
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
