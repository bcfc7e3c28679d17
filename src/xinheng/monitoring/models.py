"""What monitoring keeps: figures as told on a day, zero reports, explanations of gaps, lists side by side, reminders.

Migration ``0002_guards`` adds what a constraint cannot say: nothing of it is deleted, and what was said stays as said.
"""

from django.db import models
from django.db.models import F, Q

from xinheng.adapters.typed import TypedChar


class QualityFigure(models.Model):
    """The counts of an organ and item in a day or month, as known at the end of a day (报送质量数字); append-only.

    ``catalogue_hash`` names the law and the calendar they were counted under, so that anybody can count them again.
    """

    class Span(models.TextChoices):
        DAY = "DAY", "日"
        MONTH = "MONTH", "月"

    as_of = models.DateField("截至（含当日）")
    span = models.CharField("期间", max_length=8, choices=Span)
    first_day = models.DateField("期间第一天")
    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    reported = models.IntegerField("上报数")
    returned = models.IntegerField("退回数")
    incomplete = models.IntegerField("必填没有填的行数")
    doubtful = models.IntegerField("存疑数")
    late = models.IntegerField("迟报数")
    duplicate = models.IntegerField("重复数")
    catalogue_hash = models.CharField("目录指纹", max_length=64)
    made_at = models.DateTimeField("统计时间")

    class Meta:
        verbose_name = verbose_name_plural = "报送质量数字"
        constraints = [
            models.UniqueConstraint(name="figure_once_a_day", fields=["as_of", "span", "first_day", "organ_code", "item_id"]),
            models.CheckConstraint(name="figure_not_before_its_time", condition=Q(as_of__gte=F("first_day"))),
            models.CheckConstraint(
                name="figure_parts_of_the_whole",
                condition=Q(returned__range=(0, F("reported")))
                & Q(doubtful__range=(0, F("reported")))
                & Q(late__range=(0, F("reported")))
                & Q(incomplete__range=(0, F("returned")))
                & Q(duplicate__gte=0),
            ),
        ]
        indexes = [models.Index(name="figure_of_organ", fields=["span", "organ_code", "item_id", "first_day"])]

    def __str__(self) -> str:
        return f"{self.organ_code} {self.item_id} {self.span} {self.first_day} @{self.as_of}"


class ZeroReportState(models.TextChoices):
    """Where a zero report is."""

    STATED = "STATED", "等审核人确认"
    CERTIFIED = "CERTIFIED", "已确认"
    RETURNED = "RETURNED", "审核人退回"
    WITHDRAWN = "WITHDRAWN", "已撤回"


OPEN_ZERO = (ZeroReportState.STATED, ZeroReportState.CERTIFIED)


class ZeroReport(models.Model):
    """A clerk states that an organ decided nothing under an item in a month (零报告); another person certifies it."""

    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    month = models.DateField("月份（第一天）")
    state = models.CharField("状态", max_length=16, choices=ZeroReportState, default=ZeroReportState.STATED)
    clerk = TypedChar("经办人", max_length=64)
    stated_at = models.DateTimeField("声明时间")
    reviewer = TypedChar("审核人", max_length=64, blank=True, default="")
    certified_at = models.DateTimeField("确认时间", null=True, blank=True)
    ended_by = TypedChar("退回或撤回的人", max_length=64, blank=True, default="")
    ended_at = models.DateTimeField("退回或撤回时间", null=True, blank=True)
    reason = TypedChar("退回或撤回的理由", max_length=400, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "零报告"
        constraints = [
            models.CheckConstraint(name="zero_report_has_a_clerk", condition=~Q(clerk="")),
            models.CheckConstraint(
                name="zero_report_two_persons",
                condition=Q(reviewer="") | ~Q(clerk=F("reviewer")),
                violation_error_message="经办人与审核人不能是同一人。",
            ),
            models.CheckConstraint(
                name="zero_report_certified_by_someone",
                condition=~Q(state=ZeroReportState.CERTIFIED) | (~Q(reviewer="") & Q(certified_at__isnull=False)),
            ),
            models.CheckConstraint(name="zero_report_state_known", condition=Q(state__in=ZeroReportState.values)),
            models.CheckConstraint(
                name="zero_report_ended_with_a_reason",
                condition=Q(state__in=OPEN_ZERO) | (~Q(reason="") & ~Q(ended_by="") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="zero_report_of_a_month", condition=Q(month__day=1)),
            models.UniqueConstraint(
                name="zero_report_one_open", fields=["organ_code", "item_id", "month"], condition=Q(state__in=OPEN_ZERO)
            ),
        ]
        indexes = [models.Index(name="zero_report_of_month", fields=["month", "organ_code"])]

    def __str__(self) -> str:
        return f"{self.organ_code} {self.item_id} {self.month:%Y-%m}"


class GapExplanation(models.Model):
    """Why numbers of a series are not among the records (文号缺号说明); append-only, a later one of the same numbers counts."""

    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    series = TypedChar("字号", max_length=120)
    year = models.IntegerField("年份")
    first_serial = models.IntegerField("自第几号")
    last_serial = models.IntegerField("至第几号")
    reason = TypedChar("说明", max_length=400)
    actor = TypedChar("说明人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "文号缺号说明"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="gap_explained_in_words", condition=~Q(reason="") & ~Q(actor="")),
            models.CheckConstraint(
                name="gap_forward", condition=Q(first_serial__gte=1) & Q(last_serial__gte=F("first_serial"))
            ),
        ]
        indexes = [models.Index(name="gap_of_organ", fields=["organ_code", "item_id", "year"])]

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.first_serial}-{self.last_serial}"


class Reconciliation(models.Model):
    """A list of a case system beside the records (对账): numbers and days only, nothing about a party; append-only.

    ``found`` holds ``missing``, ``only_here`` and ``differing``, each a list of document number and days (ISO).
    """

    organ_code = models.CharField("报送机关代码", max_length=18)
    item_id = models.CharField("目录项", max_length=64)
    first_day = models.DateField("决定日期自")
    last_day = models.DateField("决定日期至")
    file_sha256 = models.CharField("文件SHA-256", max_length=64)
    listed = models.IntegerField("清单里的文书号数")
    reported = models.IntegerField("已报送")
    found = models.JSONField("不一致的文书号", default=dict)
    actor = TypedChar("上传人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "对账"
        constraints = [
            models.CheckConstraint(name="reconciliation_period", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="reconciliation_by_someone", condition=~Q(actor="")),
        ]
        indexes = [models.Index(name="reconciliation_of_organ", fields=["organ_code", "-at"])]

    def __str__(self) -> str:
        return f"{self.organ_code} {self.item_id} {self.at:%Y-%m-%d}"


class Reminder(models.Model):
    """One reminder of one day (催办提醒): the same thing is told once a day, however often the command runs; append-only."""

    day = models.DateField("日期")
    organ_code = models.CharField("报送机关代码", max_length=18)
    key = TypedChar("事项", max_length=120)
    text = TypedChar("内容", max_length=400)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "催办提醒"
        constraints = [models.UniqueConstraint(name="reminder_once_a_day", fields=["day", "organ_code", "key"])]

    def __str__(self) -> str:
        return f"{self.day} {self.organ_code} {self.key}"
