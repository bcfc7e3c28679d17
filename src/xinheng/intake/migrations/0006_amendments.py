"""What a clerk puts right or explains on the platform: append-only, while nobody reviews; and the ways there and back."""

import django.db.models.deletion
from django.db import migrations, models

from xinheng.adapters.postgres.walls import hanging_on, wall

_ADDED = """
        'SUBMITTED>MATCHED', 'MATCHED>SUPERSEDED',
        'MATCHED>SUBMITTED', 'MATCHED>RETURNED',"""
_FIRST = "'MATCHED>SUBMITTED', 'MATCHED>RETURNED',"

# The guard of 0002 as it stands, with two transitions more: its text is taken from the database, so that what it says
# besides stays the same to the letter.
_GUARD = f"""
DO $do$
DECLARE
    before text := pg_get_functiondef('intake_submission_guard()'::regprocedure);
BEGIN
    EXECUTE replace(before, $a${_FIRST}$a$, $b${_ADDED.strip()}$b$);
END $do$;
"""
_GUARD_BACK = f"""
DO $do$
DECLARE
    before text := pg_get_functiondef('intake_submission_guard()'::regprocedure);
BEGIN
    EXECUTE replace(before, $b${_ADDED.strip()}$b$, $a${_FIRST}$a$);
END $do$;
"""

_OPEN_ONLY = """
CREATE FUNCTION intake_amended_while_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM intake_submission WHERE id = NEW.submission_id AND state IN ('MATCHED', 'RETURNED') FOR SHARE
    ) THEN
        RAISE EXCEPTION 'submission %: amended and explained only while its clerk has it', NEW.submission_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_locked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER amendment_while_open BEFORE INSERT ON intake_amendment
    FOR EACH ROW EXECUTE FUNCTION intake_amended_while_open();
CREATE TRIGGER explanation_while_open BEFORE INSERT ON intake_explanation
    FOR EACH ROW EXECUTE FUNCTION intake_amended_while_open();

CREATE FUNCTION intake_amended_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'submission %: what identifies a submission never changes', OLD.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_identity_is_fixed';
END $$;
CREATE TRIGGER submission_amended_fixed BEFORE UPDATE ON intake_submission
    FOR EACH ROW WHEN (NEW.is_amended <> OLD.is_amended) EXECUTE FUNCTION intake_amended_is_fixed();
"""
_OPEN_ONLY_BACK = """
DROP TRIGGER submission_amended_fixed ON intake_submission;
DROP FUNCTION intake_amended_is_fixed();
DROP FUNCTION intake_amended_while_open() CASCADE;
"""

_APPEND_ONLY = ("amendment", "explanation", "givingup")
_TABLES = "\n".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON intake_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION intake_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON intake_{table} FROM xinheng_app;"""
    for table in _APPEND_ONLY
)
_TABLES_BACK = "\n".join(f"DROP TRIGGER {table}_append_only ON intake_{table};" for table in _APPEND_ONLY)
_OF_A_SUBMISSION = hanging_on("intake_submission", by="submission_id")
_WALLS, _WALLS_BACK = wall({f"intake_{table}": _OF_A_SUBMISSION for table in _APPEND_ONLY})


def _key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_walls")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="is_amended",
            field=models.BooleanField(default=False, verbose_name="在平台上改正后重新检查"),
        ),
        migrations.CreateModel(
            name="GivingUp",
            fields=[
                ("id", _key()),
                (
                    "submission",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.submission",
                    ),
                ),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("reason", models.TextField(verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "放弃",
                "verbose_name_plural": "放弃",
                "constraints": [models.UniqueConstraint(fields=("submission",), name="giving_up_once")],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", _key()),
                ("sheet", models.TextField(blank=True, default="", verbose_name="工作表")),
                ("row", models.BigIntegerField(verbose_name="行")),
                ("field", models.CharField(max_length=64, verbose_name="字段")),
                ("before", models.TextField(blank=True, default="", verbose_name="原来的值（已遮盖）")),
                ("after", models.TextField(blank=True, default="", verbose_name="改正后的值")),
                ("actor", models.CharField(max_length=64, verbose_name="改正人")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="intake.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "改正",
                "verbose_name_plural": "改正",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["submission", "sheet", "row"], name="amendment_of_cell")],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", _key()),
                ("rule", models.CharField(max_length=32, verbose_name="规则")),
                ("sheet", models.TextField(blank=True, default="", verbose_name="工作表")),
                ("row", models.BigIntegerField(default=0, verbose_name="行")),
                ("text", models.TextField(verbose_name="说明")),
                ("actor", models.CharField(max_length=64, verbose_name="说明人")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="explanations", to="intake.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "说明",
                "verbose_name_plural": "说明",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["submission", "rule"], name="explanation_of_rule")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="explanation_says_something")
                ],
            },
        ),
        migrations.RunSQL(_GUARD + _OPEN_ONLY + _TABLES + _WALLS, _WALLS_BACK + _TABLES_BACK + _OPEN_ONLY_BACK + _GUARD_BACK),
    ]
