"""Tables of the context: what waits for the log, its leaves, their salts, its checkpoints, and the switch of publishing.

The application role adds leaves, salts and checkpoints and can change or delete none of them; what waits is put there by
triggers of the tables whose changes are logged, in the same transaction. Migration 0001 holds the grants, triggers and functions.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from xinheng.adapters.typed import TypedText


class LogBatch(models.Model):
    """Events that one statement brought about (待入册事件), in the order of their commit.

    ``first`` … ``last`` are positions in the source (records: publication numbers). ``first_index`` is the leaf of the first,
    given when the writer puts the batch into the log; the others follow.
    """

    class Source(models.TextChoices):
        """Whose changes they are."""

        RECORDS = "RECORDS", "信用记录"
        CATALOGUE = "CATALOGUE", "目录"
        LOST = "LOST", "恢复时遗失"
        """Leaves that were published after the copy of the database was made that this one was restored from."""

    source = models.TextField("来源", choices=Source)
    name = models.TextField("名称", blank=True, default="")
    first = models.BigIntegerField("起始序号", default=0)
    last = models.BigIntegerField("截止序号", default=0)
    queued_at = models.DateTimeField("排队时间", db_default=Now())
    first_index = models.BigIntegerField("首项编号", null=True, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "待入册事件"
        constraints = [
            models.UniqueConstraint(fields=["source", "name", "last"], name="tlog_batch_once"),
            models.CheckConstraint(name="tlog_batch_in_order", condition=Q(first__lte=F("last"), first__gte=0)),
            models.CheckConstraint(name="tlog_batch_source_known", condition=Q(source__in=["RECORDS", "CATALOGUE", "LOST"])),
        ]
        indexes = [
            models.Index(fields=["id"], name="tlog_batch_waiting", condition=Q(first_index=None)),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.name}{self.first}–{self.last}"


class LogLeaf(models.Model):
    """One entry of the log (日志条目): 32 bytes that tell nothing without the salt."""

    leaf_index = models.BigIntegerField("日志项编号", primary_key=True)
    entry = models.BinaryField("条目")

    class Meta:
        verbose_name = verbose_name_plural = "日志条目"

    def __str__(self) -> str:
        return str(self.leaf_index)


class LogSalt(models.Model):
    """The salt of one leaf (盐); destroying it is erasure, the leaf and every proof stay."""

    leaf_index = models.BigIntegerField("日志项编号", primary_key=True)
    salt = models.UUIDField("盐")

    class Meta:
        verbose_name = verbose_name_plural = "日志盐"

    def __str__(self) -> str:
        return str(self.leaf_index)


class LogErasure(models.Model):
    """That the salt of a leaf was destroyed, and why (盐的销毁)."""

    leaf_index = models.BigIntegerField("日志项编号", primary_key=True)
    erased_date = models.DateField("销毁日期")
    ground = models.TextField("销毁依据")

    class Meta:
        verbose_name = verbose_name_plural = "盐的销毁"
        constraints = [models.CheckConstraint(name="tlog_erasure_has_a_ground", condition=~Q(ground=""))]

    def __str__(self) -> str:
        return str(self.leaf_index)


class LogCheckpoint(models.Model):
    """A signed checkpoint (检查点): one root for one size, for ever."""

    size = models.BigIntegerField("规模", primary_key=True)
    root = models.BinaryField("根")
    note = models.TextField("签名文本")
    signed_at = models.DateTimeField("签发时间")

    class Meta:
        verbose_name = verbose_name_plural = "日志检查点"

    def __str__(self) -> str:
        return str(self.size)


class PublishingStop(models.Model):
    """That publishing was stopped, and when and why it was resumed (停止公示)."""

    class Cause(models.TextChoices):
        """What pulled the switch."""

        PERSON = "PERSON", "人工停止"
        LOG = "LOG", "日志核对不一致"
        CHECKER = "CHECKER", "公示复核不一致"

    cause = models.TextField("起因", choices=Cause)
    stopped_at = models.DateTimeField("停止时间")
    stopped_by = TypedText("停止人")
    reason = TypedText("停止原因")
    resumed_at = models.DateTimeField("恢复时间", null=True)
    resumed_by = TypedText("恢复人", blank=True, default="")
    resume_reason = TypedText("恢复理由", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "停止公示"
        constraints = [
            models.UniqueConstraint(fields=["cause"], name="tlog_one_open_stop", condition=Q(resumed_at=None)),
            models.CheckConstraint(name="tlog_stop_has_a_reason", condition=~Q(reason="") & ~Q(stopped_by="")),
            models.CheckConstraint(
                name="tlog_resumed_whole",
                condition=Q(resumed_at=None, resumed_by="", resume_reason="")
                | (Q(resumed_at__isnull=False) & ~Q(resumed_by="") & ~Q(resume_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.stopped_at:%Y-%m-%d %H:%M}"
