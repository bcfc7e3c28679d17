from django.db import migrations, models

_KINDS = [
    ("CHECKED", "检查完了，等你处理"),
    ("REFUSED", "文件没有接收，请看原因"),
    ("RETURNED", "已退回，等你改正"),
    ("SUBMITTED", "等你审核确认"),
    ("UNLOCKED", "经办人收回修改，暂时不用审核"),
    ("PUBLISHED", "已确认入库"),
    ("WITHDRAWN", "已撤回"),
    ("DUE", "有行没有补报或没有确认，等你处理"),
    ("DOUBT_PROPOSED", "有存疑已提出意见，等另一人复核"),
    ("DOUBT_DECIDED", "有存疑已确认是哪一家"),
    ("DOUBT_REJECTED", "有存疑退回，等你补充"),
    ("DOUBT_DECLINED", "存疑的意见没有得到复核同意，重新待确认"),
    ("DOUBT_UNDONE", "存疑的确认已撤销，重新待确认"),
    ("WAIVER_ASKED", "等你批准"),
    ("WAIVER_APPROVED", "已同意"),
    ("WAIVER_REFUSED", "没有同意，规则照常"),
    ("WAIVER_REVOKED", "已撤销，规则照常"),
    ("PROPOSAL_MADE", "等你审批"),
    ("PROPOSAL_ADOPTED", "已批准，等装入后施行"),
    ("PROPOSAL_REFUSED", "没有同意，现行目录不变"),
    ("PROPOSAL_INSTALLED", "已装入，现在施行"),
]


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_due")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_kind_known"),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(choices=_KINDS, max_length=24, verbose_name="事项"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="number",
            field=models.CharField(max_length=32, verbose_name="编号"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _ in _KINDS])),
                name="notice_kind_known",
            ),
        ),
    ]
