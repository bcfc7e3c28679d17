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

# Nearly every row is hit through all its steps by one organisation: such a row needs one pass, no sorting. Only where two
# organisations are hit is it asked step by step which of them counts, and whether the steps contradict each other.
VERDICT: Final = """
INSERT INTO match_verdict (row, chosen_id, step, name_as, doubt)
WITH hit AS (
    SELECT row, min(step) AS step, min(subject_id) AS subject_id, min(subject_id) = max(subject_id) AS is_one
    FROM match_hit WHERE step <= 5 GROUP BY row
), several AS MATERIALIZED (
    SELECT h.row, h.step, h.subject_id, h.root_id
    FROM match_hit h JOIN hit USING (row) WHERE NOT hit.is_one AND h.step <= 5
), step AS (
    SELECT row, step, min(root_id) = max(root_id) AS is_root, min(root_id) AS root_id,
           CASE WHEN min(subject_id) = max(subject_id) THEN min(subject_id) ELSE min(root_id) END AS subject_id
    FROM several GROUP BY row, step
), ranked AS (
    -- A former name decides only where nobody bears the name now.
    SELECT *, bool_or(step = 4) OVER (PARTITION BY row) AS is_current_name FROM step
), chosen AS (
    SELECT DISTINCT ON (row) row, step, subject_id, root_id FROM ranked
    WHERE is_root AND (step < 5 OR NOT is_current_name) ORDER BY row, step
), by_step AS (
    SELECT c.row, h.step, bool_or(h.root_id = c.root_id) AS agrees, bool_or(h.root_id <> c.root_id) AS other
    FROM chosen c JOIN several h USING (row) GROUP BY c.row, h.step
), conflict AS (
    SELECT row, bool_or(step <= 3 AND NOT agrees) AS codes_disagree, bool_or(step = 5 AND other) AS other_then
    FROM by_step GROUP BY row
), settled AS (
    SELECT row, step, subject_id, false AS codes_disagree, false AS other_then FROM hit WHERE is_one
    UNION ALL
    SELECT c.row, c.step, c.subject_id, x.codes_disagree, x.other_then FROM chosen c JOIN conflict x USING (row)
), compared AS (
    SELECT q.*, c.subject_id, c.step, c.codes_disagree, c.other_then, s.name_key AS own_key, s.uscc AS own_uscc,
           s.registration_no AS own_registration_no, s.organisation_code AS own_organisation_code, s.established_date
    FROM match_query q LEFT JOIN settled c USING (row) LEFT JOIN subjects_subject s ON s.id = c.subject_id
), other_name AS (
    -- Only the names of organisations that are reported under another name than their own are looked at.
    SELECT c.row, bool_or(o.name_key = c.name_key) AS is_former,
           bool_or(subjects_spelling_key(o.name_key) = subjects_spelling_key(c.name_key)) AS is_spelling
    FROM compared c JOIN subjects_subjectname o ON o.subject_id = c.subject_id
    WHERE c.step < 4 AND c.name_key <> c.own_key
    GROUP BY c.row
), named AS (
    SELECT c.*, CASE
        WHEN c.step IS NULL OR c.step >= 4 THEN ''
        WHEN c.name_key IS NULL THEN 'NONE'
        WHEN c.name_key = c.own_key THEN 'SAME'
        WHEN o.is_former THEN 'FORMER'
        WHEN o.is_spelling THEN 'SPELLING'
        ELSE 'OTHER'
    END AS name_as
    FROM compared c LEFT JOIN other_name o USING (row)
)
SELECT c.row, c.subject_id, c.step, c.name_as,
    CASE
        WHEN c.step IS NULL AND f.row IS NOT NULL THEN 'NOT_UNIQUE'
        WHEN c.step IS NULL THEN 'NOT_FOUND'
        WHEN c.codes_disagree THEN 'CODES_DISAGREE'
        WHEN c.name_as = 'OTHER' THEN 'NAME_DISAGREES'
        WHEN c.step >= 4 AND (c.uscc <> c.own_uscc OR c.registration_no <> c.own_registration_no
                              OR c.organisation_code <> c.own_organisation_code) THEN 'CODE_DISAGREES'
        WHEN c.step = 4 AND c.established_date > c.decision_date THEN 'ESTABLISHED_LATER'
        WHEN c.step >= 4 AND t.valid_from < c.decision_date THEN 'CLOSED_BEFORE'
        WHEN c.step = 4 AND c.other_then AND NOT coalesce(n.valid_from <= c.decision_date, false) THEN 'NAME_OF_ANOTHER_THEN'
    END
FROM named c
LEFT JOIN hit f ON f.row = c.row AND NOT f.is_one
LEFT JOIN subjects_subjectname n ON c.step = 4 AND c.other_then AND n.subject_id = c.subject_id AND n.is_current
LEFT JOIN subjects_subjectstatus t ON c.step >= 4 AND t.subject_id = c.subject_id AND t.is_current
    AND t.status IN ('DEREGISTERED', 'CANCELLED', 'REVOKED_DEREGISTERED')
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
WITH doubtful AS (
    SELECT v.row, v.chosen_id, h.subject_id, min(h.step) AS step
    FROM match_verdict v JOIN match_hit h USING (row) WHERE v.doubt IS NOT NULL
    GROUP BY v.row, v.chosen_id, h.subject_id
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY row ORDER BY subject_id = chosen_id DESC NULLS LAST, step, subject_id) AS place
    FROM doubtful
)
SELECT c.row, c.subject_id, c.step, s.name, s.uscc
FROM ranked c JOIN subjects_subject s ON s.id = c.subject_id
WHERE c.place <= 5
ORDER BY c.row, c.place
"""
