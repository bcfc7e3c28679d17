"""What a role grant must not become: the giver is an administrator, clashing roles never meet, nothing is rewritten."""

from django.db import migrations

_GUARDS = """
REVOKE UPDATE, DELETE, TRUNCATE ON accounts_account, accounts_rolegrant, accounts_invitation FROM xinheng_app;
GRANT UPDATE (password, last_login, display_name, is_active, closed_at, closed_ground) ON accounts_account TO xinheng_app;
GRANT UPDATE (revoked_at, revoked_by_id, revoked_ground) ON accounts_rolegrant TO xinheng_app;
GRANT UPDATE (accepted_at, withdrawn_at, account_id) ON accounts_invitation TO xinheng_app;

CREATE FUNCTION accounts_grant_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    alone CONSTANT text[] := ARRAY['ADMINISTRATOR', 'AUDITOR'];
BEGIN
    -- One at a time for one person: two grants that clash are each fine alone.
    PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_rolegrant
        WHERE account_id = NEW.account_id AND revoked_at IS NULL AND role <> NEW.role
          AND (role = ANY (alone) OR NEW.role = ANY (alone))
    ) THEN
        RAISE EXCEPTION 'roles that one person may not hold together' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'grant_roles_apart';
    END IF;
    IF NEW.granted_by_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM accounts_rolegrant g JOIN accounts_account a ON a.id = g.account_id
        WHERE g.account_id = NEW.granted_by_id AND g.role = 'ADMINISTRATOR' AND a.is_active
          AND g.revoked_at IS NULL
    ) THEN
        RAISE EXCEPTION 'only an administrator gives roles' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'grant_by_administrator';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_guard BEFORE INSERT ON accounts_rolegrant FOR EACH ROW EXECUTE FUNCTION accounts_grant_guard();

CREATE FUNCTION accounts_final_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a grant that was taken back stays so' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'grant_revoked_for_good';
END $$;
CREATE TRIGGER grant_final BEFORE UPDATE ON accounts_rolegrant FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION accounts_final_guard();
"""
_BACK = """
DROP TRIGGER grant_final ON accounts_rolegrant;
DROP FUNCTION accounts_final_guard();
DROP TRIGGER grant_guard ON accounts_rolegrant;
DROP FUNCTION accounts_grant_guard();
GRANT UPDATE, DELETE ON accounts_account, accounts_rolegrant, accounts_invitation TO xinheng_app;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GUARDS, _BACK)]
