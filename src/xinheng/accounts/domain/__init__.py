"""Roles, grants in force, and who acts."""

from xinheng.accounts.domain.actor import Actor, Post
from xinheng.accounts.domain.roles import (
    APART,
    NEEDS_ORGAN,
    OFFICE_ROLES,
    ROLE_DUTIES,
    ROLE_LABELS,
    SECOND_FACTOR_ROLES,
    SUBMISSION_READERS,
    Role,
    clash,
)

__all__ = [
    "APART",
    "NEEDS_ORGAN",
    "OFFICE_ROLES",
    "ROLE_DUTIES",
    "ROLE_LABELS",
    "SECOND_FACTOR_ROLES",
    "SUBMISSION_READERS",
    "Actor",
    "Post",
    "Role",
    "clash",
]
