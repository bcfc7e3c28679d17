"""Proposals among the decisions on doubts, drafts of records that are being typed, waivers."""

from django.db import migrations, models
from django.db.models import F, Q

_ACTIONS = [
    ("DECIDE", "确认主体"),
    ("REJECT", "都不是"),
    ("UNDO", "撤销确认"),
    ("PROPOSE", "提出，等另一人复核"),
    ("DECLINE", "复核不同意"),
]
_DECISIONS = [("", "等待批准"), ("APPROVED", "已同意"), ("REFUSED", "不同意"), ("REVOKED", "已撤销")]
_WAIVABLE = ("V05", "V05c", "V06", "V07", "V09c", "V18")

_GUARD = """
CREATE FUNCTION intake_waiver_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.decision <> '' THEN
            RAISE EXCEPTION 'a waiver is asked for before it is decided'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'waiver_asked_first';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.organ_code, NEW.item_id, NEW.rule, NEW.document_no, NEW.document_no_key, NEW.reason, NEW.asked_by, NEW.asked_at,
        NEW.asked_on, NEW.expires_on)
       IS DISTINCT FROM
       (OLD.organ_code, OLD.item_id, OLD.rule, OLD.document_no, OLD.document_no_key, OLD.reason, OLD.asked_by, OLD.asked_at,
        OLD.asked_on, OLD.expires_on) THEN
        RAISE EXCEPTION 'what was asked never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'waiver_is_fixed';
    END IF;
    IF NOT (OLD.decision = '' AND NEW.decision IN ('APPROVED', 'REFUSED')
            OR OLD.decision = 'APPROVED' AND NEW.decision = 'REVOKED') THEN
        RAISE EXCEPTION 'a waiver is decided once, and an approved one can be revoked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'waiver_decided_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER waiver_guard BEFORE INSERT OR UPDATE ON intake_waiver
    FOR EACH ROW EXECUTE FUNCTION intake_waiver_guard();
REVOKE DELETE, TRUNCATE ON intake_waiver FROM xinheng_app;
"""

_UNDO = "DROP FUNCTION intake_waiver_guard() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_returned_rows")]

    operations = [
        migrations.AlterField(
            model_name="doubtdecision",
            name="action",
            field=models.CharField(choices=_ACTIONS, max_length=16, verbose_name="决定"),
        ),
        migrations.CreateModel(
            name="RecordDraft",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, verbose_name="草稿编号")),
                ("clerk", models.CharField(max_length=64, verbose_name="经办人")),
                ("organ_code", models.CharField(max_length=18, verbose_name="报送机关代码")),
                ("item_id", models.CharField(max_length=64, verbose_name="目录项")),
                ("wrapped_key", models.BinaryField(verbose_name="密钥（已封装）")),
                ("sealed", models.BinaryField(verbose_name="内容（加密）")),
                ("saved_at", models.DateTimeField(verbose_name="保存时间")),
                ("keep_until", models.DateField(verbose_name="保留到")),
            ],
            options={
                "verbose_name": "填报草稿",
                "verbose_name_plural": "填报草稿",
                "indexes": [models.Index(fields=["clerk", "-saved_at"], name="draft_by_clerk")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("clerk", ""), _negated=True), name="draft_has_a_clerk")
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organ_code", models.CharField(max_length=18, verbose_name="报送机关代码")),
                ("item_id", models.CharField(max_length=64, verbose_name="目录项")),
                ("rule", models.CharField(max_length=32, verbose_name="规则")),
                ("document_no", models.CharField(max_length=128, verbose_name="文书号")),
                ("document_no_key", models.CharField(db_collation="C", max_length=128, verbose_name="文书号比对形式")),
                ("reason", models.TextField(verbose_name="理由")),
                ("asked_by", models.CharField(max_length=64, verbose_name="申请人")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("asked_on", models.DateField(verbose_name="申请日期")),
                ("expires_on", models.DateField(verbose_name="有效至（含）")),
                (
                    "decision",
                    models.CharField(blank=True, choices=_DECISIONS, default="", max_length=16, verbose_name="决定"),
                ),
                ("decided_by", models.CharField(blank=True, default="", max_length=64, verbose_name="批准人")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="决定时间")),
                ("decision_reason", models.TextField(blank=True, default="", verbose_name="决定的理由")),
            ],
            options={
                "verbose_name": "豁免",
                "verbose_name_plural": "豁免",
                "indexes": [
                    models.Index(condition=Q(decision="APPROVED"), fields=["organ_code", "item_id"], name="waiver_in_force")
                ],
                "constraints": [
                    models.CheckConstraint(condition=Q(rule__in=_WAIVABLE), name="waiver_rule_may_be_waived"),
                    models.CheckConstraint(
                        condition=Q(decision="") | ~Q(decided_by=F("asked_by")),
                        name="waiver_two_persons",
                        violation_error_message="申请人和批准人不能是同一人。",
                    ),
                    models.CheckConstraint(
                        condition=Q(decision="", decided_by="", decided_at__isnull=True)
                        | (~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False) & ~Q(decision_reason="")),
                        name="waiver_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=~Q(asked_by="") & ~Q(reason="") & ~Q(document_no_key=""), name="waiver_is_whole"
                    ),
                    models.CheckConstraint(condition=Q(expires_on__gte=F("asked_on")), name="waiver_expires"),
                ],
            },
        ),
        migrations.RunSQL(_GUARD, _UNDO),
    ]
