"""Roles, grants in force, and who acts."""

from xinheng.accounts.domain.actor import BEFORE, Actor, Post
from xinheng.accounts.domain.factors import SealedText
from xinheng.accounts.domain.roles import (
    APART,
    DEMONSTRATION,
    NEEDS_ORGAN,
    OFFICE_ROLES,
    ROLE_DUTIES,
    ROLE_LABELS,
    SECOND_FACTOR_ROLES,
    SUBMISSION_READERS,
    Role,
    clash,
)
from xinheng.accounts.domain.systems import (
    IDENTITY_SERVICE,
    PURPOSE_LABELS,
    SYSTEM_SIGNATURE,
    Purpose,
    System,
    scope_of,
    scopes_of,
)

__all__ = [
    "APART",
    "BEFORE",
    "DEMONSTRATION",
    "IDENTITY_SERVICE",
    "NEEDS_ORGAN",
    "OFFICE_ROLES",
    "PURPOSE_LABELS",
    "ROLE_DUTIES",
    "ROLE_LABELS",
    "SECOND_FACTOR_ROLES",
    "SUBMISSION_READERS",
    "SYSTEM_SIGNATURE",
    "Actor",
    "Post",
    "Purpose",
    "Role",
    "SealedText",
    "System",
    "clash",
    "scope_of",
    "scopes_of",
]
