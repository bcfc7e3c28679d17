"""Notices, contact addresses and what leaves the house: fields and constraints."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from xinheng.notices.domain import CHANNEL_LABELS, Channel, NoticeKind

_CHANNELS = [(channel.value, label) for channel, label in CHANNEL_LABELS.items()]
_KINDS = [(kind.value, kind.label) for kind in NoticeKind]


class Notice(models.Model):
    """Something that one person is told (通知): of which submission, waiver or proposal, what happened, by when.

    No content, no names.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name="收到的人")
    kind = models.CharField("事项", max_length=24, choices=_KINDS)
    number = models.CharField("编号", max_length=32)
    due = models.DateField("期限", null=True, blank=True)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("看过的时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [
            models.CheckConstraint(name="notice_kind_known", condition=Q(kind__in=[kind.value for kind in NoticeKind])),
        ]
        indexes = [
            models.Index(name="notice_of_account", fields=["account", "-id"]),
            models.Index(name="notice_unread", fields=["account"], condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.kind} {self.number}"


class Contact(models.Model):
    """An address outside the house (通知地址), set by its holder, sealed, shown to nobody."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contacts", verbose_name="账号")
    channel = models.CharField("方式", max_length=8, choices=_CHANNELS)
    sealed = models.BinaryField("地址（加密）")
    wrapped_key = models.BinaryField("密钥（已封装）")
    set_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = verbose_name_plural = "通知地址"
        constraints = [
            models.UniqueConstraint(name="contact_one_per_channel", fields=["account", "channel"]),
            models.CheckConstraint(name="contact_channel_known", condition=Q(channel__in=[c.value for c in Channel])),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.channel}"


class Delivery(models.Model):
    """A notice on its way out by one channel (外发): written with the notice, sent by a job, tried again until it is."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.CharField("方式", max_length=8, choices=_CHANNELS)
    attempts = models.IntegerField("次数", default=0)
    failure = models.CharField("上次没有送出的原因", max_length=80, blank=True, default="")
    sent_at = models.DateTimeField("送出时间", null=True, blank=True)
    dropped_at = models.DateTimeField("不再发送的时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外发"
        constraints = [models.UniqueConstraint(name="delivery_one_per_channel", fields=["notice", "channel"])]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.channel}"
