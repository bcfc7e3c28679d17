"""The SQL of a register import, step by step over a staged file; every step works on all rows at once.

``register_staging`` holds the accepted rows. ``outcome`` stays NULL while a row is on its way; then it is one of NEW,
UPDATED, UNCHANGED, STALE, DUPLICATE, REFUSED. A blank cell says nothing and never erases anything.
"""

from typing import Final

STAGE: Final = """
DROP TABLE IF EXISTS register_staging, register_former, register_change;
CREATE TEMP TABLE register_staging (
    row_no bigint PRIMARY KEY,
    uscc text COLLATE "C", previous_uscc text COLLATE "C", registration_no text COLLATE "C", organisation_code text COLLATE "C",
    name text, name_key text COLLATE "C", name_sort text COLLATE "C", kind text, status text,
    status_date date, change_date date, established_date date,
    register_organ text, province text, area text, township text, address text, type_text text, capital_text text,
    business_scope text, merged_into_uscc text COLLATE "C", is_irregular_code boolean NOT NULL,
    subject_id bigint, merged_id bigint, outcome text, refusal_code text, refusal text
) ON COMMIT DROP;
CREATE TEMP TABLE register_former (row_no bigint, name text, name_key text COLLATE "C") ON COMMIT DROP;
CREATE TEMP TABLE register_change (
    row_no bigint, subject_id bigint, what text, before text, after text, day date
) ON COMMIT DROP;
"""

# Only registration numbers of 15 characters are unique in the whole country; the older ones need the name beside them.
IN_FILE_DUPLICATES: Final = """
WITH ranked AS (
    SELECT row_no,
           first_value(row_no) OVER same AS kept,
           first_value(name) OVER same AS kept_name,
           first_value(name_key) OVER same AS kept_key
    FROM register_staging
    WINDOW same AS (
        PARTITION BY coalesce(
            'U' || uscc,
            'R' || registration_no || CASE WHEN length(registration_no) = 15 THEN '' ELSE name_key END,
            'O' || organisation_code
        )
        ORDER BY change_date DESC NULLS LAST, row_no
    )
)
UPDATE register_staging s
SET outcome = CASE WHEN s.name_key = r.kept_key THEN 'DUPLICATE' ELSE 'REFUSED' END,
    refusal_code = CASE WHEN s.name_key = r.kept_key THEN NULL ELSE 'one_code_two_names' END,
    refusal = CASE WHEN s.name_key = r.kept_key THEN NULL ELSE
        format('同一代码在本文件第%s行是“%s”，在本行是“%s”；已采用第%s行。如本行是改名前的名称，请填在“曾用名”列', r.kept, r.kept_name, s.name, r.kept)
    END
FROM ranked r
WHERE r.row_no = s.row_no AND r.kept <> s.row_no
"""

