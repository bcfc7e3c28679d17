"""The event log, append-only for everybody."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM xinheng_app;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=80, verbose_name="动作")),
                ("actor", models.CharField(max_length=120, verbose_name="操作人")),
                ("target_kind", models.CharField(max_length=60, verbose_name="对象类型")),
                ("target_id", models.CharField(max_length=120, verbose_name="对象编号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("facts", models.JSONField(default=dict, verbose_name="事实")),
            ],
            options={
                "verbose_name": "事件",
                "verbose_name_plural": "事件",
                "indexes": [models.Index(fields=["target_kind", "target_id", "at"], name="audit_event_target")],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
