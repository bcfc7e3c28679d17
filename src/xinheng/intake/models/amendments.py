"""What a clerk does to a submission on the platform: put cells right, explain, give up. All of it append-only (ADR 0044)."""

from django.db import models
from django.db.models import Q

from xinheng.intake.models.submissions import Submission


class Amendment(models.Model):
    """One cell that a clerk put right on the platform (改正): the file stays as it came, this is laid over it. Append-only.

    Kept with the submission in which it was made; of one cell the newest counts (ADR 0044). Both values are masked (P16).
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="amendments")
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.BigIntegerField("行")
    field = models.CharField("字段", max_length=64)
    before = models.TextField("原来的值（已遮盖）", blank=True, default="")
    after = models.TextField("改正后的值", blank=True, default="")
    actor = models.CharField("改正人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "改正"
        ordering = ["id"]
        indexes = [models.Index(name="amendment_of_cell", fields=["submission", "sheet", "row"])]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row} {self.field}"


class Explanation(models.Model):
    """Why rows are as they are where a rule asks (说明), in the clerk's words. Append-only; the newest counts.

    ``row`` 0 is the explanation of every row that the rule names.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="explanations")
    rule = models.CharField("规则", max_length=32)
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.BigIntegerField("行", default=0)
    text = models.TextField("说明")
    actor = models.CharField("说明人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "说明"
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="explanation_says_something", condition=~Q(text=""))]
        indexes = [models.Index(name="explanation_of_rule", fields=["submission", "rule"])]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.rule}"


class GivingUp(models.Model):
    """Somebody wants a submission given up while a step works at it (放弃): the next step does not begin. Append-only."""

    # No constraint in the database: to check it the insert would wait for the lock that the step holds on the submission.
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+", db_constraint=False)
    actor = models.CharField("办理人", max_length=64)
    reason = models.TextField("理由")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "放弃"
        constraints = [models.UniqueConstraint(name="giving_up_once", fields=["submission"])]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.actor}"