# Who a row is about: the code it bears, the code it says it had, a code somebody once had, the older codes.
RESOLVE: Final = (
    """
UPDATE register_staging s SET subject_id = t.id
FROM subjects_subject t WHERE t.uscc = s.uscc AND s.outcome IS NULL
""",
    """
UPDATE register_staging s
SET outcome = 'REFUSED', refusal_code = 'previous_code_of_another',
    refusal = format('“原统一社会信用代码”属于另一个主体“%s”；如两者已合并，请填“并入主体代码”列', t.name)
FROM subjects_subject t
WHERE t.uscc = s.previous_uscc AND t.id <> s.subject_id AND s.outcome IS NULL
""",
    """
UPDATE register_staging s SET subject_id = t.id
FROM subjects_subject t WHERE t.uscc = s.previous_uscc AND s.subject_id IS NULL AND s.outcome IS NULL
""",
    """
UPDATE register_staging s SET subject_id = c.subject_id, outcome = CASE WHEN s.change_date IS NULL THEN 'STALE' END
FROM (
    SELECT code, min(subject_id) AS subject_id FROM subjects_subjectcode
    WHERE code_type = 'USCC' AND NOT is_current GROUP BY code HAVING count(DISTINCT subject_id) = 1
) c
WHERE c.code = s.uscc AND s.subject_id IS NULL AND s.outcome IS NULL
""",
    """
UPDATE register_staging s SET subject_id = t.id
FROM (
    SELECT registration_no, min(id) AS id, min(uscc) AS uscc FROM subjects_subject
    WHERE registration_no IS NOT NULL GROUP BY registration_no HAVING count(*) = 1
) t
WHERE t.registration_no = s.registration_no AND s.subject_id IS NULL AND s.outcome IS NULL
  AND length(s.registration_no) = 15 AND (s.uscc IS NULL OR t.uscc IS NULL)
""",
    """
UPDATE register_staging s SET subject_id = t.id
FROM (
    SELECT registration_no, name_key, min(id) AS id FROM subjects_subject
    WHERE registration_no IS NOT NULL GROUP BY registration_no, name_key HAVING count(*) = 1
) t
WHERE t.registration_no = s.registration_no AND t.name_key = s.name_key AND s.subject_id IS NULL AND s.outcome IS NULL
""",
    """
WITH holder AS (
    SELECT s.row_no, t.id, t.name, t.uscc,
           s.uscc IS NULL OR t.uscc IS NULL
           OR EXISTS (SELECT FROM subjects_subjectname n WHERE n.subject_id = t.id AND n.name_key = s.name_key) AS is_same
    FROM register_staging s
    JOIN subjects_subject t ON t.organisation_code = s.organisation_code
    WHERE s.subject_id IS NULL AND s.outcome IS NULL
      AND (SELECT count(*) FROM subjects_subject o WHERE o.organisation_code = s.organisation_code) = 1
)
UPDATE register_staging s
SET subject_id = CASE WHEN h.is_same THEN h.id END,
    outcome = CASE WHEN NOT h.is_same THEN 'REFUSED' END,
    refusal_code = CASE WHEN NOT h.is_same THEN 'organisation_code_of_another' END,
    refusal = CASE WHEN NOT h.is_same THEN
        format('代码第9至17位与已登记的“%s”（%s）相同而名称不同；如是同一主体换了代码又改了名，请在“原统一社会信用代码”列填写原代码', h.name, h.uscc)
    END
FROM holder h WHERE h.row_no = s.row_no
""",
    # An old entry without a USCC and a new one with it are the same if name and founding day agree and both are unique.
    """
UPDATE register_staging s SET subject_id = t.id
FROM (
    SELECT name_key, established_date, min(id) AS id FROM subjects_subject
    WHERE uscc IS NULL AND established_date IS NOT NULL GROUP BY name_key, established_date HAVING count(*) = 1
) t
WHERE t.name_key = s.name_key AND t.established_date = s.established_date
  AND s.uscc IS NOT NULL AND s.subject_id IS NULL AND s.outcome IS NULL
""",
    """
WITH ranked AS (
    SELECT row_no, first_value(row_no) OVER same AS kept, first_value(name_key) OVER same AS kept_key
    FROM register_staging WHERE subject_id IS NOT NULL AND outcome IS NULL
    WINDOW same AS (PARTITION BY subject_id ORDER BY change_date DESC NULLS LAST, (uscc IS NULL), row_no)
)
UPDATE register_staging s
SET outcome = CASE WHEN s.name_key = r.kept_key THEN 'DUPLICATE' ELSE 'REFUSED' END,
    refusal_code = CASE WHEN s.name_key = r.kept_key THEN NULL ELSE 'two_rows_one_subject' END,
    refusal = CASE WHEN s.name_key = r.kept_key THEN NULL ELSE
        format('与本文件第%s行是同一主体（代码已在登记库中关联）而名称不同；已采用第%s行', r.kept, r.kept) END
FROM ranked r WHERE r.row_no = s.row_no AND r.kept <> s.row_no
""",
    # Older news than what the register knows: a name that is already a former one, or a change before the last one.
    """
UPDATE register_staging s SET outcome = 'STALE'
FROM subjects_subject t
WHERE t.id = s.subject_id AND s.outcome IS NULL AND t.name_key <> s.name_key
  AND EXISTS (
      SELECT FROM subjects_subjectname n WHERE n.subject_id = t.id AND (
          (s.change_date IS NULL AND n.name_key = s.name_key AND NOT n.is_current)
          OR (n.is_current AND n.valid_from > s.change_date)
      )
  )
""",
    """
UPDATE register_staging SET subject_id = nextval((SELECT pg_get_serial_sequence('subjects_subject', 'id'))::regclass), outcome = 'NEW'
WHERE subject_id IS NULL AND outcome IS NULL
""",
    """
UPDATE register_staging s SET merged_id = coalesce(t.merged_into_id, t.id)
FROM subjects_subject t WHERE t.uscc = s.merged_into_uscc AND coalesce(s.outcome, 'NEW') = 'NEW'
""",
    """
UPDATE register_staging s SET merged_id = t.subject_id
FROM register_staging t
WHERE s.merged_into_uscc IS NOT NULL AND s.merged_id IS NULL AND t.uscc = s.merged_into_uscc AND t.outcome = 'NEW'
""",
    """
WITH RECURSIVE way AS (
    SELECT row_no, subject_id AS first_id, merged_id AS next_id, 1 AS steps
    FROM register_staging WHERE merged_id IS NOT NULL AND coalesce(outcome, 'NEW') = 'NEW'
    UNION ALL
    SELECT w.row_no, w.first_id, s.merged_id, w.steps + 1
    FROM way w JOIN register_staging s ON s.subject_id = w.next_id
    WHERE s.merged_id IS NOT NULL AND w.next_id <> w.first_id AND w.steps < 20
)
UPDATE register_staging s
SET outcome = 'REFUSED', refusal_code = 'merged_into_itself',
    refusal = '并入主体就是本主体，或正要并入本主体；请核对“并入主体代码”'
FROM way w WHERE w.row_no = s.row_no AND w.next_id = w.first_id
""",
    """
UPDATE register_staging
SET outcome = 'REFUSED', refusal_code = 'merged_into_unknown',
    refusal = format('并入主体代码“%s”不在登记库，也不在本文件中；请先导入存续主体', merged_into_uscc)
WHERE merged_into_uscc IS NOT NULL AND merged_id IS NULL AND coalesce(outcome, 'NEW') = 'NEW'
""",
)

