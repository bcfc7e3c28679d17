"""What a person may do, and which duties one person may not hold together."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A duty (岗位角色) that a named person gives to another, per organ and dated."""

    CLERK = "CLERK"
    REVIEWER = "REVIEWER"
    CREDIT_OFFICER = "CREDIT_OFFICER"
    CREDIT_DIRECTOR = "CREDIT_DIRECTOR"
    CHECKING_OFFICER = "CHECKING_OFFICER"
    AUDITOR = "AUDITOR"
    ADMINISTRATOR = "ADMINISTRATOR"
    REPRESENTATIVE = "REPRESENTATIVE"


ROLE_LABELS: Final[Mapping[Role, str]] = {
    Role.CLERK: "经办人",
    Role.REVIEWER: "审核人",
    Role.CREDIT_OFFICER: "信用办工作人员",
    Role.CREDIT_DIRECTOR: "信用办主任",
    Role.CHECKING_OFFICER: "查询人",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "系统管理员",
    Role.REPRESENTATIVE: "主体代表",
}

ROLE_DUTIES: Final[Mapping[Role, str]] = {
    Role.CLERK: "报送本单位的信用信息，处理检查出的问题。",
    Role.REVIEWER: "审核并确认本单位报送的批次；不能确认自己报送的。",
    Role.CREDIT_OFFICER: "查看各单位的报送、质量和迟报，处理主体存疑和异议。",
    Role.CREDIT_DIRECTOR: "批准信用办的决定；不能批准自己提出的。",
    Role.CHECKING_OFFICER: "办理应查必查的查询，取得回执。",
    Role.AUDITOR: "查看操作和查询的记录；不办业务。",
    Role.ADMINISTRATOR: "管理账号和岗位；看不到业务数据。",
    Role.REPRESENTATIVE: "代表一家单位查看自己的信用信息，提出异议和修复。",
}

OFFICE_ROLES: Final = frozenset({Role.CREDIT_OFFICER, Role.CREDIT_DIRECTOR})
"""Roles of the credit office: they see every organ's reports."""

SUBMISSION_READERS: Final = frozenset({Role.CLERK, Role.REVIEWER}) | OFFICE_ROLES
"""Roles that see submissions: those of their organ, or all of them."""

NEEDS_ORGAN: Final = frozenset(set(Role) - {Role.REPRESENTATIVE})
"""Roles that are held in an organ. A representative acts for an organisation, which is no organ."""

SECOND_FACTOR_ROLES: Final = NEEDS_ORGAN
"""Roles that are of no use without a second factor."""

APART: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Roles that one person holds alone: who manages accounts sees no business data, who audits does no business."""

DEMONSTRATION: Final = "make demo"
"""Who gave their roles to the accounts of a demonstration; they sign in nowhere else (``adapter.pre_login``)."""


def clash(roles: Collection[Role]) -> tuple[Role, Role] | None:
    """Return two of ``roles`` that one person may not hold at the same time, ``None`` where all go together.

    Source: protections.md P7 (another person decides), P11; the database refuses the same pairs.

    >>> clash({Role.CLERK, Role.REVIEWER}) is None
    True
    >>> clash({Role.AUDITOR, Role.CLERK})
    (<Role.AUDITOR: 'AUDITOR'>, <Role.CLERK: 'CLERK'>)
    """
    for alone in sorted(APART):
        if alone in roles:
            for other in sorted(roles):
                if other is not alone:
                    return alone, other
    return None
