"""Waivers as those who may see them read them. The gate is intake's: ``waivers_visible_to``."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from xinheng.accounts.domain import Actor, Role
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.models import Waiver
from xinheng.intake.selectors import waiver_visible_to, waivers_visible_to
from xinheng.intake.services import rules_waivable
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Fact, Tag, Tone
from xinheng.workbench.selectors.organs import item_title, organ_name
from xinheng.workbench.selectors.persons import names_of

LISTED: Final = 100
_Decision = Waiver.Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverLine:
    """A waiver in the list."""

    waiver_id: int
    document_no: str
    rule: str
    organ: str
    expires_on: date
    state: Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverPage:
    """One waiver: what, who asked, who decided, until when, what the reader may do."""

    waiver_id: int
    document_no: str
    state: Tag
    facts: tuple[Fact, ...]
    asked_at: datetime
    may_decide: bool
    may_revoke: bool
    is_own: bool


def waiver_lines(*, actor: Actor, on_date: date) -> tuple[WaiverLine, ...]:
    """Return the newest waivers that the actor may see. One query."""
    titles = dict(rules_waivable())
    return tuple(
        WaiverLine(
            waiver_id=waiver.pk,
            document_no=waiver.document_no,
            rule=titles.get(waiver.rule, waiver.rule),
            organ=organ_name(waiver.organ_code),
            expires_on=waiver.expires_on,
            state=_tag(waiver, on_date),
        )
        for waiver in waivers_visible_to(actor=actor)[:LISTED]
    )


def waiver_page(*, actor: Actor, waiver_id: int, on_date: date) -> WaiverPage:
    """Return one waiver. Two queries.

    Raises:
        WaiverNotFound: there is none, or not for this actor.
    """
    waiver = waiver_visible_to(actor=actor, waiver_id=waiver_id)
    names = names_of([waiver.asked_by, waiver.decided_by])
    facts = [
        Fact("规则", dict(rules_waivable()).get(waiver.rule, waiver.rule), note=f"规则{waiver.rule}"),
        Fact("信息事项", item_title(waiver.item_id)),
        Fact("报送机关", organ_name(waiver.organ_code)),
        Fact("申请", f"{names[waiver.asked_by]}，{chinese_date(waiver.asked_on)}"),
        Fact("理由", waiver.reason),
        Fact("有效至（含）", chinese_date(waiver.expires_on), note="到期自动失效"),
    ]
    if waiver.decision:
        facts.append(Fact(_Decision(waiver.decision).label, names[waiver.decided_by], note=waiver.decision_reason))
    is_own = waiver.asked_by == actor.login_name
    return WaiverPage(
        waiver_id=waiver.pk,
        document_no=waiver.document_no,
        state=_tag(waiver, on_date),
        facts=tuple(facts),
        asked_at=waiver.asked_at,
        may_decide=not waiver.decision and actor.is_of_credit_office and not is_own,
        may_revoke=waiver.decision == _Decision.APPROVED and actor.is_of_credit_office and not is_own,
        is_own=is_own,
    )


def waiver_choices(*, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return what a waiver can be asked for by this actor: organs, items and rules with their titles."""
    organs = sorted(actor.organs(Role.CLERK, Role.REVIEWER))
    return {
        "organs": [(code, organ_name(code)) for code in organs],
        "items": [(item.id, item.title) for item in catalogue_current().items if item.field_by_role("document_no")],
        "rules": list(rules_waivable()),
    }


def _tag(waiver: Waiver, on_date: date) -> Tag:
    if waiver.decision == _Decision.APPROVED and waiver.expires_on < on_date:
        return Tag("已到期，不再有效", Tone.NEUTRAL)
    tones = {_Decision.WAITING: Tone.ATTENTION, _Decision.APPROVED: Tone.DONE}
    return Tag(_Decision(waiver.decision).label, tones.get(_Decision(waiver.decision), Tone.NEUTRAL))
