"""The key of an original can be wrapped by a later generation of the key ring (ADR 0065); nothing else of it changes."""

from django.db import migrations

_GUARD = """
CREATE OR REPLACE FUNCTION intake_original_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {anew}IF OLD.destroyed_at IS NOT NULL OR NEW.destroyed_at IS NULL OR NEW.wrapped_key IS NOT NULL
       OR (NEW.submission_id, NEW.stored_as, NEW.destroy_after)
          IS DISTINCT FROM (OLD.submission_id, OLD.stored_as, OLD.destroy_after) THEN
        RAISE EXCEPTION 'an original is only ever destroyed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'original_only_destroyed';
    END IF;
    RETURN NEW;
END $$;
"""
_ANEW = """IF records_key_is_later(OLD.wrapped_key, NEW.wrapped_key)
       AND (NEW.submission_id, NEW.stored_as, NEW.destroy_after, NEW.destroyed_at)
           IS NOT DISTINCT FROM (OLD.submission_id, OLD.stored_as, OLD.destroy_after, OLD.destroyed_at) THEN
        RETURN NEW;
    END IF;
    """


class Migration(migrations.Migration):
    dependencies = [("intake", "0009_retention"), ("records", "0009_keys_rewrapped")]

    operations = [migrations.RunSQL(_GUARD.format(anew=_ANEW), _GUARD.format(anew=""))]
