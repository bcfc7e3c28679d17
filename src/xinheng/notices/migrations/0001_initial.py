import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_KINDS = [
    ("CHECKED", "检查完了，等你处理"),
    ("REFUSED", "文件没有接收，请看原因"),
    ("RETURNED", "已退回，等你改正"),
    ("SUBMITTED", "等你审核确认"),
    ("UNLOCKED", "经办人收回修改，暂时不用审核"),
    ("PUBLISHED", "已确认入库"),
    ("WITHDRAWN", "已撤回"),
]
_CHANNELS = [("EMAIL", "电子邮箱"), ("SMS", "手机号")]

_RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON notices_notice, notices_delivery FROM xinheng_app;
GRANT UPDATE (read_at) ON notices_notice TO xinheng_app;
GRANT UPDATE (attempts, failure, sent_at, dropped_at) ON notices_delivery TO xinheng_app;
REVOKE UPDATE, TRUNCATE ON notices_contact FROM xinheng_app;
"""
_RIGHTS_BACK = """
GRANT UPDATE, DELETE ON notices_notice, notices_delivery, notices_contact TO xinheng_app;
"""


def _key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _account(related: str, title: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related,
        to=settings.AUTH_USER_MODEL,
        verbose_name=title,
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", _key()),
                ("kind", models.CharField(choices=_KINDS, max_length=24, verbose_name="事项")),
                ("number", models.CharField(max_length=32, verbose_name="批次编号")),
                ("due", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="看过的时间")),
                ("account", _account("notices", "收到的人")),
            ],
            options={
                "verbose_name": "通知",
                "verbose_name_plural": "通知",
                "indexes": [
                    models.Index(fields=["account", "-id"], name="notice_of_account"),
                    models.Index(condition=models.Q(("read_at__isnull", True)), fields=["account"], name="notice_unread"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [code for code, _ in _KINDS])), name="notice_kind_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", _key()),
                ("channel", models.CharField(choices=_CHANNELS, max_length=8, verbose_name="方式")),
                ("sealed", models.BinaryField(verbose_name="地址（加密）")),
                ("wrapped_key", models.BinaryField(verbose_name="密钥（已封装）")),
                ("set_at", models.DateTimeField(verbose_name="填写时间")),
                ("account", _account("contacts", "账号")),
            ],
            options={
                "verbose_name": "通知地址",
                "verbose_name_plural": "通知地址",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "channel"), name="contact_one_per_channel"),
                    models.CheckConstraint(condition=models.Q(("channel__in", ["EMAIL", "SMS"])), name="contact_channel_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", _key()),
                ("channel", models.CharField(choices=_CHANNELS, max_length=8, verbose_name="方式")),
                ("attempts", models.IntegerField(default=0, verbose_name="次数")),
                ("failure", models.CharField(blank=True, default="", max_length=80, verbose_name="上次没有送出的原因")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="送出时间")),
                ("dropped_at", models.DateTimeField(blank=True, null=True, verbose_name="不再发送的时间")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="notices.notice"
                    ),
                ),
            ],
            options={
                "verbose_name": "外发",
                "verbose_name_plural": "外发",
                "constraints": [models.UniqueConstraint(fields=("notice", "channel"), name="delivery_one_per_channel")],
            },
        ),
        migrations.RunSQL(_RIGHTS, _RIGHTS_BACK),
    ]
