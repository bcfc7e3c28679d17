"""The trail: every change and every read, append-only for everybody, in partitions of a month (ADR 0060).

What the trigger ``audit_change_log`` needs of a table it is told by its arguments; ``adapters.postgres.trail`` puts it on the
tables after every migration.
"""

from django.db import migrations, models

_ABOUT = """
    actor text NOT NULL DEFAULT '',
    organ_codes text NOT NULL DEFAULT '',
    roles text NOT NULL DEFAULT '',
    purpose text NOT NULL DEFAULT '',
    case_no text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    door text NOT NULL DEFAULT '',
    what text NOT NULL DEFAULT '',
    request_id text NOT NULL DEFAULT '',
"""

TABLES = f"""
CREATE SEQUENCE audit_change_id_seq;
CREATE TABLE audit_change (
    id bigint NOT NULL DEFAULT nextval('audit_change_id_seq'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction_id bigint NOT NULL,
    table_name text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    row_count bigint NOT NULL,
    first_key text NOT NULL DEFAULT '',
    last_key text NOT NULL DEFAULT '',
    columns jsonb NOT NULL DEFAULT '[]',
    shown jsonb NOT NULL DEFAULT '{{}}',
    before_sha256 bytea,
    after_sha256 bytea,
    database_user text NOT NULL DEFAULT '',
{_ABOUT}
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX audit_change_by_actor ON audit_change (actor, at);
CREATE INDEX audit_change_by_key ON audit_change (table_name, first_key, at);
CREATE INDEX audit_change_by_request ON audit_change (request_id);
CREATE TABLE audit_change_default PARTITION OF audit_change DEFAULT;

CREATE SEQUENCE audit_read_id_seq;
CREATE TABLE audit_read (
    id bigint NOT NULL DEFAULT nextval('audit_read_id_seq'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    object_kind text NOT NULL DEFAULT '',
    object_id text NOT NULL DEFAULT '',
    method text NOT NULL DEFAULT '',
    asked jsonb NOT NULL DEFAULT '{{}}',
{_ABOUT}
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX audit_read_by_actor ON audit_read (actor, at);
CREATE INDEX audit_read_by_object ON audit_read (object_kind, object_id, at);
CREATE INDEX audit_read_by_request ON audit_read (request_id);
CREATE TABLE audit_read_default PARTITION OF audit_read DEFAULT;

CREATE TABLE audit_readsent (
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    status integer NOT NULL,
    size bigint,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE TABLE audit_readsent_default PARTITION OF audit_readsent DEFAULT;
"""

# A row's trigger is the partitions' too, a statement's is not: each partition gets one of its own against TRUNCATE.
_GUARDS = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_rows_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON {table}_default
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
REVOKE ALL ON {table}, {table}_default FROM xinheng_app;
GRANT SELECT ON {table} TO xinheng_app;
"""
    for table in ("audit_change", "audit_read", "audit_readsent")
)
GUARDS = (
    _GUARDS
    + """