RESOLVED: Final = """
CREATE INDEX ON register_staging (subject_id);
ANALYZE register_staging
"""

ADD_NEW: Final = (
    """
INSERT INTO subjects_subject (
    id, kind, uscc, registration_no, organisation_code, name, name_key, name_sort, status, established_date, register_organ,
    province, area, township, address, type_text, capital_text, business_scope, is_irregular_code, is_demo,
    first_import_id, last_import_id
)
SELECT subject_id, kind, uscc, registration_no, organisation_code, name, name_key, name_sort, coalesce(status, 'UNKNOWN'),
       established_date, coalesce(register_organ, ''), coalesce(province, ''), coalesce(area, ''), coalesce(township, ''),
       coalesce(address, ''), coalesce(type_text, ''), coalesce(capital_text, ''), coalesce(business_scope, ''),
       is_irregular_code, %(is_demo)s, %(import_id)s, %(import_id)s
FROM register_staging WHERE outcome = 'NEW' ORDER BY row_no
""",
    """
INSERT INTO subjects_subjectname (subject_id, name, name_key, valid_from, is_current, source_id)
SELECT s.subject_id, s.name, s.name_key,
       CASE WHEN EXISTS (SELECT FROM register_former f WHERE f.row_no = s.row_no) THEN s.change_date END, true, %(import_id)s
FROM register_staging s WHERE s.outcome = 'NEW' ORDER BY s.row_no
""",
    """
INSERT INTO subjects_subjectcode (subject_id, code_type, code, valid_from, is_current, source_id)
SELECT s.subject_id, c.code_type, c.code, NULL, true, %(import_id)s
FROM register_staging s CROSS JOIN LATERAL (VALUES
    ('USCC', s.uscc), ('REGISTRATION_NO', s.registration_no),
    ('ORGANISATION_CODE', CASE WHEN s.uscc IS NULL THEN s.organisation_code END)
) AS c (code_type, code)
WHERE s.outcome = 'NEW' AND c.code IS NOT NULL
ORDER BY s.row_no
""",
    """
INSERT INTO subjects_subjectstatus (subject_id, status, valid_from, is_current, source_id)
SELECT subject_id, status, status_date, true, %(import_id)s
FROM register_staging WHERE outcome = 'NEW' AND status IS NOT NULL
""",
    """
INSERT INTO subjects_subjectaddress (subject_id, address, township, is_current, source_id)
SELECT subject_id, address, coalesce(township, ''), true, %(import_id)s
FROM register_staging WHERE outcome = 'NEW' AND address IS NOT NULL
""",
)

