"""What is typed on the platform and what is asked of it: drafts of records, and waivers. Fields and constraints.

Migrations add what constraints cannot say: what was asked never changes, and is decided once.
"""

from django.db import models
from django.db.models import F, Q

from xinheng.adapters.typed import TypedChar, TypedText

WAIVABLE = ("V05", "V05c", "V06", "V07", "V09c", "V18")
"""Rules that may be waived at all: those that ask for what a decision itself may truly lack or say otherwise. None of them
stands for a protection, a personal number, an identity, a date by which a display ends, or a list; a test and the
database hold it. Provisional: own design, no source.
"""


class RecordDraft(models.Model):
    """One record that a clerk is filling in (填报草稿): this clerk's own, until it is sent, given up or too old (P11, P16).

    What was typed is masked, then sealed under the draft's own key; deleting the row deletes both.
    """

    id = models.UUIDField("草稿编号", primary_key=True)
    clerk = TypedChar("经办人", max_length=64)
    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    wrapped_key = models.BinaryField("密钥（已封装）")
    sealed = models.BinaryField("内容（加密）")
    saved_at = models.DateTimeField("保存时间")
    keep_until = models.DateField("保留到")

    class Meta:
        verbose_name = verbose_name_plural = "填报草稿"
        constraints = [models.CheckConstraint(name="draft_has_a_clerk", condition=~Q(clerk=""))]
        indexes = [models.Index(name="draft_by_clerk", fields=["clerk", "-saved_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class Waiver(models.Model):
    """One rule that one document need not keep (豁免): who asked, who agreed, why, until when. For ever provisional and dated.

    What was asked never changes; it is decided once, by another person, and can be revoked. After ``expires_on`` it does
    nothing, and so does one that nobody decided.
    """

    class Decision(models.TextChoices):
        """What became of it."""

        WAITING = "", "等待批准"
        APPROVED = "APPROVED", "已同意"
        REFUSED = "REFUSED", "不同意"
        REVOKED = "REVOKED", "已撤销"

    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    rule = models.CharField("规则", max_length=32)
    document_no = TypedChar("文书号", max_length=128)
    document_no_key = TypedChar("文书号比对形式", max_length=128, db_collation="C")
    reason = TypedText("理由")
    asked_by = TypedChar("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    asked_on = models.DateField("申请日期")
    expires_on = models.DateField("有效至（含）")
    decision = models.CharField("决定", max_length=16, choices=Decision, blank=True, default="")
    decided_by = TypedChar("批准人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision_reason = TypedText("决定的理由", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "豁免"
        constraints = [
            models.CheckConstraint(name="waiver_rule_may_be_waived", condition=Q(rule__in=WAIVABLE)),
            models.CheckConstraint(
                name="waiver_two_persons",
                condition=Q(decision="") | ~Q(decided_by=F("asked_by")),
                violation_error_message="申请人和批准人不能是同一人。",
            ),
            models.CheckConstraint(
                name="waiver_decided_whole",
                condition=Q(decision="", decided_by="", decided_at__isnull=True)
                | (~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False) & ~Q(decision_reason="")),
            ),
            models.CheckConstraint(name="waiver_is_whole", condition=~Q(asked_by="") & ~Q(reason="") & ~Q(document_no_key="")),
            models.CheckConstraint(name="waiver_expires", condition=Q(expires_on__gte=F("asked_on"))),
        ]
        indexes = [models.Index(name="waiver_in_force", fields=["organ_code", "item_id"], condition=Q(decision="APPROVED"))]

    def __str__(self) -> str:
        return f"{self.pk} {self.rule} {self.document_no}"
