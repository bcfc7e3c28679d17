"""Walls between the organs (P11, ADR 0045) around what systems send in."""

from django.db import migrations

from xinheng.adapters.postgres.walls import OF_AN_ORGAN, hanging_on, wall

_UP, _DOWN = wall(
    {
        "exchange_reportdraft": OF_AN_ORGAN,
        "exchange_reportkey": OF_AN_ORGAN,
        "exchange_reportpart": hanging_on("exchange_reportdraft", by="draft_id"),
    }
)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_reports")]

    operations = [migrations.RunSQL(_UP, _DOWN)]
