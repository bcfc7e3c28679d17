"""A record's key can be stored anew under a later generation of the key ring (ADR 0065), by the owner only.

What was stored is the material that the key is derived from with a generation's secret; in its place comes the key itself, wrapped
by a later generation. So the earlier one is not needed any more, and the sealed bytes in append-only versions stay.
"""

from django.db import migrations

_UP = """
CREATE FUNCTION records_key_generation(stored bytea) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$ SELECT CASE WHEN length(stored) IN (32, 40) THEN 1 WHEN length(stored) < 27 THEN 0
    ELSE get_byte(stored, 1) * 256 + get_byte(stored, 2) END $$;
COMMENT ON FUNCTION records_key_generation(bytea) IS 'Generation of the key ring that a stored key says it is of (ADR 0065).';

CREATE FUNCTION records_key_is_later(former bytea, fresh bytea) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$ SELECT coalesce(
    length(fresh) IN (27, 43, 47, 63) AND get_byte(fresh, 0) = 1
        AND public.records_key_generation(fresh) > public.records_key_generation(former), false) $$;
COMMENT ON FUNCTION records_key_is_later(bytea, bytea) IS 'Whether a key, wrapped, may come in the place of what was stored.';

CREATE OR REPLACE FUNCTION records_key_only_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.key_id, NEW.record_id) IS DISTINCT FROM (OLD.key_id, OLD.record_id) OR OLD.material IS NULL
        OR NOT (NEW.material IS NULL OR records_key_is_later(OLD.material, NEW.material)
            AND (NEW.destroyed_date, NEW.destroyed_ground) IS NOT DISTINCT FROM (OLD.destroyed_date, OLD.destroyed_ground)) THEN
        RAISE EXCEPTION 'a record key can only be wrapped by a later generation, or destroyed, once'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION records_keys_rewrap(keys uuid[], former bytea[], fresh bytea[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    UPDATE records_recordkey k SET material = n.fresh
    FROM unnest(keys, former, fresh) AS n (key_id, former, fresh)
    WHERE k.key_id = n.key_id AND k.material = n.former;
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;
REVOKE EXECUTE ON FUNCTION records_keys_rewrap(uuid[], bytea[], bytea[]) FROM PUBLIC;
"""

_DOWN = """
CREATE OR REPLACE FUNCTION records_key_only_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.material IS NOT NULL OR (NEW.key_id, NEW.record_id) IS DISTINCT FROM (OLD.key_id, OLD.record_id)
        OR OLD.material IS NULL THEN
        RAISE EXCEPTION 'a record key can only be destroyed, once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION records_keys_rewrap(uuid[], bytea[], bytea[]);
DROP FUNCTION records_key_is_later(bytea, bytea);
DROP FUNCTION records_key_generation(bytea);
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0008_retention")]

    operations = [migrations.RunSQL(_UP, _DOWN)]
