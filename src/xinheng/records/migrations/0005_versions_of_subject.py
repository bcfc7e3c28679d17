"""The versions of one organisation are found by an index: its file as it was known on an earlier day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0004_fresh_statistics")]

    operations = [
        migrations.AddIndex(
            model_name="recordversion",
            index=models.Index(fields=["subject", "seq"], name="records_versions_of_subject"),
        ),
    ]
