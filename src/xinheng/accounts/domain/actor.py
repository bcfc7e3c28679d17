"""Who acts: a person with the posts that are in force on a day."""

from dataclasses import dataclass
from typing import Final

from xinheng.accounts.domain.roles import OFFICE_ROLES, SUBMISSION_READERS, Role

BEFORE: Final = "xh_before"
"""In the session: when its person signed in the time before, as ISO text; nothing at the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One role in one organ (岗位); ``organ_code`` is empty for a representative. No ``items``: all items of the organ."""

    role: Role
    organ_code: str
    title: str = ""
    items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person and what this person may do today. Every gate takes one; nothing else says who is asking.

    ``login_name`` is what clerks and reviewers of submissions are recorded by; it never changes.
    """

    account_id: int
    name: str
    login_name: str = ""
    posts: tuple[Post, ...] = ()
    has_second_factor: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles held in any organ."""
        return frozenset(post.role for post in self.posts)

    @property
    def is_of_credit_office(self) -> bool:
        """Return whether this person sees the reports of every organ."""
        return bool(self.roles & OFFICE_ROLES)

    def organs(self, *roles: Role) -> frozenset[str]:
        """Return the codes of the organs in which one of ``roles`` is held.

        >>> actor = Actor(account_id=1, name="甲", posts=(Post(role=Role.CLERK, organ_code="A"),))
        >>> actor.organs(Role.CLERK), actor.organs(Role.REVIEWER)
        (frozenset({'A'}), frozenset())
        """
        return frozenset(post.organ_code for post in self.posts if post.role in roles)

    @property
    def reported_organs(self) -> frozenset[str]:
        """Return the organs whose reports this person sees, where it is not of the credit office, which sees all (P11).

        >>> posts = (Post(role=Role.CLERK, organ_code="A"), Post(role=Role.ADMINISTRATOR, organ_code="B"))
        >>> Actor(account_id=1, name="甲", posts=posts).reported_organs
        frozenset({'A'})
        """
        return self.organs(*SUBMISSION_READERS)

    def may(self, role: Role, *, organ_code: str, item_id: str = "") -> bool:
        """Return whether ``role`` is held in the organ, for the item where one is named."""
        return any(
            post.role is role and post.organ_code == organ_code and (not item_id or not post.items or item_id in post.items)
            for post in self.posts
        )

    @property
    def signature(self) -> str:
        """Return the text by which acts of this person are recorded: the number of the account, never changed."""
        return f"account:{self.account_id}"
