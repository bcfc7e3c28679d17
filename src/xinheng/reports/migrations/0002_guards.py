"""An issued report stays on record: the application adds to it, and may only destroy the key of its content."""

from django.db import migrations

_RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON reports_issuedreport FROM xinheng_app;
GRANT UPDATE (wrapped_key) ON reports_issuedreport TO xinheng_app;
"""
_BACK = "GRANT UPDATE, DELETE ON reports_issuedreport TO xinheng_app;"


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunSQL(_RIGHTS, _BACK)]
