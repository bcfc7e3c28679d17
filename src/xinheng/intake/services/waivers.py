"""Waivers (豁免): one rule, one document, two persons, an end; and what they let through when a file is checked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Item
from xinheng.intake.checking import rules_all
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.errors import WaiverNotFound, WaiverNotInState, WaiverOfOneself, WaiverRefused
from xinheng.intake.models import Waiver
from xinheng.intake.services._telling import waiver_tell
from xinheng.kernel.dates import chinese_date
from xinheng.kernel.text import document_no_key

LONGEST_DAYS: Final = 366
"""A waiver ends within a year. Provisional: own design."""

_Decision = Waiver.Decision
Waived = Mapping[tuple[str, str], Waiver]
"""By rule and document number in its normal form, the waivers in force for one organ and item."""


def rules_waivable() -> tuple[tuple[str, str], ...]:
    """Return id and title of the rules that may be waived at all."""
    return tuple((rule.id, rule.title) for rule in rules_all() if rule.waivable)


def waivers_in_force(*, organ_code: str, item_id: str, on_date: date) -> dict[tuple[str, str], Waiver]:
    """Return the waivers that hold on ``on_date`` by rule and document; expired, undecided and revoked ones are none. One query."""
    found = Waiver.objects.filter(
        organ_code=organ_code, item_id=item_id, decision=_Decision.APPROVED, expires_on__gte=on_date, asked_on__lte=on_date
    )
    allowed = {rule.id for rule in rules_all() if rule.waivable}
    return {(waiver.rule, waiver.document_no_key): waiver for waiver in found.order_by("pk") if waiver.rule in allowed}


def findings_waived(*, findings: tuple[Finding, ...], document_no: str, waived: Waived) -> tuple[Finding, ...]:
    """Return the findings of one row with those that are waived told as notes; the others stay what they are."""
    key = document_no_key(document_no)
    return tuple(
        _told(finding, waived[finding.rule, key])
        if finding.severity is FindingSeverity.REFUSE and (finding.rule, key) in waived
        else finding
        for finding in findings
    )


def _told(finding: Finding, waiver: Waiver) -> Finding:
    return replace(finding, severity=FindingSeverity.NOTE, message=f"{finding.message}{_words(waiver)}")


def _words(waiver: Waiver) -> str:
    return f"（已豁免：第{waiver.pk}号，至{chinese_date(waiver.expires_on)}）"


def verdicts_waived(*, verdicts: pa.Table, findings: Path, landed: Path, item: Item, waived: Waived) -> tuple[pa.Table, int]:
    """Return the verdicts with rows let through that only waived rules refuse, and their number; ``findings`` is rewritten.

    A row is let through only if **every** finding that refuses it is waived for its document; natural persons' rows never
    are, and none where a refusal is about the file as a whole. Waived findings become notes that name the waiver.
    """
    field = item.field_by_role("document_no")
    if not waived or field is None:
        return verdicts, 0
    told = pl.read_parquet(findings).with_columns(pl.exclude("row").cast(pl.String))
    refused = told.filter(severity=FindingSeverity.REFUSE.value)
    if refused.filter(pl.col("row") == 0).height:
        return verdicts, 0  # a whole column is missing: what that refuses is told once, not row by row
    numbers = pl.read_parquet(landed, columns=["_sheet", "_row", field.key]).rename({"_sheet": "sheet", "_row": "row"})
    keyed = refused.join(numbers, on=["sheet", "row"], how="left").with_columns(
        key=pl.col(field.key).fill_null("").map_elements(document_no_key, return_dtype=pl.String)
    )
    waivers = pl.DataFrame(
        [(rule, key, _words(waiver)) for (rule, key), waiver in waived.items()],
        schema={"rule": pl.String, "key": pl.String, "words": pl.String},
        orient="row",
    )
    keyed = keyed.join(waivers, on=["rule", "key"], how="left")
    through = keyed.group_by("sheet", "row").agg(whole=pl.col("words").is_not_null().all()).filter("whole").drop("whole")
    frame = pl.from_arrow(verdicts)
    assert isinstance(frame, pl.DataFrame)
    free = through.rename({"sheet": "_sheet", "row": "_row"}).with_columns(_through=pl.lit(value=True))
    frame = frame.join(free, on=["_sheet", "_row"], how="left", maintain_order="left").with_columns(
        _through=pl.col("_through").fill_null(value=False) & pl.col("refused") & ~pl.col("person")
    )
    count = int(frame["_through"].sum())
    passed = frame.with_columns(refused=pl.col("refused") & ~pl.col("_through")).drop("_through")
    spoken = keyed.filter(pl.col("words").is_not_null()).select("sheet", "row", "rule", "words").unique()
    told.join(spoken, on=["sheet", "row", "rule"], how="left", maintain_order="left").with_columns(
        severity=pl.when(pl.col("words").is_not_null() & (pl.col("severity") == FindingSeverity.REFUSE.value))
        .then(pl.lit(FindingSeverity.NOTE.value))
        .otherwise("severity"),
        message=pl.col("message") + pl.col("words").fill_null(""),
    ).drop("words").write_parquet(findings)
    return passed.to_arrow(), count


@transaction.atomic
def waiver_ask(
    *,
    organ_code: str,
    item_id: str,
    rule: str,
    document_no: str,
    reason: str,
    expires_on: date,
    actor: str,
    now: datetime,
) -> Waiver:
    """Ask for a waiver (申请豁免). Nothing follows from it before somebody else agrees.

    Raises:
        WaiverRefused: the rule cannot be waived, no document, no reason, no end within a year.
    """
    today = now.astimezone(CHINA).date()
    known = {each.id: each for each in rules_all()}
    if rule not in known or not known[rule].waivable:
        raise WaiverRefused(why=f"规则{rule}不能豁免。涉及个人信息、主体身份、名单和公示期限的规则一律不能豁免，请按提示改正。")
    if not document_no_key(document_no):
        raise WaiverRefused(why="没有写文书号。一项豁免只对一份文书。")
    if not reason.strip():
        raise WaiverRefused(why="没有写理由。请写明决定书原文怎样写、为什么不能按规则填。")
    if not today <= expires_on <= today + timedelta(days=LONGEST_DAYS):
        raise WaiverRefused(why=f"有效期要在今天到{chinese_date(today + timedelta(days=LONGEST_DAYS))}之间。")
    asked = Waiver.objects.create(
        organ_code=organ_code,
        item_id=item_id,
        rule=rule,
        document_no=document_no.strip(),
        document_no_key=document_no_key(document_no),
        reason=reason.strip(),
        asked_by=actor,
        asked_at=now,
        asked_on=today,
        expires_on=expires_on,
    )
    _tell("intake.waiver.asked", asked, actor=actor, now=now)
    return asked


@transaction.atomic
def waiver_decide(*, waiver_id: int, agrees: bool, actor: str, reason: str, now: datetime) -> Waiver:
    """Agree to a waiver or not (批准、不同意): another person than the one who asked; the database refuses it too.

    Raises:
        WaiverNotFound, WaiverNotInState, WaiverOfOneself: nothing to decide, or one's own.
        WaiverRefused: not said why.
    """
    waiver = _locked(waiver_id)
    if waiver.decision:
        raise WaiverNotInState(number=waiver_id, state=_Decision(waiver.decision).label, wanted="再决定")
    _decide(waiver, _Decision.APPROVED if agrees else _Decision.REFUSED, actor=actor, reason=reason, now=now)
    return waiver


@transaction.atomic
def waiver_revoke(*, waiver_id: int, actor: str, reason: str, now: datetime) -> Waiver:
    """Revoke a waiver (撤销豁免): from now on it does nothing; records that it let through stay and say so in their batch.

    Raises:
        WaiverNotFound, WaiverNotInState, WaiverOfOneself, WaiverRefused: as for :func:`waiver_decide`.
    """
    waiver = _locked(waiver_id)
    if waiver.decision != _Decision.APPROVED:
        raise WaiverNotInState(number=waiver_id, state=_Decision(waiver.decision).label, wanted="撤销")
    _decide(waiver, _Decision.REVOKED, actor=actor, reason=reason, now=now)
    return waiver


def _locked(waiver_id: int) -> Waiver:
    found = Waiver.objects.select_for_update().filter(pk=waiver_id).first()
    if found is None:
        raise WaiverNotFound(number=waiver_id)
    return found


def _decide(waiver: Waiver, decision: str, *, actor: str, reason: str, now: datetime) -> None:
    if waiver.asked_by == actor:
        raise WaiverOfOneself
    if not reason.strip():
        raise WaiverRefused(why="没有写决定的理由。")
    waiver.decision, waiver.decided_by, waiver.decided_at = decision, actor, now
    waiver.decision_reason = reason.strip()
    waiver.save(update_fields=["decision", "decided_by", "decided_at", "decision_reason"])
    _tell(f"intake.waiver.{decision.lower()}", waiver, actor=actor, now=now)


def _tell(action: str, waiver: Waiver, *, actor: str, now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        target=("waiver", str(waiver.pk)),
        at=now,
        rule=waiver.rule,
        item=waiver.item_id,
        document_no=waiver.document_no,
        expires_on=waiver.expires_on.isoformat(),
    )
    waiver_tell(waiver, actor=actor, at=now)
