"""Proposed changes of the catalogue as the credit office reviews them: the difference, and its effect before adoption."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from xinheng.accounts.domain import Actor, Role
from xinheng.catalogue.domain import Catalogue, EntryChange
from xinheng.catalogue.models import CatalogueProposal
from xinheng.catalogue.selectors import (
    proposal_catalogue,
    proposal_changes,
    proposal_get,
    proposal_is_in_force,
    proposals,
)
from xinheng.portal.domain import Fact, Tag, Tone
from xinheng.publicity.selectors import ChangedDisplay, DisplayEffect, display_effects, displays_changed, law_current
from xinheng.workbench.selectors.organs import item_title, organ_name
from xinheng.workbench.selectors.persons import names_of

LISTED: Final = 50
_RECORDS: Final = 50
_Decision = CatalogueProposal.Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposed change of the catalogue in the list."""

    proposal_id: int
    title: str
    proposed_at: datetime
    who: str
    state: Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedEntry:
    """One entry that a proposal changes: what, and each value before and after."""

    heading: str
    kind: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """What a proposal would change for one organ and item, with the address of the records."""

    organ: str
    item: str
    records: int
    appear: int
    disappear: int
    longer: int
    shorter: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPage:
    """One proposal: the difference in words, its effect counted over the records, who decided, what can be done."""

    proposal_id: int
    title: str
    reason: str
    state: Tag
    who: str
    proposed_at: datetime
    decided: str
    decided_at: datetime | None
    decision_reason: str
    files: tuple[str, ...]
    is_stale: bool
    changes: tuple[ChangedEntry, ...]
    effects: tuple[EffectLine, ...]
    totals: tuple[Fact, ...]
    on_date: date
    may_adopt: bool
    may_refuse: bool
    is_own: bool


def proposal_lines() -> tuple[ProposalLine, ...]:
    """Return the newest proposals. Two queries."""
    found = list(proposals()[:LISTED])
    names = names_of(proposal.proposed_by for proposal in found)
    return tuple(
        ProposalLine(
            proposal_id=proposal.pk,
            title=proposal.title,
            proposed_at=proposal.proposed_at,
            who=names[proposal.proposed_by],
            state=_tag(proposal),
        )
        for proposal in found
    )


def _tag(proposal: CatalogueProposal) -> Tag:
    if proposal.decision == _Decision.ADOPTED:
        if proposal_is_in_force(proposal=proposal):
            return Tag("已批准，正在施行", Tone.DONE)
        return Tag("已批准，等系统管理员在服务器上装入", Tone.ATTENTION)
    tone = Tone.NEUTRAL if proposal.decision else Tone.ATTENTION
    return Tag(_Decision(proposal.decision).label, tone)


def proposal_page(*, actor: Actor, proposal_id: int, on_date: date) -> ProposalPage:
    """Return one proposal with what it changes, and what of the records it would show otherwise on ``on_date``.

    Raises:
        ProposalNotFound: there is none of this number.
    """
    proposal = proposal_get(proposal_id=proposal_id)
    after = None if proposal_is_in_force(proposal=proposal) else proposal_catalogue(proposal=proposal)
    effects = () if after is None else display_effects(before=law_current(), after=law_current(after), on_date=on_date)
    names = names_of([proposal.proposed_by, proposal.decided_by])
    is_own = proposal.proposed_by == actor.login_name
    waits = not proposal.decision
    return ProposalPage(
        proposal_id=proposal.pk,
        title=proposal.title,
        reason=proposal.reason,
        state=_tag(proposal),
        who=names[proposal.proposed_by],
        proposed_at=proposal.proposed_at,
        decided=f"{names[proposal.decided_by]}：{_Decision(proposal.decision).label}" if proposal.decision else "",
        decided_at=proposal.decided_at,
        decision_reason=proposal.decision_reason,
        files=tuple(sorted(proposal.files)),
        is_stale=after is None and not proposal_is_in_force(proposal=proposal),
        changes=() if after is None else tuple(_entry(change) for change in proposal_changes(after=after)),
        effects=tuple(_line(effect, on_date=on_date) for effect in effects),
        totals=_totals(effects),
        on_date=on_date,
        may_adopt=waits and not is_own and Role.CREDIT_DIRECTOR in actor.roles and after is not None,
        may_refuse=waits and (is_own or Role.CREDIT_DIRECTOR in actor.roles),
        is_own=is_own,
    )


def proposal_records(*, proposal_id: int, on_date: date, organ_code: str, item_id: str) -> tuple[ChangedDisplay, ...]:
    """Return the newest records of one organ and item that are public now and would be shown otherwise.

    Raises:
        ProposalNotFound: there is none of this number.
    """
    after: Catalogue | None = proposal_catalogue(proposal=proposal_get(proposal_id=proposal_id))
    if after is None:
        return ()
    return tuple(
        displays_changed(
            before=law_current(),
            after=law_current(after),
            on_date=on_date,
            organ_code=organ_code,
            item_id=item_id,
            limit=_RECORDS,
        )
    )


def _entry(change: EntryChange) -> ChangedEntry:
    name = "" if change.title == change.identity else f"（{change.identity}）"
    return ChangedEntry(
        heading=f"{change.collection_label}：{change.title}{name}",
        kind=change.kind.value,
        fields=tuple((field.place, field.before, field.after) for field in change.fields),
    )


def _line(effect: DisplayEffect, *, on_date: date) -> EffectLine:
    where = {"organ": effect.organ_code, "item": effect.item_id, "on": on_date.isoformat()}
    return EffectLine(
        organ=organ_name(effect.organ_code),
        item=item_title(effect.item_id),
        records=effect.records,
        appear=effect.appear,
        disappear=effect.disappear,
        longer=effect.longer,
        shorter=effect.shorter,
        url=f"?{urlencode(where)}#records",
    )


def _totals(effects: tuple[DisplayEffect, ...]) -> tuple[Fact, ...]:
    return (
        Fact("变为公示", f"{sum(effect.appear for effect in effects):,}条"),
        Fact("停止公示", f"{sum(effect.disappear for effect in effects):,}条"),
        Fact("公示期变长", f"{sum(effect.longer for effect in effects):,}条"),
        Fact("公示期变短", f"{sum(effect.shorter for effect in effects):,}条"),
    )