FIND_CHANGES: Final = """
INSERT INTO register_change (row_no, subject_id, what, before, after, day)
SELECT s.row_no, t.id, c.what, c.before, c.after, c.day
FROM register_staging s
JOIN subjects_subject t ON t.id = s.subject_id
CROSS JOIN LATERAL (VALUES
    ('RENAMED', t.name, s.name, t.name_key <> s.name_key, coalesce(s.change_date, %(today)s)),
    ('USCC', t.uscc, s.uscc, t.uscc IS DISTINCT FROM s.uscc, coalesce(s.change_date, %(today)s)),
    ('REGISTRATION_NO', t.registration_no, s.registration_no, t.registration_no IS DISTINCT FROM s.registration_no,
        coalesce(s.change_date, %(today)s)),
    ('ORGANISATION_CODE', t.organisation_code, s.organisation_code, t.organisation_code IS DISTINCT FROM s.organisation_code AND (s.uscc IS NOT NULL OR t.uscc IS NULL),
        coalesce(s.change_date, %(today)s)),
    ('STATUS', t.status, s.status, t.status <> s.status, coalesce(s.status_date, s.change_date, %(today)s)),
    ('ADDRESS', t.address, s.address, t.address <> s.address, coalesce(s.change_date, %(today)s)),
    ('MERGED', NULL, s.merged_id::text, t.merged_into_id IS DISTINCT FROM s.merged_id,
        coalesce(s.status_date, s.change_date, %(today)s))
) AS c (what, before, after, differs, day)
WHERE s.outcome IS NULL AND c.differs AND c.after IS NOT NULL
"""

KEEP_HISTORY: Final = (
    """
UPDATE subjects_subjectname n SET valid_to = greatest(n.valid_from, c.day), is_current = false
FROM register_change c WHERE c.what = 'RENAMED' AND n.subject_id = c.subject_id AND n.is_current
""",
    """
INSERT INTO subjects_subjectname (subject_id, name, name_key, valid_from, is_current, source_id)
SELECT c.subject_id, s.name, s.name_key, c.day, true, %(import_id)s
FROM register_change c JOIN register_staging s USING (row_no) WHERE c.what = 'RENAMED'
""",
    """
UPDATE subjects_subjectcode k SET valid_to = greatest(k.valid_from, c.day), is_current = false
FROM register_change c
WHERE c.what = k.code_type AND k.subject_id = c.subject_id AND k.is_current
""",
    """
INSERT INTO subjects_subjectcode (subject_id, code_type, code, valid_from, is_current, source_id)
SELECT c.subject_id, c.what, c.after, CASE WHEN c.before IS NOT NULL THEN c.day END, true, %(import_id)s
FROM register_change c JOIN register_staging s USING (row_no)
WHERE c.what IN ('USCC', 'REGISTRATION_NO') OR (c.what = 'ORGANISATION_CODE' AND s.uscc IS NULL)
""",
    """
UPDATE subjects_subjectstatus x SET valid_to = greatest(x.valid_from, c.day), is_current = false
FROM register_change c WHERE c.what = 'STATUS' AND x.subject_id = c.subject_id AND x.is_current
""",
    """
INSERT INTO subjects_subjectstatus (subject_id, status, valid_from, is_current, source_id)
SELECT c.subject_id, c.after, c.day, true, %(import_id)s FROM register_change c WHERE c.what = 'STATUS'
""",
    """
UPDATE subjects_subjectaddress x SET valid_to = greatest(x.valid_from, c.day), is_current = false
FROM register_change c WHERE c.what = 'ADDRESS' AND x.subject_id = c.subject_id AND x.is_current
""",
    """
INSERT INTO subjects_subjectaddress (subject_id, address, township, valid_from, is_current, source_id)
SELECT c.subject_id, c.after, coalesce(s.township, ''), CASE WHEN c.before <> '' THEN c.day END, true, %(import_id)s
FROM register_change c JOIN register_staging s USING (row_no) WHERE c.what = 'ADDRESS'
""",
    # A code that the file calls the former one and nobody had told yet.
    """
INSERT INTO subjects_subjectcode (subject_id, code_type, code, valid_to, is_current, source_id)
SELECT s.subject_id, 'USCC', s.previous_uscc, s.change_date, false, %(import_id)s
FROM register_staging s
WHERE s.previous_uscc <> s.uscc AND s.outcome IS DISTINCT FROM 'REFUSED' AND s.outcome IS DISTINCT FROM 'DUPLICATE'
  AND NOT EXISTS (SELECT FROM subjects_subjectcode k WHERE k.subject_id = s.subject_id AND k.code = s.previous_uscc)
""",
    # Names that the file itself calls former, without days of their own.
    """
INSERT INTO subjects_subjectname (subject_id, name, name_key, valid_to, is_current, source_id)
SELECT DISTINCT ON (s.subject_id, f.name_key) s.subject_id, f.name, f.name_key, s.change_date, false, %(import_id)s::bigint
FROM register_former f JOIN register_staging s USING (row_no)
WHERE s.outcome IS DISTINCT FROM 'REFUSED' AND s.outcome IS DISTINCT FROM 'DUPLICATE'
  AND NOT EXISTS (SELECT FROM subjects_subjectname n WHERE n.subject_id = s.subject_id AND n.name_key = f.name_key)
""",
)

