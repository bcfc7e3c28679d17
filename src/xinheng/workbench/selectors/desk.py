"""What somebody can do besides files, and how much of it waits: for the first page."""

from dataclasses import dataclass

from django.urls import reverse

from xinheng.accounts.domain import SUBMISSION_READERS, Actor, Role
from xinheng.catalogue.models import CatalogueProposal
from xinheng.catalogue.selectors import proposals
from xinheng.intake.models import Waiver
from xinheng.intake.selectors import drafts_visible_to, waivers_visible_to
from xinheng.workbench.selectors.doubts import doubt_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWay:
    """A thing that can be done: where, and what waits there in words."""

    label: str
    url: str
    note: str = ""


def desk_ways(*, actor: Actor) -> tuple[DeskWay, ...]:
    """Return what this person can do besides files. Four queries at most; none without a business role."""
    if not actor.roles & SUBMISSION_READERS:
        return ()
    ways = []
    if Role.CLERK in actor.roles:
        drafts = drafts_visible_to(actor=actor).count()
        note = f"有{drafts}份草稿。" if drafts else ""
        ways.append(DeskWay(label="填一条", url=reverse("workbench:record_start"), note=note))
    waiting, to_confirm = doubt_counts(actor=actor)
    ways.append(
        DeskWay(label="主体存疑", url=reverse("workbench:doubts"), note=f"{waiting}条待确认，{to_confirm}条等另一人复核。")
    )
    asked = waivers_visible_to(actor=actor).filter(decision=Waiver.Decision.WAITING).count()
    ways.append(DeskWay(label="豁免", url=reverse("workbench:waivers"), note=f"{asked}项等批准。" if asked else ""))
    if actor.is_of_credit_office:
        proposed = proposals().filter(decision=CatalogueProposal.Decision.WAITING).count()
        note = f"{proposed}项等审批。" if proposed else ""
        ways.append(DeskWay(label="目录修改", url=reverse("workbench:catalogue_proposals"), note=note))
    if actor.roles & {Role.CLERK, Role.REVIEWER}:
        ways.append(DeskWay(label="练习：第一次报送", url=reverse("workbench:practice"), note="不入库、不公示。"))
    return tuple(ways)