-- Changes are written by the trigger alone, which runs as the owner; reads by whoever answers.
GRANT INSERT ON audit_read, audit_readsent TO xinheng_app;
REVOKE ALL ON SEQUENCE audit_change_id_seq FROM xinheng_app;
"""
)

CHANGES = """
CREATE FUNCTION audit_change_log() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $log$
DECLARE
    -- Above so many rows a statement has one entry: their number, the range of their keys, a digest of all of them.
    row_by_row constant bigint := 1000;
    key constant text := coalesce(TG_ARGV[0], '');
    told constant text[] := string_to_array(coalesce(TG_ARGV[1], ''), ',');
    work constant jsonb := coalesce(nullif(current_setting('xinheng.work', true), ''), '{}')::jsonb;
    image constant text := CASE TG_OP WHEN 'DELETE' THEN 'was' ELSE 'became' END;
    amount bigint := 0;
    lowest text := '';
    highest text := '';
    before_all bytea;
    after_all bytea;
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        EXECUTE format('SELECT count(*), coalesce(min(%1$s)::text, ''''), coalesce(max(%1$s)::text, '''') FROM %2$s', key, image)
            INTO amount, lowest, highest;
        IF amount = 0 THEN
            RETURN NULL;
        END IF;
    END IF;

    IF TG_OP IN ('UPDATE', 'DELETE') AND amount <= row_by_row THEN
        EXECUTE format($each$
            INSERT INTO audit_change (transaction_id, table_name, operation, row_count, first_key, last_key, columns, shown,
                before_sha256, after_sha256, database_user, actor, organ_codes, roles, purpose, case_no, address, door, what,
                request_id)
            SELECT pg_current_xact_id()::text::bigint, $1, $2, 1, pair.key, pair.key, changed.columns,
                coalesce((SELECT jsonb_object_agg(name, jsonb_build_array(pair.was -> name, pair.became -> name))
                    FROM jsonb_array_elements_text(changed.columns) name WHERE name = ANY ($3)), '{}'),
                pair.was_hash, pair.became_hash, session_user, coalesce($4 ->> 'actor', ''), coalesce($4 ->> 'organ', ''),
                coalesce($4 ->> 'role', ''), coalesce($4 ->> 'purpose', ''), coalesce($4 ->> 'case', ''),
                coalesce($4 ->> 'address', ''), coalesce($4 ->> 'door', ''), coalesce($4 ->> 'what', ''),
                coalesce($4 ->> 'request', '')
            FROM (
                SELECT coalesce(o.key, n.key) AS key, o.image AS was, n.image AS became, o.hash AS was_hash, n.hash AS became_hash
                FROM (SELECT (%1$s)::text AS key, to_jsonb(t) AS image, sha256(convert_to(t::text, 'UTF8')) AS hash
                    FROM was t) o
                %2$s
            ) pair
            CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(name ORDER BY name), '[]') AS columns
                FROM jsonb_object_keys(coalesce(pair.became, '{}')) name
                WHERE pair.was -> name IS DISTINCT FROM pair.became -> name) changed
            WHERE pair.was_hash IS DISTINCT FROM pair.became_hash
        $each$, key, CASE TG_OP
            WHEN 'UPDATE' THEN format($both$FULL JOIN (SELECT (%s)::text AS key, to_jsonb(t) AS image,
                sha256(convert_to(t::text, 'UTF8')) AS hash FROM became t) n ON n.key = o.key$both$, key)
            ELSE 'LEFT JOIN (SELECT NULL::text AS key, NULL::jsonb AS image, NULL::bytea AS hash) n ON false' END)
        USING TG_TABLE_NAME, TG_OP, told, work;
        RETURN NULL;
    END IF;

    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        SELECT sha256(string_agg(hash, ''::bytea ORDER BY hash)) INTO before_all
        FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS hash FROM was t) rows;
    END IF;
    -- Rows that only come and never change are their own record; one that comes alone has its digest here.
    IF TG_OP = 'UPDATE' OR (TG_OP = 'INSERT' AND amount = 1) THEN
        SELECT sha256(string_agg(hash, ''::bytea ORDER BY hash)) INTO after_all
        FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS hash FROM became t) rows;
    END IF;
    INSERT INTO audit_change (transaction_id, table_name, operation, row_count, first_key, last_key, before_sha256,
        after_sha256, database_user, actor, organ_codes, roles, purpose, case_no, address, door, what, request_id)
    VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME, TG_OP, amount, lowest, highest, before_all, after_all,
        session_user, coalesce(work ->> 'actor', ''), coalesce(work ->> 'organ', ''), coalesce(work ->> 'role', ''),
        coalesce(work ->> 'purpose', ''), coalesce(work ->> 'case', ''), coalesce(work ->> 'address', ''),
        coalesce(work ->> 'door', ''), coalesce(work ->> 'what', ''), coalesce(work ->> 'request', ''));
    RETURN NULL;
