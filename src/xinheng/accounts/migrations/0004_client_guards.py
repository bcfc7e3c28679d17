"""Who a system is and what for stays as it was registered; it can only be closed, once."""

from django.db import migrations

_GUARDS = """
REVOKE UPDATE, DELETE, TRUNCATE ON accounts_systemclient FROM xinheng_app;
GRANT UPDATE (revoked_at, revoked_by_id, revoked_from_server, revoked_ground) ON accounts_systemclient TO xinheng_app;
CREATE TRIGGER client_final BEFORE UPDATE ON accounts_systemclient FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION accounts_final_guard();
"""
_BACK = """
DROP TRIGGER client_final ON accounts_systemclient;
GRANT UPDATE, DELETE ON accounts_systemclient TO xinheng_app;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_systemclient")]

    operations = [migrations.RunSQL(_GUARDS, _BACK)]
