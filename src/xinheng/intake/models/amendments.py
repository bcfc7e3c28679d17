"""What a clerk does to a submission on the platform: put cells right, explain, give up. All of it append-only (ADR 0044)."""

from django.db import models
from django.db.models import Q

from xinheng.adapters.typed import TypedChar, TypedText
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
    after = TypedText("改正后的值", blank=True, default="")
    actor = TypedChar("改正人", max_length=64)
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
    text = TypedText("说明")
    actor = TypedChar("说明人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "说明"
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="explanation_says_something", condition=~Q(text=""))]
        indexes = [models.Index(name="explanation_of_rule", fields=["submission", "rule"])]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.rule}"


class WorkbookOrder(models.Model):
    """A marked workbook that somebody wants (标记表): a job makes it, and it lies sealed under the submission's own key.

    ``amendments`` is how many cells had been put right: with another number it is another workbook. ``marked`` findings
    stand in it, ``rest`` in the list beside it. The files go with the original's key, or after some days (P16).
    """

    class State(models.TextChoices):
        """Where it is."""

        WAITING = "WAITING", "正在做"
        READY = "READY", "做好了"
        NOTHING = "NOTHING", "没有要标的问题"
        FAILED = "FAILED", "做不了"
        GONE = "GONE", "已销毁"

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="workbooks")
    state = models.CharField("状态", max_length=16, choices=State, default=State.WAITING)
    amendments = models.IntegerField("已改正的格数")
    asked_by = TypedChar("要求人", max_length=64)
    asked_at = models.DateTimeField("要求时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    file_name = TypedChar("文件名", max_length=255, blank=True, default="")
    stored_as = models.CharField("存放名", max_length=64, blank=True, default="")
    rest_stored_as = models.CharField("其余问题的存放名", max_length=64, blank=True, default="")
    marked = models.IntegerField("标出的问题数", default=0)
    rest = models.IntegerField("其余的问题数", default=0)
    problem = models.TextField("做不了的原因", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "标记表"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="workbook_made_once",
                fields=["submission", "amendments"],
                condition=Q(state__in=["WAITING", "READY"]),
            ),
            models.CheckConstraint(name="workbook_ready_has_a_file", condition=~Q(state="READY") | ~Q(stored_as="")),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"


class GivingUp(models.Model):
    """Somebody wants a submission given up while a step works at it (放弃): the next step does not begin. Append-only."""

    # No constraint in the database: to check it the insert would wait for the lock that the step holds on the submission.
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+", db_constraint=False)
    actor = TypedChar("办理人", max_length=64)
    reason = TypedText("理由")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "放弃"
        constraints = [models.UniqueConstraint(name="giving_up_once", fields=["submission"])]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.actor}"
