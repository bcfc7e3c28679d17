"""Decisions on doubtful rows outlive a re-check (沿用), where nothing changed by which the register was asked (ADR 0052)."""

from dataclasses import dataclass
from datetime import datetime

from xinheng.intake.models import Doubt, DoubtDecision, DoubtState, Submission
from xinheng.intake.services._state import event_add
from xinheng.subjects.selectors import subject_kinds

_SETTLED = (DoubtState.DECIDED, DoubtState.REJECTED)
_DECIDING = (DoubtDecision.Action.DECIDE, DoubtDecision.Action.REJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The places (sheet, row) whose decision goes on: whose they are, or that they are nobody's."""

    decided: frozenset[tuple[str, int]] = frozenset()
    rejected: frozenset[tuple[str, int]] = frozenset()

    @property
    def count(self) -> int:
        """Return how many doubts need no decision again."""
        return len(self.decided) + len(self.rejected)


def decisions_carry(submission: Submission, *, at: datetime) -> Carried:
    """Settle the doubts of a re-checked submission as those of the one before it, in the caller's transaction.

    A decision goes on where the row has the same place and the same name, codes and decision day, and the chosen
    organisation is still registered. It keeps who decided, when and why, and can be undone like any other; who decided
    cannot certify this submission either. A row of which one of these cells was put right is decided again.
    """
    before = submission.supersedes if submission.is_amended else None
    if before is None:
        return Carried()
    settled = Doubt.objects.filter(submission=before, state__in=_SETTLED).exclude(inputs_digest="")
    was = {(doubt.sheet, doubt.row, doubt.inputs_digest): doubt for doubt in settled}
    if not was:
        return Carried()
    registered = subject_kinds(subject_ids={doubt.subject_id for doubt in was.values() if doubt.subject_id is not None})
    newest = DoubtDecision.objects.filter(doubt__in=list(was.values()), action__in=_DECIDING)
    decisions = {decision.doubt_id: decision for decision in newest.order_by("doubt_id", "-id").distinct("doubt_id")}
    carried: list[Doubt] = []
    lines: list[DoubtDecision] = []
    rows = {row for _, row, _ in was}
    for doubt in Doubt.objects.filter(submission=submission, state=DoubtState.OPEN, row__in=rows).order_by("id"):
        old = was.get((doubt.sheet, doubt.row, doubt.inputs_digest))
        if old is None or (old.subject_id is not None and old.subject_id not in registered):
            continue
        decision = decisions[old.pk]
        doubt.state, doubt.subject_id = old.state, old.subject_id
        carried.append(doubt)
        lines.append(
            DoubtDecision(
                doubt=doubt,
                action=decision.action,
                subject_id=decision.subject_id,
                reason=decision.reason,
                actor=decision.actor,
                confirmed_by=decision.confirmed_by,
                at=decision.at,
                carried_from=decision,
            )
        )
    Doubt.objects.bulk_update(carried, ["state", "subject_id"], batch_size=1_000)
    DoubtDecision.objects.bulk_create(lines, batch_size=1_000)
    if carried:
        event_add(
            submission, action="decisions_carried", actor=submission.clerk, at=at, count=len(carried), since=before.number
        )
    places = {state: frozenset((d.sheet, d.row) for d in carried if d.state == state) for state in _SETTLED}
    return Carried(decided=places[DoubtState.DECIDED], rejected=places[DoubtState.REJECTED])
