"""The log's tables, what the database refuses in them, and how an entry is made."""

import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import F, Q

ENTRIES = """
CREATE FUNCTION tlog_opening(salt uuid) RETURNS bytea LANGUAGE sql IMMUTABLE
AS $$ SELECT sha256(uuid_send(salt) || 'xinheng-log opening'::bytea) $$;
CREATE FUNCTION tlog_content(salt uuid, digest bytea) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT encode(sha256(sha256(uuid_send(salt) || 'xinheng-log content'::bytea) || digest), 'hex') $$;
-- RFC 8785: the names in order, nothing between, texts quoted as JSON.
CREATE FUNCTION tlog_event(about text, moment timestamptz, content text, event text, item text, kind text,
    sequence bigint, version integer) RETURNS text LANGUAGE sql STABLE
AS $$ SELECT '{"about":' || to_json(about)::text
    || ',"at":"' || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'
    || ',"content":' || to_json(content)::text || ',"event":' || to_json(event)::text
    || ',"format":"xinheng-log/1","item":' || to_json(item)::text || ',"kind":' || to_json(kind)::text
    || ',"sequence":' || sequence || ',"version":' || version || '}' $$;
CREATE FUNCTION tlog_entry(salt uuid, event text) RETURNS bytea LANGUAGE sql IMMUTABLE
AS $$ SELECT sha256(tlog_opening(salt) || convert_to(event, 'UTF8')) $$;
"""

QUEUE = """
CREATE FUNCTION tlog_queue(of_source text, of_name text, from_position bigint, to_position bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$ INSERT INTO tlog_logbatch (source, name, first, last) VALUES (of_source, of_name, from_position, to_position) $$;
COMMENT ON FUNCTION tlog_queue(text, text, bigint, bigint) IS
    'Called by triggers only, in the transaction of the change that is to be logged.';
REVOKE EXECUTE ON FUNCTION tlog_queue(text, text, bigint, bigint) FROM PUBLIC;

CREATE FUNCTION tlog_publishing_require() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tlog_publishingstop WHERE resumed_at IS NULL) THEN
        RAISE EXCEPTION 'publishing is stopped' USING ERRCODE = 'check_violation', CONSTRAINT = 'tlog_publishing_stopped';
    END IF;
END $$;
"""

GUARDS = """
CREATE FUNCTION tlog_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER tlog_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tlog_logleaf
    FOR EACH STATEMENT EXECUTE FUNCTION tlog_refuse_change();
CREATE TRIGGER tlog_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tlog_logcheckpoint
    FOR EACH STATEMENT EXECUTE FUNCTION tlog_refuse_change();
CREATE TRIGGER tlog_erasure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tlog_logerasure
    FOR EACH STATEMENT EXECUTE FUNCTION tlog_refuse_change();
CREATE TRIGGER tlog_salt_never_changed BEFORE UPDATE OR TRUNCATE ON tlog_logsalt
    FOR EACH STATEMENT EXECUTE FUNCTION tlog_refuse_change();
CREATE TRIGGER tlog_batch_stays BEFORE DELETE OR TRUNCATE ON tlog_logbatch
    FOR EACH STATEMENT EXECUTE FUNCTION tlog_refuse_change();
CREATE TRIGGER tlog_stop_stays BEFORE DELETE OR TRUNCATE ON tlog_publishingstop
    FOR EACH STATEMENT EXECUTE FUNCTION tlog_refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON tlog_logleaf, tlog_logsalt, tlog_logcheckpoint FROM xinheng_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON tlog_logbatch, tlog_logerasure FROM xinheng_app;
GRANT UPDATE (first_index) ON tlog_logbatch TO xinheng_app;
REVOKE UPDATE, DELETE, TRUNCATE ON tlog_publishingstop FROM xinheng_app;
GRANT UPDATE (resumed_at, resumed_by, resume_reason) ON tlog_publishingstop TO xinheng_app;

-- Places are given once, without a gap.
CREATE FUNCTION tlog_batch_placed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lowest bigint;
    due bigint;
    broken bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM before b JOIN changed c USING (id) WHERE b.first_index IS NOT NULL OR c.first_index IS NULL
        OR (b.source, b.name, b.first, b.last, b.queued_at) IS DISTINCT FROM (c.source, c.name, c.first, c.last, c.queued_at)) THEN
        RAISE EXCEPTION 'a batch is put into the log once' USING ERRCODE = 'check_violation';
    END IF;
    SELECT min(first_index) INTO lowest FROM changed;
    SELECT coalesce(max(first_index + last - first + 1), 0) INTO due FROM tlog_logbatch WHERE first_index < lowest;
    SELECT min(first_index) INTO broken FROM (
        SELECT first_index, lag(first_index + last - first + 1, 1, due) OVER (ORDER BY first_index) AS expected FROM changed
    ) placed WHERE first_index <> expected;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'leaf % does not follow the one before', broken USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tlog_batch_placed AFTER UPDATE ON tlog_logbatch
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tlog_batch_placed();

CREATE FUNCTION tlog_leaf_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    amount bigint;
    lowest bigint;
    highest bigint;
BEGIN
    SELECT count(*), min(leaf_index), max(leaf_index) INTO amount, lowest, highest FROM added;
    IF amount > 0 AND (highest - lowest + 1 <> amount
        OR lowest <> coalesce((SELECT max(leaf_index) + 1 FROM tlog_logleaf WHERE leaf_index < lowest), 0)
        OR EXISTS (SELECT 1 FROM tlog_logleaf WHERE leaf_index > highest)) THEN
        RAISE EXCEPTION 'leaves % to % do not follow the last', lowest, highest USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tlog_leaf_follows AFTER INSERT ON tlog_logleaf
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tlog_leaf_follows();

-- One root for one size, for ever, and never for more than there is.
CREATE FUNCTION tlog_checkpoint_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= coalesce((SELECT max(size) FROM tlog_logcheckpoint), 0)
        OR NEW.size > coalesce((SELECT max(leaf_index) + 1 FROM tlog_logleaf), 0) THEN
        RAISE EXCEPTION 'no checkpoint of % entries now', NEW.size USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tlog_checkpoint_follows BEFORE INSERT ON tlog_logcheckpoint
    FOR EACH ROW EXECUTE FUNCTION tlog_checkpoint_follows();

CREATE FUNCTION tlog_stop_only_resumed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.resumed_at IS NOT NULL OR NEW.resumed_at IS NULL
        OR (NEW.id, NEW.cause, NEW.stopped_at, NEW.stopped_by, NEW.reason)
            IS DISTINCT FROM (OLD.id, OLD.cause, OLD.stopped_at, OLD.stopped_by, OLD.reason) THEN
        RAISE EXCEPTION 'a stop can only be resumed, once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tlog_stop_only_resumed BEFORE UPDATE ON tlog_publishingstop
    FOR EACH ROW EXECUTE FUNCTION tlog_stop_only_resumed();
"""