END $log$;
"""

PARTITIONS = """
CREATE FUNCTION audit_partition_add(parent text, month date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    name constant text := parent || '_' || to_char(month, 'YYYYMM');
    since constant timestamptz := month::timestamp AT TIME ZONE 'Asia/Shanghai';
    until constant timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai';
    waits boolean;
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE at >= $1 AND at < $2)', parent || '_default') INTO waits
        USING since, until;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
    EXECUTE format('REVOKE ALL ON %I FROM xinheng_app', name);
    EXECUTE format('CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
        ' EXECUTE FUNCTION audit_refuse_change()', name);
    IF waits THEN
        -- Entries came before their partition: the partition that took them in is put aside, and its rows find their months.
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, parent || '_default');
        EXECUTE format('ALTER TABLE %I RENAME TO %I', parent || '_default', parent || '_waiting');
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, since, until);
    IF waits THEN
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', parent || '_default', parent);
        EXECUTE format('REVOKE ALL ON %I FROM xinheng_app', parent || '_default');
        EXECUTE format('CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
            ' EXECUTE FUNCTION audit_refuse_change()', parent || '_default');
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I DEFAULT', parent, parent || '_default');
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, parent || '_waiting');
        EXECUTE format('DROP TABLE %I', parent || '_waiting');
    END IF;
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION audit_partition_add(text, date) FROM PUBLIC;

CREATE FUNCTION audit_partitions_make(ahead integer) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '10s'
AS $$
DECLARE
    parent text;
    month date;
    earliest timestamptz;
    this_month constant date := date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    IF ahead NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'partitions are made for 0 to 24 months ahead, not %', ahead USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('audit_partitions_make'));
    FOREACH parent IN ARRAY ARRAY['audit_change', 'audit_read', 'audit_readsent'] LOOP
        EXECUTE format('SELECT min(at) FROM %I', parent || '_default') INTO earliest;
        month := least(this_month, date_trunc('month', earliest AT TIME ZONE 'Asia/Shanghai')::date);
        WHILE month <= this_month + make_interval(months => ahead) LOOP
            IF audit_partition_add(parent, month) THEN
                RETURN NEXT parent || '_' || to_char(month, 'YYYYMM');
            END IF;
            month := month + interval '1 month';
        END LOOP;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION audit_partitions_make(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_partitions_make(integer) TO xinheng_app;
SELECT audit_partitions_make(2);
"""

RETENTION = """
CREATE FUNCTION audit_retain(months integer) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '10s'
AS $$
DECLARE
    part text;
BEGIN
    -- Logs are kept for six months at least (网络安全法 第二十一条, docs/standards.md).
    IF months IS NULL OR months < 6 THEN
        RAISE EXCEPTION 'the trail is kept for six months at least, not %', months USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM audit_partitions_make(0);
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('audit_change'::regclass, 'audit_read'::regclass, 'audit_readsent'::regclass)
          AND c.relname ~ '_[0-9]{6}$'
          AND (to_date(right(c.relname, 6), 'YYYYMM') + make_interval(months => months + 1))::timestamp
              AT TIME ZONE 'Asia/Shanghai' <= now()
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        RETURN NEXT part;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION audit_retain(integer) FROM PUBLIC;
"""

UNDO = """
DROP FUNCTION audit_change_log() CASCADE;
DROP FUNCTION audit_retain(integer);
DROP FUNCTION audit_partitions_make(integer);
DROP FUNCTION audit_partition_add(text, date);
DROP TABLE audit_change, audit_read, audit_readsent;
DROP SEQUENCE audit_change_id_seq, audit_read_id_seq;
"""


def _unmanaged(name: str, title: str) -> migrations.CreateModel:
    """Return what Django remembers of a table that it does not manage: that it is there."""
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))],
        options={
            "verbose_name": title,
            "verbose_name_plural": title,
            "db_table": f"audit_{name.lower()}",
            "managed": False,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            TABLES + GUARDS + CHANGES + PARTITIONS + RETENTION,
            UNDO,
            state_operations=[_unmanaged("Change", "变更"), _unmanaged("Read", "读取"), _unmanaged("ReadSent", "读取确认")],
        ),
    ]
