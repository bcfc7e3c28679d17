"""Walls between the organs (P11, ADR 0045) around what is said and counted of one organ's reporting."""

from django.db import migrations

from xinheng.adapters.postgres.walls import OF_AN_ORGAN, wall

_UP, _DOWN = wall(
    {
        "monitoring_qualityfigure": OF_AN_ORGAN,
        "monitoring_zeroreport": OF_AN_ORGAN,
        "monitoring_gapexplanation": OF_AN_ORGAN,
        "monitoring_reconciliation": OF_AN_ORGAN,
        "monitoring_reminder": OF_AN_ORGAN,
    }
)


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_guards")]

    operations = [migrations.RunSQL(_UP, _DOWN)]
