"""The pages of the workbench. Every one begins at the gate; one call gives its content."""

from xinheng.workbench.views.home import home
from xinheng.workbench.views.invitation import invitation
from xinheng.workbench.views.people import close, grant, invitation_withdraw, invite, people, person, revoke
from xinheng.workbench.views.submissions import submission, submissions

__all__ = [
    "close",
    "grant",
    "home",
    "invitation",
    "invitation_withdraw",
    "invite",
    "people",
    "person",
    "revoke",
    "submission",
    "submissions",
]
