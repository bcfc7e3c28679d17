"""Organisations with similar names: candidates for a person to look at, never a decision."""

from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from xinheng.adapters.database import prepared_rows
from xinheng.kernel.text import name_key
from xinheng.subjects.domain.matching import Candidate
from xinheng.subjects.domain.names import bigrams, name_core, search_bigrams
from xinheng.subjects.selectors.pairs import rarest_pairs

_READ: Final = 400
_PAIRS: Final = 4
_ENOUGH: Final = 75.0
_IN_NAMES_AT_MOST: Final = 4_000

# Names that share the most pairs of characters with the own part of the name (字号 and trade).
_SHARING: Final = """
SELECT s.id, s.name, s.uscc, n.name_key, n.name, n.is_current
FROM (
    SELECT n.subject_id, n.name_key, n.name, n.is_current
    FROM subjects_subjectname n
    WHERE bg(n.name_key) && %(pairs)s::text[]
    ORDER BY (SELECT count(*) FROM unnest(%(pairs)s::text[]) p WHERE n.name_key LIKE '%%' || p || '%%') DESC, n.name_key
    LIMIT %(limit)s
) n JOIN subjects_subject s ON s.id = n.subject_id
"""


def similar_subjects(*, name: str, limit: int = 5) -> tuple[Candidate, ...]:
    """Return organisations whose current or former name resembles ``name``, nearest first, and why, in words.

    A resemblance alone never attaches a record to anybody. Names are looked through that share a pair of characters with
    the own part of the name; pairs that are in very many names do not count.
    """
    key = name_key(name)
    core = name_core(key)
    # The own name stands before the trade, and the trade's pairs are in thousands of names.
    own = (search_bigrams(core) or bigrams(core))[:_PAIRS]
    pairs = rarest_pairs(pairs=own, most=_PAIRS, names_at_most=_IN_NAMES_AT_MOST)
    if not pairs:
        return ()
    rows = prepared_rows(_SHARING, {"pairs": pairs, "limit": _READ})
    best: dict[int, tuple[float, Candidate]] = {}
    for subject_id, current, uscc, other_key, other, is_current in rows:
        likeness = max(fuzz.ratio(key, other_key), fuzz.ratio(core, name_core(other_key)) - 5)
        if likeness < _ENOUGH or (subject_id in best and best[subject_id][0] >= likeness):
            continue
        why = f"名称相近，相差{Levenshtein.distance(key, other_key)}个字"
        if not is_current:
            why = f"曾用名“{other}”" + why
        best[subject_id] = (likeness, Candidate(subject_id=subject_id, name=current, uscc=uscc, why=why))
    ranked = sorted(best.values(), key=lambda item: (-item[0], item[1].subject_id))
    return tuple(candidate for _, candidate in ranked[:limit])
