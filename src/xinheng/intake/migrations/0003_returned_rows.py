"""Rows that came back to be mended: written when a batch is matched, never changed."""

import django.db.models.deletion
from django.db import migrations, models

_GUARD = """
CREATE TRIGGER returnedrow_append_only BEFORE UPDATE OR DELETE ON intake_returnedrow
    FOR EACH STATEMENT EXECUTE FUNCTION intake_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON intake_returnedrow FROM xinheng_app;
"""
_UNDO = "DROP TRIGGER returnedrow_append_only ON intake_returnedrow;"


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="ReturnedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.TextField(blank=True, default="", verbose_name="工作表")),
                ("row", models.BigIntegerField(verbose_name="行")),
                (
                    "document_no_key",
                    models.TextField(blank=True, db_collation="C", default="", verbose_name="文书号比对形式"),
                ),
                ("decision_date", models.DateField(blank=True, null=True, verbose_name="决定日期")),
                ("matched_at", models.DateTimeField(verbose_name="核对时间")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_rows",
                        to="intake.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "退回改正的行",
                "verbose_name_plural": "退回改正的行",
                "indexes": [
                    models.Index(fields=["submission", "sheet", "row"], name="returned_of_submission"),
                    models.Index(fields=["document_no_key"], name="returned_by_number"),
                ],
            },
        ),
        migrations.RunSQL(_GUARD, _UNDO),
    ]
