"""Marked workbooks that jobs make: whose, where they lie sealed, how far they are; behind the walls of their submission."""

import django.db.models.deletion
from django.db import migrations, models

from xinheng.adapters.postgres.walls import hanging_on, wall

_WALL, _NO_WALL = wall({"intake_workbookorder": hanging_on("intake_submission", by="submission_id")})
_NO_DELETE = "REVOKE DELETE, TRUNCATE ON intake_workbookorder FROM xinheng_app;"


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_carried_decisions")]

    operations = [
        migrations.CreateModel(
            name="WorkbookOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "正在做"),
                            ("READY", "做好了"),
                            ("NOTHING", "没有要标的问题"),
                            ("FAILED", "做不了"),
                            ("GONE", "已销毁"),
                        ],
                        default="WAITING",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("amendments", models.IntegerField(verbose_name="已改正的格数")),
                ("asked_by", models.CharField(max_length=64, verbose_name="要求人")),
                ("asked_at", models.DateTimeField(verbose_name="要求时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("file_name", models.CharField(blank=True, default="", max_length=255, verbose_name="文件名")),
                ("stored_as", models.CharField(blank=True, default="", max_length=64, verbose_name="存放名")),
                ("rest_stored_as", models.CharField(blank=True, default="", max_length=64, verbose_name="其余问题的存放名")),
                ("marked", models.IntegerField(default=0, verbose_name="标出的问题数")),
                ("rest", models.IntegerField(default=0, verbose_name="其余的问题数")),
                ("problem", models.TextField(blank=True, default="", verbose_name="做不了的原因")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="workbooks", to="intake.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "标记表",
                "verbose_name_plural": "标记表",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["WAITING", "READY"])),
                        fields=("submission", "amendments"),
                        name="workbook_made_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "READY"), _negated=True),
                            models.Q(("stored_as", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="workbook_ready_has_a_file",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_NO_DELETE + _WALL, _NO_WALL),
    ]
