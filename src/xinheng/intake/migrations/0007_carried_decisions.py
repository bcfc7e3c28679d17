"""Decisions on doubtful rows that outlive a re-check: by what the row was matched, and whose decision goes on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_amendments")]

    operations = [
        migrations.AddField(
            model_name="doubt",
            name="inputs_digest",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="核对所用各格的校验值"),
        ),
        migrations.AddField(
            model_name="doubtdecision",
            name="carried_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="intake.doubtdecision",
                verbose_name="沿用的决定",
            ),
        ),
    ]
