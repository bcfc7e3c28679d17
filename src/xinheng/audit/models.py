"""The event log's one table."""

from django.db import models


class Event(models.Model):
    """Something that somebody did (事件); never changed, never deleted."""

    action = models.CharField("动作", max_length=80)
    actor = models.CharField("操作人", max_length=120)
    target_kind = models.CharField("对象类型", max_length=60)
    target_id = models.CharField("对象编号", max_length=120)
    at = models.DateTimeField("时间")
    facts = models.JSONField("事实", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        indexes = [models.Index(fields=["target_kind", "target_id", "at"], name="audit_event_target")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target_kind} {self.target_id}"
