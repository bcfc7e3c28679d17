"""What was uploaded stays on record: the application can add to it and nothing else."""

from django.db import migrations

_RIGHTS = "REVOKE UPDATE, DELETE, TRUNCATE ON exchange_upload, exchange_uploadedrecord FROM xinheng_app;"
_BACK = "GRANT UPDATE, DELETE ON exchange_upload, exchange_uploadedrecord TO xinheng_app;"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [migrations.RunSQL(_RIGHTS, _BACK)]
