"""What was uploaded to the city platform (上报记录), append-only; what systems are about to report (接口报送), sealed until checked."""

import uuid

from django.db import models
from django.db.models import F, Q

from xinheng.accounts.models import SystemClient
from xinheng.adapters.typed import TypedChar, TypedText
from xinheng.intake.models import Submission


class Upload(models.Model):
    """One file made for the city platform (上报文件), from one publication number (exclusive) to another (inclusive)."""

    item_id = models.CharField("目录项", max_length=64)
    since = models.BigIntegerField("公示序号自（不含）")
    until = models.BigIntegerField("公示序号至（含）")
    made_at = models.DateTimeField("生成时间")
    actor = TypedChar("经办人", max_length=120)
    file_name = TypedText("文件名")
    file_sha256 = models.CharField("文件SHA-256", max_length=64)
    record_count = models.IntegerField("记录数")
    withdrawal_count = models.IntegerField("撤回数")
    left_out_count = models.IntegerField("不上报数（个体工商户的不利信息）")

    class Meta:
        verbose_name = verbose_name_plural = "上报文件"
        constraints = [models.CheckConstraint(name="upload_cursor_in_order", condition=Q(since__lte=F("until")))]
        indexes = [models.Index(name="upload_of_item", fields=["item_id", "-until"])]

    def __str__(self) -> str:
        return f"{self.item_id} {self.since}–{self.until}"


class UploadedRecord(models.Model):
    """One record in one upload (上报明细): sent, or its withdrawal sent. The newest line of a record counts."""

    class Kind(models.TextChoices):
        SENT = "SENT", "上报"
        WITHDRAWN = "WITHDRAWN", "撤回"

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="records", verbose_name="上报文件")
    record_id = models.UUIDField("记录")
    seq = models.BigIntegerField("公示序号")
    kind = models.CharField("内容", max_length=16, choices=Kind)

    class Meta:
        verbose_name = verbose_name_plural = "上报明细"
        constraints = [models.UniqueConstraint(name="uploaded_once_per_file", fields=["upload", "record_id"])]
        indexes = [models.Index(name="uploaded_newest", fields=["record_id", "-id"])]

    def __str__(self) -> str:
        return f"{self.record_id} {self.kind}"


class ReportDraft(models.Model):
    """Rows that a system is sending in (接口报送), until it asks for the check: then they are the file of a submission.

    The parts are sealed under a key of the draft's own, which is destroyed with the check or when the draft lapses (P16).
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "正在接收"
        HANDED = "HANDED", "已交检查"
        LAPSED = "LAPSED", "逾期作废"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4)
    client = models.ForeignKey(SystemClient, models.PROTECT, related_name="+", verbose_name="系统接入")
    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    is_desensitised = models.BooleanField("声明：事实文字已脱敏", default=False)
    is_on_the_spot = models.BooleanField("声明：均为当场处罚", default=False)
    row_count = models.IntegerField("已收行数", default=0)
    wrapped_key = models.BinaryField("密钥（已封装）", null=True, blank=True)
    made_at = models.DateTimeField("建立时间")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送批次")
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代替的接口报送"
    )

    class Meta:
        verbose_name = verbose_name_plural = "接口报送"
        constraints = [
            models.CheckConstraint(
                name="draft_key_while_open",
                condition=Q(state="OPEN", wrapped_key__isnull=False) | ~Q(state="OPEN") & Q(wrapped_key__isnull=True),
            ),
            models.CheckConstraint(
                name="draft_handed_is_a_submission",
                condition=Q(state="HANDED", submission__isnull=False) | ~Q(state="HANDED") & Q(submission__isnull=True),
            ),
        ]
        indexes = [models.Index(name="draft_open", fields=["made_at"], condition=Q(state="OPEN"))]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class ReportPart(models.Model):
    """Rows of one request (接口报送分段), sealed under the draft's key; gone with the check."""

    draft = models.ForeignKey(ReportDraft, models.PROTECT, related_name="parts", verbose_name="接口报送")
    place = models.IntegerField("次序")
    rows = models.IntegerField("行数")
    sealed = models.BinaryField("内容（加密）")

    class Meta:
        verbose_name = verbose_name_plural = "接口报送分段"
        constraints = [models.UniqueConstraint(name="part_in_its_place", fields=["draft", "place"])]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.place}"


class ReportKey(models.Model):
    """What a request with this ``Idempotency-Key`` was answered (防重键): sent again it is the same answer, done once."""

    client = models.ForeignKey(SystemClient, models.PROTECT, related_name="+", verbose_name="系统接入")
    organ_code = models.CharField("报送机关代码", max_length=18)
    key = models.CharField("防重键", max_length=64)
    request_sha256 = models.CharField("请求指纹", max_length=64)
    status = models.IntegerField("回答状态", default=0)
    answer = models.JSONField("回答", default=dict)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "防重键"
        constraints = [models.UniqueConstraint(name="key_once_per_client", fields=["client", "key"])]

    def __str__(self) -> str:
        return self.key
