"""Functions that the tables' indexes and the matching need; they exist before the tables."""

from django.db import migrations

FUNCTIONS = """
-- All pairs of neighbouring characters of a name: two characters are enough to search by, which pg_trgm cannot do.
CREATE FUNCTION bg(x text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE r text[] := '{}';
BEGIN
    FOR i IN 1..length(x) - 1 LOOP r := r || substr(x, i, 2); END LOOP;
    RETURN r;
END $$;

-- The form in which two names differ only in how they are typed: no brackets or signs at all, and the known misprints of
-- 有限公司 set right. Used only to say that a name belongs to the organisation that its code already names.
CREATE FUNCTION subjects_spelling_key(name_key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT replace(replace(replace(replace(
        translate(name_key, '()[]{}<>;:!?*#@&+=/\\|~`^%$"。；：！？、…·•《》〈〉「」『』', ''),
        '有眼公司', '有限公司'), '有限公卸', '有限公司'), '有限公同', '有限公司'), '有限责仼', '有限责任')
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION bg(text); DROP FUNCTION subjects_spelling_key(text);"),
    ]
