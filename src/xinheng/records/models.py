"""Tables of the context: versions that are only ever added, their projection, and the keys of sealed fields.

The application role adds versions, sources and keys and reads everything; it can change or delete nothing here, and the
projection it cannot even add to. Migration 0002 holds the grants, triggers and functions.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression, Value
from django.db.models.functions import Coalesce, Least

from xinheng.records.domain import EVENT_LABELS

LICENCE = Q(item_kind="LICENCE")
NATURAL_KEY = "records_natural_key"
"""Constraint by which one document is one record of a subject, item, organ and certificate."""


def _effective_from() -> models.GeneratedField:
    licence = models.Case(models.When(LICENCE, then=Coalesce("valid_from", "decision_date")), default=F("decision_date"))
    return models.GeneratedField(verbose_name="有效起日", expression=licence, output_field=models.DateField(), db_persist=True)


def _effective_until() -> models.GeneratedField:
    day_after = CombinedExpression(F("valid_to"), "+", Value(1), output_field=models.DateField())
    licence = models.Case(models.When(LICENCE, then=day_after), default=None, output_field=models.DateField())
    return models.GeneratedField(
        verbose_name="有效止日（不含）",
        expression=Least(licence, F("revoked_date"), F("delisted_date")),
        output_field=models.DateField(null=True),
        db_persist=True,
        null=True,
    )


class VersionColumns(models.Model):
    """What a version says; ``records.domain`` explains every value. Amounts are in fen, days in Asia/Shanghai."""

    version_no = models.IntegerField("版本")
    event = models.TextField("事件", choices=[(event.value, label) for event, label in EVENT_LABELS.items()])
    event_date = models.DateField("事件日期")
    event_ground = models.TextField("事件依据", blank=True)
    event_actor = models.TextField("经办")
    item_id = models.TextField("信息项")
    item_kind = models.TextField("信息项类别")
    item_version = models.TextField("信息项版本")
    catalogue_hash = models.TextField("目录校验值")
    legal_basis = models.TextField("依据")
    basis_confidence = models.TextField("依据可信度")
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, verbose_name="主体", related_name="+", db_index=False)
    is_sole_trader = models.BooleanField("个体工商户")
    organ_code = models.TextField("机关代码")
    organ_name = models.TextField("机关名称")
    document_no = models.TextField("文书号")
    document_no_key = models.TextField("文书号比对形式", db_collation="C")
    certificate_no = models.TextField("证书编号", blank=True)
    decision_date = models.DateField("决定日期")
    valid_from = models.DateField("有效期自", null=True)
    valid_to = models.DateField("有效期至", null=True)
    list_type = models.TextField("名单类型", null=True)  # noqa: DJ001 - absent is not the empty list
    statutory_until = models.DateField("机关写明的公示截止日", null=True)
    penalty_mask = models.IntegerField("处罚类别")
    fine_fen = models.BigIntegerField("罚款金额（分）", null=True)
    confiscated_fen = models.BigIntegerField("没收金额（分）", null=True)
    on_the_spot = models.BooleanField("当场处罚")
    display_from = models.DateField("公示起始日", null=True)
    free_text_confirmed = models.BooleanField("已确认脱敏")
    revoked_date = models.DateField("撤销日期", null=True)
    repaired_date = models.DateField("修复日期", null=True)
    delisted_date = models.DateField("移出日期", null=True)
    withdrawn = models.BooleanField("已撤回")
    held = models.BooleanField("暂停公示")
    disputed_since = models.DateField("异议提出日期", null=True)
    disputed_until = models.DateField("异议核查截止日", null=True)
    fields = models.JSONField("内容")
    key_id = models.UUIDField("密钥编号", null=True)
    sealed = models.BinaryField("与个人有关的内容（已加密）", null=True)
    person_digest = models.BinaryField("与个人有关的内容的校验值", null=True)
    submission_id = models.TextField("批次")
    sheet = models.TextField("工作表", blank=True)
    row_no = models.BigIntegerField("行号")
    reported_date = models.DateField("报送日期")
    late_workdays = models.IntegerField("迟报工作日数")
    is_legacy = models.BooleanField("历史数据")
    content_hash = models.BinaryField("内容校验值")
    recorded_at = models.DateTimeField("入库时间")
    effective_from = _effective_from()
    effective_until = _effective_until()

    class Meta:
        abstract = True


class RecordVersion(VersionColumns):
    """One version of a record (记录版本), never changed and never deleted.

    ``seq`` is the publication sequence: gapless, in commit order, the cursor of every feed. ``supersedes`` names the
    version it replaces.
    """

    seq = models.BigIntegerField("公示序号", primary_key=True)
    record_id = models.UUIDField("记录编号")
    supersedes = models.BigIntegerField("替代的版本", null=True, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "记录版本"
        indexes = [models.Index(fields=["subject", "seq"], name="records_versions_of_subject")]
        constraints = [
            models.UniqueConstraint(fields=["record_id", "version_no"], name="records_version_number"),
            models.CheckConstraint(
                name="records_first_or_superseding",
                condition=Q(version_no=1, supersedes=None) | Q(version_no__gt=1, supersedes__isnull=False),
            ),
            models.CheckConstraint(
                name="records_replaces_an_earlier_one", condition=Q(supersedes=None) | Q(supersedes__lt=F("seq"))
            ),
            models.CheckConstraint(name="records_event_known", condition=Q(event__in=[event.value for event in EVENT_LABELS])),
            models.CheckConstraint(name="records_legal_basis_given", condition=~Q(legal_basis="")),
            models.CheckConstraint(name="records_ground_and_actor_given", condition=~Q(event_ground="") & ~Q(event_actor="")),
            models.CheckConstraint(name="records_identified", condition=~Q(document_no_key="") & ~Q(organ_code="")),
            models.CheckConstraint(
                name="records_plausible_dates",
                condition=Q(decision_date__range=("1900-01-01", "2099-12-31"))
                & (Q(valid_from=None) | Q(valid_from__range=("1900-01-01", "2099-12-31")))
                & (Q(valid_to=None) | Q(valid_to__range=("1900-01-01", "2099-12-31"))),
            ),
            models.CheckConstraint(name="records_penalty_kinds_of_e2", condition=Q(penalty_mask__range=(0, 2**14 - 1))),
            models.CheckConstraint(
                name="records_amounts_not_negative",
                condition=(Q(fine_fen=None) | Q(fine_fen__gte=0)) & (Q(confiscated_fen=None) | Q(confiscated_fen__gte=0)),
            ),
            models.CheckConstraint(
                name="records_dispute_has_an_end",
                condition=Q(disputed_since=None, disputed_until=None)
                | Q(disputed_since__isnull=False, disputed_until__gte=F("disputed_since")),
            ),
            models.CheckConstraint(
                name="records_sealed_with_key",
                condition=Q(sealed=None, key_id=None, person_digest=None)
                | Q(sealed__isnull=False, key_id__isnull=False, person_digest__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.record_id} v{self.version_no} {self.event}"


class CurrentRecord(VersionColumns):
    """The newest version of every record (当前记录): a projection the database keeps, rebuildable from the versions."""

    record_id = models.UUIDField("记录编号", primary_key=True)
    seq = models.BigIntegerField("公示序号", unique=True)
    supersedes = models.BigIntegerField("替代的版本", null=True)
    subject = models.ForeignKey(
        "subjects.Subject", models.DO_NOTHING, verbose_name="主体", related_name="records", db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "当前记录"
        constraints = [
            models.UniqueConstraint(
                fields=["document_no_key", "subject", "item_id", "organ_code", "certificate_no"], name=NATURAL_KEY
            ),
        ]
        indexes = [
            models.Index(fields=["item_id", "-decision_date", "-record_id"], name="records_by_item"),
            models.Index(fields=["organ_code", "item_id", "-decision_date"], name="records_by_organ"),
            models.Index(fields=["subject", "item_id"], name="records_by_subject"),
            models.Index(fields=["submission_id"], name="records_by_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.document_no}"


class PublicationCounter(models.Model):
    """The last number of the publication sequence (公示序号); one row, moved by the trigger only."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField("最后序号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "公示序号"
        constraints = [models.CheckConstraint(name="records_one_counter", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.last)


class ReportSource(models.Model):
    """The file behind a submission's rows (来源文件): what provenance to the cell needs once per file."""

    submission_id = models.TextField("批次", primary_key=True)
    file_sha256 = models.TextField("文件校验值")
    rule_set_version = models.TextField("规则版本")
    columns = models.JSONField("列位置", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "来源文件"

    def __str__(self) -> str:
        return self.submission_id


class RecordKey(models.Model):
    """What the key of one sealed content is derived from, with a generation of the key ring, or that key, wrapped; retention destroys it (P17)."""

    key_id = models.UUIDField("密钥编号", primary_key=True)
    record_id = models.UUIDField("记录编号", db_index=True)
    material = models.BinaryField("密钥材料", null=True)
    destroyed_date = models.DateField("销毁日期", null=True)
    destroyed_ground = models.TextField("销毁依据", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "记录密钥"
        constraints = [
            models.CheckConstraint(
                name="records_key_or_destruction",
                condition=Q(material__isnull=False, destroyed_date=None)
                | (Q(material=None, destroyed_date__isnull=False) & ~Q(destroyed_ground="")),
            )
        ]

    def __str__(self) -> str:
        return str(self.key_id)
