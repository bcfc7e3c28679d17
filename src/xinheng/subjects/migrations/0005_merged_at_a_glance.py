"""A small index of the organisations that were merged: a search asks of every match whether it is one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0004_frequent_pairs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["id", "merged_into"], name="subjects_subject_merged"
            ),
        ),
    ]