ERASURE = """
CREATE FUNCTION tlog_salts_erase(indexes bigint[], on_day date, of_ground text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    amount bigint;
BEGIN
    WITH gone AS (DELETE FROM tlog_logsalt WHERE leaf_index = ANY(indexes) RETURNING leaf_index)
    INSERT INTO tlog_logerasure (leaf_index, erased_date, ground) SELECT leaf_index, on_day, of_ground FROM gone;
    GET DIAGNOSTICS amount = ROW_COUNT;
    RETURN amount;
END $$;
REVOKE EXECUTE ON FUNCTION tlog_salts_erase(bigint[], date, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LogBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.TextField(choices=[("RECORDS", "信用记录"), ("CATALOGUE", "目录")], verbose_name="来源"),
                ),
                ("name", models.TextField(blank=True, default="", verbose_name="名称")),
                ("first", models.BigIntegerField(default=0, verbose_name="起始序号")),
                ("last", models.BigIntegerField(default=0, verbose_name="截止序号")),
                (
                    "queued_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="排队时间"),
                ),
                ("first_index", models.BigIntegerField(null=True, unique=True, verbose_name="首项编号")),
            ],
            options={
                "verbose_name": "待入册事件",
                "verbose_name_plural": "待入册事件",
                "indexes": [
                    models.Index(condition=Q(first_index=None), fields=["id"], name="tlog_batch_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "name", "last"), name="tlog_batch_once"),
                    models.CheckConstraint(condition=Q(first__gte=0, first__lte=F("last")), name="tlog_batch_in_order"),
                    models.CheckConstraint(condition=Q(source__in=["RECORDS", "CATALOGUE"]), name="tlog_batch_source_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LogLeaf",
            fields=[
                ("leaf_index", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="日志项编号")),
                ("entry", models.BinaryField(verbose_name="条目")),
            ],
            options={"verbose_name": "日志条目", "verbose_name_plural": "日志条目"},
        ),
        migrations.CreateModel(
            name="LogSalt",
            fields=[
                ("leaf_index", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="日志项编号")),
                ("salt", models.UUIDField(verbose_name="盐")),
            ],
            options={"verbose_name": "日志盐", "verbose_name_plural": "日志盐"},
        ),
        migrations.CreateModel(
            name="LogErasure",
            fields=[
                ("leaf_index", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="日志项编号")),
                ("erased_date", models.DateField(verbose_name="销毁日期")),
                ("ground", models.TextField(verbose_name="销毁依据")),
            ],
            options={
                "verbose_name": "盐的销毁",
                "verbose_name_plural": "盐的销毁",
                "constraints": [models.CheckConstraint(condition=~Q(ground=""), name="tlog_erasure_has_a_ground")],
            },
        ),
        migrations.CreateModel(
            name="LogCheckpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="规模")),
                ("root", models.BinaryField(verbose_name="根")),
                ("note", models.TextField(verbose_name="签名文本")),
                ("signed_at", models.DateTimeField(verbose_name="签发时间")),
            ],
            options={"verbose_name": "日志检查点", "verbose_name_plural": "日志检查点"},
        ),
        migrations.CreateModel(
            name="PublishingStop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cause",
                    models.TextField(
                        choices=[("PERSON", "人工停止"), ("LOG", "日志核对不一致"), ("CHECKER", "公示复核不一致")],
                        verbose_name="起因",
                    ),
                ),
                ("stopped_at", models.DateTimeField(verbose_name="停止时间")),
                ("stopped_by", models.TextField(verbose_name="停止人")),
                ("reason", models.TextField(verbose_name="停止原因")),
                ("resumed_at", models.DateTimeField(null=True, verbose_name="恢复时间")),
                ("resumed_by", models.TextField(blank=True, default="", verbose_name="恢复人")),
                ("resume_reason", models.TextField(blank=True, default="", verbose_name="恢复理由")),
            ],
            options={
                "verbose_name": "停止公示",
                "verbose_name_plural": "停止公示",
                "constraints": [
                    models.UniqueConstraint(condition=Q(resumed_at=None), fields=("cause",), name="tlog_one_open_stop"),
                    models.CheckConstraint(condition=~Q(reason="") & ~Q(stopped_by=""), name="tlog_stop_has_a_reason"),
                    models.CheckConstraint(
                        condition=Q(resume_reason="", resumed_at=None, resumed_by="")
                        | (Q(resumed_at__isnull=False) & ~Q(resumed_by="") & ~Q(resume_reason="")),
                        name="tlog_resumed_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ENTRIES + QUEUE + GUARDS + ERASURE, migrations.RunSQL.noop),
    ]
