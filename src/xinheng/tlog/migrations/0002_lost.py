"""Leaves whose content went with a database may be in the log: it goes on from what was published (ADR 0073)."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tlog", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="logbatch",
            name="source",
            field=models.TextField(
                choices=[("RECORDS", "信用记录"), ("CATALOGUE", "目录"), ("LOST", "恢复时遗失")], verbose_name="来源"
            ),
        ),
        migrations.RemoveConstraint(model_name="logbatch", name="tlog_batch_source_known"),
        migrations.AddConstraint(
            model_name="logbatch",
            constraint=models.CheckConstraint(
                condition=Q(source__in=["RECORDS", "CATALOGUE", "LOST"]), name="tlog_batch_source_known"
            ),
        ),
    ]
