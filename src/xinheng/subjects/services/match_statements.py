"""The one implementation of matching, in SQL over sets: one row and a million go the same way.

Steps: 1 USCC, 2 registration number, 3 organisation code, 4 current name, 5 former name in use on the decision date;
6 other former names, which only make candidates. Merged organisations count as the one they were merged into when it is
asked whether a hit is unique.
"""

from typing import Final

TABLES: Final = """
CREATE TEMP TABLE IF NOT EXISTS match_query (
    row bigint, uscc text COLLATE "C", registration_no text COLLATE "C", organisation_code text COLLATE "C",
    is_derived boolean, name_key text COLLATE "C", decision_date date
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS match_hit (row bigint, step smallint, subject_id bigint, root_id bigint) ON COMMIT DELETE ROWS;
CREATE INDEX IF NOT EXISTS match_hit_row ON match_hit (row);
CREATE TEMP TABLE IF NOT EXISTS match_verdict (
    row bigint, chosen_id bigint, step smallint, name_as text, doubt text
) ON COMMIT DELETE ROWS;
TRUNCATE match_query, match_hit, match_verdict;
"""

COLUMNS: Final = ("row", "uscc", "registration_no", "organisation_code", "is_derived", "name_key", "decision_date")

HITS: Final = (
    """
INSERT INTO match_hit
SELECT q.row, 1, s.id, coalesce(s.merged_into_id, s.id)
FROM match_query q JOIN subjects_subject s ON s.uscc = q.uscc
""",
    # A code that nobody bears any more still names the one who bore it.
    """
INSERT INTO match_hit
SELECT DISTINCT q.row, 1, s.id, coalesce(s.merged_into_id, s.id)
FROM match_query q
JOIN subjects_subjectcode c ON c.code = q.uscc AND c.code_type = 'USCC' AND NOT c.is_current
JOIN subjects_subject s ON s.id = c.subject_id
WHERE NOT EXISTS (SELECT FROM subjects_subject o WHERE o.uscc = q.uscc)
""",
    """
INSERT INTO match_hit
SELECT DISTINCT q.row, 2, s.id, coalesce(s.merged_into_id, s.id)
FROM match_query q
JOIN subjects_subjectcode c ON c.code = q.registration_no AND c.code_type = 'REGISTRATION_NO'
JOIN subjects_subject s ON s.id = c.subject_id
""",
    """
INSERT INTO match_hit
SELECT q.row, 3, s.id, coalesce(s.merged_into_id, s.id)
FROM match_query q JOIN subjects_subject s ON s.organisation_code = q.organisation_code
WHERE NOT q.is_derived OR NOT EXISTS (SELECT FROM subjects_subject o WHERE o.uscc = q.uscc)
""",
    """
INSERT INTO match_hit
SELECT q.row, 4, s.id, coalesce(s.merged_into_id, s.id)
FROM match_query q JOIN subjects_subject s ON s.name_key = q.name_key
""",
    """
INSERT INTO match_hit
SELECT q.row, min(CASE WHEN coalesce(n.valid_from, q.decision_date) <= q.decision_date AND q.decision_date < n.valid_to
                  THEN 5 ELSE 6 END), s.id, coalesce(s.merged_into_id, s.id)
FROM match_query q
JOIN subjects_subjectname n ON n.name_key = q.name_key AND NOT n.is_current
JOIN subjects_subject s ON s.id = n.subject_id
GROUP BY q.row, s.id, s.merged_into_id
""",
)

