"""Walls between the organs (P11, ADR 0045): row-level security on what they report, and the narrow view for the public."""

from django.db import migrations, models

from xinheng.adapters.postgres.walls import OF_AN_ORGAN, hanging_on, wall

_OF_A_SUBMISSION = hanging_on("intake_submission", by="submission_id")
_UP, _DOWN = wall(
    {
        "intake_submission": OF_AN_ORGAN,
        "intake_submissionoriginal": _OF_A_SUBMISSION,
        "intake_submissionevent": _OF_A_SUBMISSION,
        "intake_submissionfinding": _OF_A_SUBMISSION,
        "intake_submissionrow": _OF_A_SUBMISSION,
        "intake_returnedrow": _OF_A_SUBMISSION,
        "intake_doubt": _OF_A_SUBMISSION,
        "intake_recorddraft": OF_AN_ORGAN,
        "intake_waiver": OF_AN_ORGAN,
        "intake_doubtdecision": hanging_on("intake_doubt", by="doubt_id"),
    }
)

_VIEW = """
CREATE VIEW intake_published AS
    SELECT id, organ_code, reported_date FROM intake_submission WHERE state = 'PUBLISHED';
REVOKE ALL ON intake_published FROM xinheng_app;
GRANT SELECT ON intake_published TO xinheng_app;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_desk")]

    operations = [
        migrations.RunSQL(_VIEW + _UP, _DOWN + "\nDROP VIEW intake_published;"),
        migrations.CreateModel(
            name="PublishedSubmission",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号")),
                ("organ_code", models.CharField(max_length=18, verbose_name="报送机关代码")),
                ("reported_date", models.DateField(verbose_name="报送日期")),
            ],
            options={
                "verbose_name": "已入库批次",
                "verbose_name_plural": "已入库批次",
                "db_table": "intake_published",
                "managed": False,
            },
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("reviewer__startswith", "client:"), _negated=True),
                name="submission_certified_by_a_person",
                violation_error_message="审核确认由人办理，系统不能代替。",
            ),
        ),
    ]
