"""What was uploaded to the city platform (上报记录): append-only, so that nobody types twice and withdrawals find their way."""

from django.db import models
from django.db.models import F, Q


class Upload(models.Model):
    """One file made for the city platform (上报文件), from one publication number (exclusive) to another (inclusive)."""

    item_id = models.CharField("目录项", max_length=64)
    since = models.BigIntegerField("公示序号自（不含）")
    until = models.BigIntegerField("公示序号至（含）")
    made_at = models.DateTimeField("生成时间")
    actor = models.CharField("经办人", max_length=120)
    file_name = models.TextField("文件名")
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
