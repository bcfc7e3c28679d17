"""Proposed changes of the catalogue: never changed, decided once, by another person."""

from django.db import migrations, models
from django.db.models import F, Q

_GUARD = """
CREATE FUNCTION catalogue_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.title, NEW.reason, NEW.files, NEW.base_hash, NEW.hash, NEW.proposed_by, NEW.proposed_at)
       IS DISTINCT FROM (OLD.title, OLD.reason, OLD.files, OLD.base_hash, OLD.hash, OLD.proposed_by, OLD.proposed_at) THEN
        RAISE EXCEPTION 'what was proposed never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalogue_proposal_is_fixed';
    END IF;
    IF OLD.decision <> '' THEN
        RAISE EXCEPTION 'a proposal is decided once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalogue_proposal_decided_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER catalogue_proposal_guard BEFORE UPDATE ON catalogue_catalogueproposal
    FOR EACH ROW EXECUTE FUNCTION catalogue_proposal_guard();
REVOKE DELETE, TRUNCATE ON catalogue_catalogueproposal FROM xinheng_app;
"""

_UNDO = "DROP FUNCTION catalogue_proposal_guard() CASCADE;"

_DECISIONS = [("", "等待审批"), ("ADOPTED", "已批准"), ("REFUSED", "不同意"), ("WITHDRAWN", "提出人已收回")]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CatalogueProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("reason", models.TextField(verbose_name="理由和依据")),
                ("files", models.JSONField(verbose_name="建议的文件（相对路径→内容）")),
                ("base_hash", models.CharField(max_length=64, verbose_name="提出时的现行目录指纹")),
                ("hash", models.CharField(max_length=64, verbose_name="修改后的目录指纹")),
                ("proposed_by", models.CharField(max_length=64, verbose_name="提出人")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "decision",
                    models.CharField(blank=True, choices=_DECISIONS, default="", max_length=16, verbose_name="决定"),
                ),
                ("decided_by", models.CharField(blank=True, default="", max_length=64, verbose_name="决定人")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="决定时间")),
                ("decision_reason", models.TextField(blank=True, default="", verbose_name="决定的理由")),
            ],
            options={
                "verbose_name": "目录修改建议",
                "verbose_name_plural": "目录修改建议",
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(decision="ADOPTED") | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by="")),
                        name="catalogue_proposal_two_persons",
                        violation_error_message="提出人和批准人不能是同一人。",
                    ),
                    models.CheckConstraint(
                        condition=Q(decision="", decided_by="", decided_at__isnull=True)
                        | (~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False) & ~Q(decision_reason="")),
                        name="catalogue_proposal_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=~Q(proposed_by="") & ~Q(reason=""),
                        name="catalogue_proposal_has_a_proposer_and_reason",
                    ),
                    models.CheckConstraint(condition=~Q(hash=F("base_hash")), name="catalogue_proposal_changes_something"),
                ],
            },
        ),
        migrations.RunSQL(_GUARD, _UNDO),
    ]