VERDICT: Final = """
INSERT INTO match_verdict (row, chosen_id, step, name_as, doubt)
WITH step AS (
    SELECT row, step, count(DISTINCT root_id) AS roots, min(root_id) AS root_id,
           CASE WHEN count(DISTINCT subject_id) = 1 THEN min(subject_id) ELSE min(root_id) END AS subject_id
    FROM match_hit WHERE step <= 5 GROUP BY row, step
), ranked AS (
    -- A former name decides only where nobody bears the name now.
    SELECT *, bool_or(step = 4) OVER (PARTITION BY row) AS is_current_name FROM step
), chosen AS (
    SELECT DISTINCT ON (row) row, step, subject_id, root_id FROM ranked
    WHERE roots = 1 AND (step < 5 OR NOT is_current_name) ORDER BY row, step
), by_step AS (
    SELECT c.row, h.step, bool_or(h.root_id = c.root_id) AS agrees, bool_or(h.root_id <> c.root_id) AS other
    FROM chosen c JOIN match_hit h USING (row) WHERE h.step <= 5 GROUP BY c.row, h.step
), conflict AS (
    SELECT row, bool_or(step <= 3 AND NOT agrees) AS codes_disagree, bool_or(step = 5 AND other) AS other_then
    FROM by_step GROUP BY row
), found AS (
    SELECT DISTINCT row FROM step
)
SELECT q.row, c.subject_id, c.step, w.name_as,
    CASE
        WHEN c.row IS NULL AND f.row IS NOT NULL THEN 'NOT_UNIQUE'
        WHEN c.row IS NULL THEN 'NOT_FOUND'
        WHEN x.codes_disagree THEN 'CODES_DISAGREE'
        WHEN w.name_as = 'OTHER' THEN 'NAME_DISAGREES'
        WHEN c.step >= 4 AND (q.uscc <> s.uscc OR q.registration_no <> s.registration_no
                              OR q.organisation_code <> s.organisation_code) THEN 'CODE_DISAGREES'
        WHEN c.step = 4 AND s.established_date > q.decision_date THEN 'ESTABLISHED_LATER'
        WHEN c.step >= 4 AND t.valid_from < q.decision_date THEN 'CLOSED_BEFORE'
        WHEN c.step = 4 AND x.other_then AND NOT coalesce(n.valid_from <= q.decision_date, false) THEN 'NAME_OF_ANOTHER_THEN'
    END
FROM match_query q
LEFT JOIN chosen c USING (row)
LEFT JOIN conflict x USING (row)
LEFT JOIN found f USING (row)
LEFT JOIN subjects_subject s ON s.id = c.subject_id
LEFT JOIN subjects_subjectname n ON c.step = 4 AND x.other_then AND n.subject_id = s.id AND n.is_current
LEFT JOIN subjects_subjectstatus t ON c.step >= 4 AND t.subject_id = s.id AND t.is_current
    AND t.status IN ('DEREGISTERED', 'CANCELLED', 'REVOKED_DEREGISTERED')
CROSS JOIN LATERAL (SELECT
    CASE
        WHEN c.row IS NULL OR c.step >= 4 THEN ''
        WHEN q.name_key IS NULL THEN 'NONE'
        WHEN q.name_key = s.name_key THEN 'SAME'
        WHEN EXISTS (SELECT FROM subjects_subjectname o WHERE o.subject_id = s.id AND o.name_key = q.name_key) THEN 'FORMER'
        WHEN EXISTS (
            SELECT FROM subjects_subjectname o
            WHERE o.subject_id = s.id AND subjects_spelling_key(o.name_key) = subjects_spelling_key(q.name_key)
        ) THEN 'SPELLING'
        ELSE 'OTHER'
    END AS name_as
) w
"""

RESULT: Final = """
SELECT v.row, CASE WHEN v.doubt IS NULL THEN v.chosen_id END AS subject_id, v.step, v.name_as, v.doubt,
       CASE WHEN v.doubt IS NULL THEN s.name END AS subject_name,
       CASE WHEN v.doubt IS NULL THEN s.uscc END AS subject_uscc,
       CASE WHEN v.doubt IS NULL THEN s.kind = 'SOLE_TRADER' END AS is_sole_trader
FROM match_verdict v LEFT JOIN subjects_subject s ON s.id = v.chosen_id
ORDER BY v.row
"""

# The one that was nearest to being chosen stands first.
CANDIDATES: Final = """
SELECT v.row, c.subject_id, c.step, s.name, s.uscc
FROM match_verdict v
CROSS JOIN LATERAL (
    SELECT h.subject_id, min(h.step) AS step FROM match_hit h WHERE h.row = v.row GROUP BY h.subject_id
    ORDER BY h.subject_id = v.chosen_id DESC NULLS LAST, min(h.step), h.subject_id LIMIT 5
) c
JOIN subjects_subject s ON s.id = c.subject_id
WHERE v.doubt IS NOT NULL
ORDER BY v.row, c.subject_id = v.chosen_id DESC NULLS LAST, c.step, c.subject_id
"""
