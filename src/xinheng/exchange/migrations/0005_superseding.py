"""A report of a system may replace an earlier one of it that was returned."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_report_walls")]

    operations = [
        migrations.AddField(
            model_name="reportdraft",
            name="supersedes",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.reportdraft",
                verbose_name="代替的接口报送",
            ),
        ),
    ]