# A sole trader stays one as long as neither code nor type says otherwise: a file without types must not unprotect anybody.
APPLY: Final = """
WITH wanted AS (
    SELECT s.row_no, t.id, s.merged_id, coalesce(s.status_date, s.change_date, %(today)s) AS merged_date,
           CASE WHEN t.name_key <> s.name_key THEN s.name ELSE t.name END AS name, s.name_key, s.name_sort,
           coalesce(s.uscc, t.uscc) AS uscc,
           coalesce(s.registration_no, t.registration_no) AS registration_no,
           CASE WHEN s.uscc IS NOT NULL OR t.uscc IS NULL THEN coalesce(s.organisation_code, t.organisation_code)
               ELSE t.organisation_code END AS organisation_code,
           CASE WHEN s.kind = 'OTHER' OR (s.uscc IS NULL AND t.uscc IS NOT NULL)
                  OR (t.kind = 'SOLE_TRADER' AND s.type_text IS NULL AND s.uscc IS NOT DISTINCT FROM t.uscc)
               THEN t.kind ELSE s.kind END AS kind,
           coalesce(s.status, t.status) AS status,
           coalesce(s.established_date, t.established_date) AS established_date,
           coalesce(s.register_organ, t.register_organ) AS register_organ,
           coalesce(s.province, t.province) AS province, coalesce(s.area, t.area) AS area,
           coalesce(s.township, t.township) AS township, coalesce(s.address, t.address) AS address,
           coalesce(s.type_text, t.type_text) AS type_text, coalesce(s.capital_text, t.capital_text) AS capital_text,
           coalesce(s.business_scope, t.business_scope) AS business_scope,
           CASE WHEN s.uscc IS NULL THEN t.is_irregular_code ELSE s.is_irregular_code END AS is_irregular_code
    FROM register_staging s JOIN subjects_subject t ON t.id = s.subject_id
    WHERE s.outcome IS NULL
), changed AS (
    UPDATE subjects_subject t
    SET name = w.name, name_key = w.name_key, name_sort = w.name_sort, uscc = w.uscc, registration_no = w.registration_no,
        organisation_code = w.organisation_code, kind = w.kind, status = w.status, established_date = w.established_date,
        register_organ = w.register_organ, province = w.province, area = w.area, township = w.township, address = w.address,
        type_text = w.type_text, capital_text = w.capital_text, business_scope = w.business_scope,
        is_irregular_code = w.is_irregular_code,
        merged_into_id = coalesce(w.merged_id, t.merged_into_id),
        merged_date = CASE WHEN w.merged_id IS DISTINCT FROM t.merged_into_id AND w.merged_id IS NOT NULL
            THEN w.merged_date ELSE t.merged_date END,
        last_import_id = %(import_id)s
    FROM wanted w
    WHERE t.id = w.id AND (
        EXISTS (SELECT FROM register_change c WHERE c.row_no = w.row_no)
        OR (t.kind, t.established_date, t.register_organ, t.province, t.area, t.township, t.type_text, t.capital_text,
            t.business_scope, t.is_irregular_code) IS DISTINCT FROM
           (w.kind, w.established_date, w.register_organ, w.province, w.area, w.township, w.type_text, w.capital_text,
            w.business_scope, w.is_irregular_code)
    )
    RETURNING w.row_no
)
UPDATE register_staging s
SET outcome = CASE WHEN EXISTS (SELECT FROM changed c WHERE c.row_no = s.row_no) THEN 'UPDATED' ELSE 'UNCHANGED' END
WHERE s.outcome IS NULL
"""

# Who was merged into one that is now merged itself points at the last one, so that nobody has to walk a chain.
MERGE_NEW: Final = """
UPDATE subjects_subject t SET merged_into_id = s.merged_id, merged_date = coalesce(s.status_date, s.change_date, %(today)s)
FROM register_staging s WHERE s.outcome = 'NEW' AND s.merged_id IS NOT NULL AND t.id = s.subject_id
"""

FLATTEN_MERGERS: Final = """
UPDATE subjects_subject t SET merged_into_id = m.merged_into_id, last_import_id = %(import_id)s
FROM subjects_subject m WHERE m.id = t.merged_into_id AND m.merged_into_id IS NOT NULL
"""
