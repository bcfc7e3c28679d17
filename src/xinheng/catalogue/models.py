"""The stored snapshots of the catalogue."""

from django.db import models
from django.db.models import F, Q

from xinheng.adapters.typed import TypedChar, TypedText


class CatalogueSnapshot(models.Model):
    """One catalogue as it was when it was loaded (目录快照); never changed, never deleted.

    Records name the hash they entered under, so the law they entered under can always be shown.
    """

    hash = models.CharField("内容指纹", max_length=64, primary_key=True)
    content = models.TextField("内容")
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = verbose_name_plural = "目录快照"

    def __str__(self) -> str:
        return f"{self.hash[:12]} {self.stored_at:%Y-%m-%d %H:%M}"


class CatalogueProposal(models.Model):
    """A proposed change of the catalogue (目录修改建议): files that would replace or join those in force.

    What was proposed never changes; it is decided once, by another person than the one who proposed it. It is in force
    once the catalogue folder has its content (``xinheng catalogue adopt``), which a reader tells by the hash.
    """

    class Decision(models.TextChoices):
        """What became of it."""

        WAITING = "", "等待审批"
        ADOPTED = "ADOPTED", "已批准"
        REFUSED = "REFUSED", "不同意"
        WITHDRAWN = "WITHDRAWN", "提出人已收回"

    title = TypedChar("标题", max_length=120)
    reason = TypedText("理由和依据")
    files = models.JSONField("建议的文件（相对路径→内容）")
    base_hash = models.CharField("提出时的现行目录指纹", max_length=64)
    hash = models.CharField("修改后的目录指纹", max_length=64)
    proposed_by = TypedChar("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    decision = models.CharField("决定", max_length=16, choices=Decision, blank=True, default="")
    decided_by = TypedChar("决定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision_reason = TypedText("决定的理由", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "目录修改建议"
        constraints = [
            models.CheckConstraint(
                name="catalogue_proposal_two_persons",
                condition=~Q(decision="ADOPTED") | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by="")),
                violation_error_message="提出人和批准人不能是同一人。",
            ),
            models.CheckConstraint(
                name="catalogue_proposal_decided_whole",
                condition=Q(decision="", decided_by="", decided_at__isnull=True)
                | (~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False) & ~Q(decision_reason="")),
            ),
            models.CheckConstraint(
                name="catalogue_proposal_has_a_proposer_and_reason", condition=~Q(proposed_by="") & ~Q(reason="")
            ),
            models.CheckConstraint(name="catalogue_proposal_changes_something", condition=~Q(hash=F("base_hash"))),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"
