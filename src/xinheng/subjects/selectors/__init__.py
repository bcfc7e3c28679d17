"""What can be asked about organisations."""

from xinheng.subjects.selectors.compared import ComparedSubject, subjects_compared
from xinheng.subjects.selectors.search import FoundSubject, Hit, SearchResult, subject_search
from xinheng.subjects.selectors.similar import similar_subjects
from xinheng.subjects.selectors.subject import (
    HistoryLine,
    irregular_codes,
    subject_by_code,
    subject_get,
    subject_history,
    subject_kinds,
    subject_lineage,
    subject_registration,
    subjects_count,
)

__all__ = [
    "ComparedSubject",
    "FoundSubject",
    "HistoryLine",
    "Hit",
    "SearchResult",
    "irregular_codes",
    "similar_subjects",
    "subject_by_code",
    "subject_get",
    "subject_history",
    "subject_kinds",
    "subject_lineage",
    "subject_registration",
    "subject_search",
    "subjects_compared",
    "subjects_count",
]
