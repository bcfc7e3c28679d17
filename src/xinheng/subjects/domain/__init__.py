"""Pure rules about organisations: codes, kinds, suggestions."""

from xinheng.subjects.domain.codes import (
    ALPHABET,
    ORGANISATION_CODE_PATTERN,
    ORGANISATION_CODE_WEIGHTS,
    PLACEHOLDER,
    USCC_PATTERN,
    WEIGHTS,
    organisation_code_canonical,
    organisation_code_check_char,
    organisation_code_is_valid,
    organisation_code_of,
    registration_no_is_plausible,
    uscc_check_char,
    uscc_is_complement_slip,
    uscc_is_valid,
    uscc_is_well_formed,
    uscc_looks_like_resident_id,
    uscc_problem,
)
from xinheng.subjects.domain.differences import SAME, code_difference, name_difference
from xinheng.subjects.domain.kinds import (
    KIND_LABELS,
    SubjectKind,
    subject_kind,
    subject_kind_from,
    uscc_prefix_is_known,
)
from xinheng.subjects.domain.matching import Candidate, Doubt, MatchHow, MatchQuery, MatchResult
from xinheng.subjects.domain.status import STATUS_LABELS, RegistrationStatus, registration_status
from xinheng.subjects.domain.suggestions import uscc_suggestion

__all__ = [
    "ALPHABET",
    "KIND_LABELS",
    "ORGANISATION_CODE_PATTERN",
    "ORGANISATION_CODE_WEIGHTS",
    "PLACEHOLDER",
    "SAME",
    "STATUS_LABELS",
    "USCC_PATTERN",
    "WEIGHTS",
    "Candidate",
    "Doubt",
    "MatchHow",
    "MatchQuery",
    "MatchResult",
    "RegistrationStatus",
    "SubjectKind",
    "code_difference",
    "name_difference",
    "organisation_code_canonical",
    "organisation_code_check_char",
    "organisation_code_is_valid",
    "organisation_code_of",
    "registration_no_is_plausible",
    "registration_status",
    "subject_kind",
    "subject_kind_from",
    "uscc_check_char",
    "uscc_is_complement_slip",
    "uscc_is_valid",
    "uscc_is_well_formed",
    "uscc_looks_like_resident_id",
    "uscc_prefix_is_known",
    "uscc_problem",
    "uscc_suggestion",
]
