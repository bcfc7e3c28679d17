"""The tables; what the database itself keeps is in 0002."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("subjects", "0002_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportSource",
            fields=[
                ("submission_id", models.TextField(primary_key=True, serialize=False, verbose_name="批次")),
                ("file_sha256", models.TextField(verbose_name="文件校验值")),
                ("rule_set_version", models.TextField(verbose_name="规则版本")),
                ("columns", models.JSONField(default=dict, verbose_name="列位置")),
            ],
            options={
                "verbose_name": "来源文件",
                "verbose_name_plural": "来源文件",
            },
        ),
        migrations.CreateModel(
            name="PublicationCounter",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0, verbose_name="最后序号")),
            ],
            options={
                "verbose_name": "公示序号",
                "verbose_name_plural": "公示序号",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="records_one_counter")],
            },
        ),
        migrations.CreateModel(
            name="RecordKey",
            fields=[
                ("key_id", models.UUIDField(primary_key=True, serialize=False, verbose_name="密钥编号")),
                ("record_id", models.UUIDField(db_index=True, verbose_name="记录编号")),
                ("material", models.BinaryField(null=True, verbose_name="密钥材料")),
                ("destroyed_date", models.DateField(null=True, verbose_name="销毁日期")),
                ("destroyed_ground", models.TextField(blank=True, verbose_name="销毁依据")),
            ],
            options={
                "verbose_name": "记录密钥",
                "verbose_name_plural": "记录密钥",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destroyed_date", None), ("material__isnull", False)),
                            models.Q(
                                ("destroyed_date__isnull", False),
                                ("material", None),
                                models.Q(("destroyed_ground", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="records_key_or_destruction",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrentRecord",
            fields=[
                ("version_no", models.IntegerField(verbose_name="版本")),
                (
                    "event",
                    models.TextField(
                        choices=[
                            ("REPORTED", "报送"),
                            ("CORRECTED", "更正"),
                            ("REVOKED", "原决定被变更或撤销"),
                            ("WITHDRAWN", "撤回报送"),
                            ("HELD", "暂停公示"),
                            ("RELEASED", "恢复公示"),
                            ("DISPUTED", "收到异议"),
                            ("DISPUTE_ENDED", "异议核查结束"),
                            ("REPAIRED", "信用修复"),
                            ("DELISTED", "移出名单"),
                            ("REINSTATED", "撤销、修复或移出的标记被取消"),
                            ("SUBJECT_MOVED", "改归另一主体"),
                        ],
                        verbose_name="事件",
                    ),
                ),
                ("event_date", models.DateField(verbose_name="事件日期")),
                ("event_ground", models.TextField(blank=True, verbose_name="事件依据")),
                ("event_actor", models.TextField(verbose_name="经办")),
                ("item_id", models.TextField(verbose_name="信息项")),
                ("item_kind", models.TextField(verbose_name="信息项类别")),
                ("item_version", models.TextField(verbose_name="信息项版本")),
                ("catalogue_hash", models.TextField(verbose_name="目录校验值")),
                ("legal_basis", models.TextField(verbose_name="依据")),
                ("basis_confidence", models.TextField(verbose_name="依据可信度")),
                ("is_sole_trader", models.BooleanField(verbose_name="个体工商户")),
                ("organ_code", models.TextField(verbose_name="机关代码")),
                ("organ_name", models.TextField(verbose_name="机关名称")),
                ("document_no", models.TextField(verbose_name="文书号")),
                ("document_no_key", models.TextField(db_collation="C", verbose_name="文书号比对形式")),
                ("certificate_no", models.TextField(blank=True, verbose_name="证书编号")),
                ("decision_date", models.DateField(verbose_name="决定日期")),
                ("valid_from", models.DateField(null=True, verbose_name="有效期自")),
                ("valid_to", models.DateField(null=True, verbose_name="有效期至")),
                ("list_type", models.TextField(null=True, verbose_name="名单类型")),
                ("statutory_until", models.DateField(null=True, verbose_name="机关写明的公示截止日")),
                ("penalty_mask", models.IntegerField(verbose_name="处罚类别")),
                ("fine_fen", models.BigIntegerField(null=True, verbose_name="罚款金额（分）")),
                ("confiscated_fen", models.BigIntegerField(null=True, verbose_name="没收金额（分）")),
                ("on_the_spot", models.BooleanField(verbose_name="当场处罚")),
                ("display_from", models.DateField(null=True, verbose_name="公示起始日")),
                ("free_text_confirmed", models.BooleanField(verbose_name="已确认脱敏")),
                ("revoked_date", models.DateField(null=True, verbose_name="撤销日期")),
                ("repaired_date", models.DateField(null=True, verbose_name="修复日期")),
                ("delisted_date", models.DateField(null=True, verbose_name="移出日期")),
                ("withdrawn", models.BooleanField(verbose_name="已撤回")),
                ("held", models.BooleanField(verbose_name="暂停公示")),
                ("disputed_since", models.DateField(null=True, verbose_name="异议提出日期")),
                ("disputed_until", models.DateField(null=True, verbose_name="异议核查截止日")),
                ("fields", models.JSONField(verbose_name="内容")),
                ("key_id", models.UUIDField(null=True, verbose_name="密钥编号")),
                ("sealed", models.BinaryField(null=True, verbose_name="与个人有关的内容（已加密）")),
                ("person_digest", models.BinaryField(null=True, verbose_name="与个人有关的内容的校验值")),
                ("submission_id", models.TextField(verbose_name="批次")),
                ("sheet", models.TextField(blank=True, verbose_name="工作表")),
                ("row_no", models.BigIntegerField(verbose_name="行号")),
                ("reported_date", models.DateField(verbose_name="报送日期")),
                ("late_workdays", models.IntegerField(verbose_name="迟报工作日数")),
                ("is_legacy", models.BooleanField(verbose_name="历史数据")),
                ("content_hash", models.BinaryField(verbose_name="内容校验值")),
                ("recorded_at", models.DateTimeField(verbose_name="入库时间")),
                (
                    "effective_from",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(("item_kind", "LICENCE")),
                                then=django.db.models.functions.comparison.Coalesce("valid_from", "decision_date"),
                            ),
                            default=models.F("decision_date"),
                        ),
                        output_field=models.DateField(),
                        verbose_name="有效起日",
                    ),
                ),
                (
                    "effective_until",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Least(
                            models.Case(
                                models.When(
                                    models.Q(("item_kind", "LICENCE")),
                                    then=django.db.models.expressions.CombinedExpression(
                                        models.F("valid_to"), "+", models.Value(1), output_field=models.DateField()
                                    ),
                                ),
                                default=None,
                                output_field=models.DateField(),
                            ),
                            models.F("revoked_date"),
                            models.F("delisted_date"),
                        ),
                        null=True,
                        output_field=models.DateField(null=True),
                        verbose_name="有效止日（不含）",
                    ),
                ),
                ("record_id", models.UUIDField(primary_key=True, serialize=False, verbose_name="记录编号")),
                ("seq", models.BigIntegerField(unique=True, verbose_name="公示序号")),
                ("supersedes", models.BigIntegerField(null=True, verbose_name="替代的版本")),
                (
                    "subject",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="records",
                        to="subjects.subject",
                        verbose_name="主体",
                    ),
                ),
            ],
            options={
                "verbose_name": "当前记录",
                "verbose_name_plural": "当前记录",
                "indexes": [
                    models.Index(fields=["item_id", "-decision_date", "-record_id"], name="records_by_item"),
                    models.Index(fields=["organ_code", "item_id", "-decision_date"], name="records_by_organ"),
                    models.Index(fields=["subject", "item_id"], name="records_by_subject"),
                    models.Index(fields=["submission_id"], name="records_by_submission"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document_no_key", "subject", "item_id", "organ_code", "certificate_no"),
                        name="records_natural_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordVersion",
            fields=[
                ("version_no", models.IntegerField(verbose_name="版本")),
                (
                    "event",
                    models.TextField(
                        choices=[
                            ("REPORTED", "报送"),
                            ("CORRECTED", "更正"),
                            ("REVOKED", "原决定被变更或撤销"),
                            ("WITHDRAWN", "撤回报送"),
                            ("HELD", "暂停公示"),
                            ("RELEASED", "恢复公示"),
                            ("DISPUTED", "收到异议"),
                            ("DISPUTE_ENDED", "异议核查结束"),
                            ("REPAIRED", "信用修复"),
                            ("DELISTED", "移出名单"),
                            ("REINSTATED", "撤销、修复或移出的标记被取消"),
                            ("SUBJECT_MOVED", "改归另一主体"),
                        ],
                        verbose_name="事件",
                    ),
                ),
                ("event_date", models.DateField(verbose_name="事件日期")),
                ("event_ground", models.TextField(blank=True, verbose_name="事件依据")),
                ("event_actor", models.TextField(verbose_name="经办")),
                ("item_id", models.TextField(verbose_name="信息项")),
                ("item_kind", models.TextField(verbose_name="信息项类别")),
                ("item_version", models.TextField(verbose_name="信息项版本")),
                ("catalogue_hash", models.TextField(verbose_name="目录校验值")),
                ("legal_basis", models.TextField(verbose_name="依据")),
                ("basis_confidence", models.TextField(verbose_name="依据可信度")),
                ("is_sole_trader", models.BooleanField(verbose_name="个体工商户")),
                ("organ_code", models.TextField(verbose_name="机关代码")),
                ("organ_name", models.TextField(verbose_name="机关名称")),
                ("document_no", models.TextField(verbose_name="文书号")),
                ("document_no_key", models.TextField(db_collation="C", verbose_name="文书号比对形式")),
                ("certificate_no", models.TextField(blank=True, verbose_name="证书编号")),
                ("decision_date", models.DateField(verbose_name="决定日期")),
                ("valid_from", models.DateField(null=True, verbose_name="有效期自")),
                ("valid_to", models.DateField(null=True, verbose_name="有效期至")),
                ("list_type", models.TextField(null=True, verbose_name="名单类型")),
                ("statutory_until", models.DateField(null=True, verbose_name="机关写明的公示截止日")),
                ("penalty_mask", models.IntegerField(verbose_name="处罚类别")),
                ("fine_fen", models.BigIntegerField(null=True, verbose_name="罚款金额（分）")),
                ("confiscated_fen", models.BigIntegerField(null=True, verbose_name="没收金额（分）")),
                ("on_the_spot", models.BooleanField(verbose_name="当场处罚")),
                ("display_from", models.DateField(null=True, verbose_name="公示起始日")),
                ("free_text_confirmed", models.BooleanField(verbose_name="已确认脱敏")),
                ("revoked_date", models.DateField(null=True, verbose_name="撤销日期")),
                ("repaired_date", models.DateField(null=True, verbose_name="修复日期")),
                ("delisted_date", models.DateField(null=True, verbose_name="移出日期")),
                ("withdrawn", models.BooleanField(verbose_name="已撤回")),
                ("held", models.BooleanField(verbose_name="暂停公示")),
                ("disputed_since", models.DateField(null=True, verbose_name="异议提出日期")),
                ("disputed_until", models.DateField(null=True, verbose_name="异议核查截止日")),
                ("fields", models.JSONField(verbose_name="内容")),
                ("key_id", models.UUIDField(null=True, verbose_name="密钥编号")),
                ("sealed", models.BinaryField(null=True, verbose_name="与个人有关的内容（已加密）")),
                ("person_digest", models.BinaryField(null=True, verbose_name="与个人有关的内容的校验值")),
                ("submission_id", models.TextField(verbose_name="批次")),
                ("sheet", models.TextField(blank=True, verbose_name="工作表")),
                ("row_no", models.BigIntegerField(verbose_name="行号")),
                ("reported_date", models.DateField(verbose_name="报送日期")),
                ("late_workdays", models.IntegerField(verbose_name="迟报工作日数")),
                ("is_legacy", models.BooleanField(verbose_name="历史数据")),
                ("content_hash", models.BinaryField(verbose_name="内容校验值")),
                ("recorded_at", models.DateTimeField(verbose_name="入库时间")),
                (
                    "effective_from",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(("item_kind", "LICENCE")),
                                then=django.db.models.functions.comparison.Coalesce("valid_from", "decision_date"),
                            ),
                            default=models.F("decision_date"),
                        ),
                        output_field=models.DateField(),
                        verbose_name="有效起日",
                    ),
                ),
                (
                    "effective_until",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Least(
                            models.Case(
                                models.When(
                                    models.Q(("item_kind", "LICENCE")),
                                    then=django.db.models.expressions.CombinedExpression(
                                        models.F("valid_to"), "+", models.Value(1), output_field=models.DateField()
                                    ),
                                ),
                                default=None,
                                output_field=models.DateField(),
                            ),
                            models.F("revoked_date"),
                            models.F("delisted_date"),
                        ),
                        null=True,
                        output_field=models.DateField(null=True),
                        verbose_name="有效止日（不含）",
                    ),
                ),
                ("seq", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="公示序号")),
                ("record_id", models.UUIDField(verbose_name="记录编号")),
                ("supersedes", models.BigIntegerField(null=True, unique=True, verbose_name="替代的版本")),
                (
                    "subject",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="主体",
                    ),
                ),
            ],
            options={
                "verbose_name": "记录版本",
                "verbose_name_plural": "记录版本",
                "constraints": [
                    models.UniqueConstraint(fields=("record_id", "version_no"), name="records_version_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("supersedes", None), ("version_no", 1)),
                            models.Q(("supersedes__isnull", False), ("version_no__gt", 1)),
                            _connector="OR",
                        ),
                        name="records_first_or_superseding",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("supersedes", None), ("supersedes__lt", models.F("seq")), _connector="OR"),
                        name="records_replaces_an_earlier_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "event__in",
                                [
                                    "REPORTED",
                                    "CORRECTED",
                                    "REVOKED",
                                    "WITHDRAWN",
                                    "HELD",
                                    "RELEASED",
                                    "DISPUTED",
                                    "DISPUTE_ENDED",
                                    "REPAIRED",
                                    "DELISTED",
                                    "REINSTATED",
                                    "SUBJECT_MOVED",
                                ],
                            )
                        ),
                        name="records_event_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("legal_basis", ""), _negated=True), name="records_legal_basis_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event_ground", ""), _negated=True), models.Q(("event_actor", ""), _negated=True)
                        ),
                        name="records_ground_and_actor_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document_no_key", ""), _negated=True), models.Q(("organ_code", ""), _negated=True)
                        ),
                        name="records_identified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision_date__range", ("1900-01-01", "2099-12-31")),
                            models.Q(
                                ("valid_from", None), ("valid_from__range", ("1900-01-01", "2099-12-31")), _connector="OR"
                            ),
                            models.Q(("valid_to", None), ("valid_to__range", ("1900-01-01", "2099-12-31")), _connector="OR"),
                        ),
                        name="records_plausible_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("penalty_mask__range", (0, 16383))), name="records_penalty_kinds_of_e2"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fine_fen", None), ("fine_fen__gte", 0), _connector="OR"),
                            models.Q(("confiscated_fen", None), ("confiscated_fen__gte", 0), _connector="OR"),
                        ),
                        name="records_amounts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disputed_since", None), ("disputed_until", None)),
                            models.Q(("disputed_since__isnull", False), ("disputed_until__gte", models.F("disputed_since"))),
                            _connector="OR",
                        ),
                        name="records_dispute_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key_id", None), ("person_digest", None), ("sealed", None)),
                            models.Q(("key_id__isnull", False), ("person_digest__isnull", False), ("sealed__isnull", False)),
                            _connector="OR",
                        ),
                        name="records_sealed_with_key",
                    ),
                ],
            },
        ),
    ]
