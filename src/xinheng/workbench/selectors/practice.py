"""What practice shows: the findings of a file by rule, as a real submission would be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xinheng.accounts.domain import Actor, Role
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.services import PracticeResult
from xinheng.synth.services import PRACTISED
from xinheng.workbench.domain import RuleGroup
from xinheng.workbench.selectors.organs import item_title, organ_name

_PLACES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticePage:
    """What practice says of a file: how many rows could go on, and the problems by rule."""

    rows: int
    accepted: int
    refused: int
    persons: int
    explain: int
    must: tuple[RuleGroup, ...]
    others: tuple[RuleGroup, ...]


def practice_choices(*, actor: Actor) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """Return code and name of every organ where the actor reports or reviews, each with id and title of what can be practised."""
    return tuple(
        (code, organ_name(code), tuple((item_id, item_title(item_id)) for item_id in PRACTISED))
        for code in sorted(actor.organs(Role.CLERK, Role.REVIEWER))
    )


def practice_page(*, result: PracticeResult) -> PracticePage:
    """Return the findings by rule, most frequent first, those that must be mended apart from the others."""
    totals = result.totals
    groups = tuple(_groups(result))
    refusing = {count.rule.id for count in result.counts if count.rule.severity is FindingSeverity.REFUSE}
    return PracticePage(
        rows=totals.rows,
        accepted=totals.accepted,
        refused=totals.refused - totals.persons,
        persons=totals.persons,
        explain=totals.explain,
        must=tuple(group for group in groups if group.rule in refusing),
        others=tuple(group for group in groups if group.rule not in refusing),
    )


def _groups(result: PracticeResult) -> Iterable[RuleGroup]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in result.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    amounts = {count.rule.id: count.findings for count in result.counts}
    for rule in sorted(by_rule, key=lambda rule: (-amounts.get(rule, 0), rule)):
        found = by_rule[rule]
        yield RuleGroup(
            rule=rule,
            message=found[0].message,
            fix=found[0].fix,
            count=amounts.get(rule, len(found)),
            places=tuple(_place(finding) for finding in found[:_PLACES]),
        )


def _place(finding: Finding) -> str:
    where = f"第{finding.row}行" if finding.row else "整份文件"
    column = f"，{finding.column}列" if finding.column else ""
    value = f"：“{finding.value}”" if finding.value else ""
    return f"{where}{column}{value}"
