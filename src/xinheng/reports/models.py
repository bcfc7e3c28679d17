"""Issued reports (已出具的报告): their content sealed, so that only who holds number and check code has it again (P8)."""

from django.db import models

from xinheng.adapters.typed import TypedChar
from xinheng.subjects.models import Subject


class IssuedReport(models.Model):
    """One issued report (信用报告出具记录).

    ``sealed`` is the signed JSON under a key of its own; ``check_digest`` the keyed digest of number and check code;
    ``facts_sha256`` tells whether a report made today would say the same. The application adds rows and may only empty
    ``wrapped_key``, at the end of retention: the content is then gone, that it was issued stays.
    """

    number = models.CharField("报告编号", max_length=32, unique=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="信用主体")
    purpose = models.CharField("用途", max_length=40)
    issued_at = models.DateTimeField("出具时间")
    actor = TypedChar("出具人", max_length=120)
    known_seq = models.BigIntegerField("公示序号")
    catalogue_hash = models.CharField("目录版本", max_length=64)
    document_sha256 = models.CharField("数据指纹", max_length=64)
    facts_sha256 = models.CharField("内容指纹", max_length=64)
    check_digest = models.BinaryField("校验码摘要")
    sealed = models.BinaryField("封存的内容")
    wrapped_key = models.BinaryField("封存密钥", null=True)
    batch = models.CharField("批次", max_length=64, default="")

    class Meta:
        verbose_name = verbose_name_plural = "信用报告出具记录"
        constraints = [
            models.UniqueConstraint(name="report_once_per_batch", fields=["batch", "subject"], condition=~models.Q(batch=""))
        ]
        indexes = [models.Index(name="report_of_subject", fields=["subject", "-issued_at"])]

    def __str__(self) -> str:
        return self.number
