"""Propose, decide and install a change of the catalogue (提出、审批、装入): two persons, one content hash."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from xinheng.accounts.domain import Role
from xinheng.accounts.selectors import account_ids_of, officers_on_duty
from xinheng.adapters.clock import CHINA
from xinheng.adapters.storage import whole_file
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import CatalogueProblem
from xinheng.catalogue.domain.gates import content_problems
from xinheng.catalogue.errors import ProposalNotFound, ProposalNotInState, ProposalOfOneself, ProposalRefused
from xinheng.catalogue.models import CatalogueProposal
from xinheng.catalogue.selectors import catalogue_current
from xinheng.catalogue.selectors.proposals import assembly_with, proposal_catalogue, sources_current
from xinheng.catalogue.services.storing import catalogue_store
from xinheng.notices.domain import NoticeKind
from xinheng.notices.services import notices_send

FILES_AT_MOST: Final = 200
CHARACTERS_AT_MOST: Final = 2_000_000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*\.yaml")
_Decision = CatalogueProposal.Decision


def proposal_problems(*, files: Mapping[str, str]) -> list[CatalogueProblem]:
    """Return what is wrong with the catalogue in use once ``files`` are in it, by file and line; empty means usable."""
    return content_problems(assembly_with(files))


@transaction.atomic
def proposal_make(*, title: str, reason: str, files: Mapping[str, str], actor: str, now: datetime) -> CatalogueProposal:
    """Propose a change: ``files`` by relative name, only those that differ from the ones in use are kept.

    Raises:
        ProposalRefused: a name that is no place in the catalogue, too much, no difference, content with problems.
    """
    current = sources_current()
    for name in files:
        if _NAME.fullmatch(name) is None:
            raise ProposalRefused(
                why=f"“{name}”不是目录里的位置；用小写字母、数字和短横线，以 .yaml 结尾，如 national/clocks/display.yaml。"
            )
    kept = {name: text for name, text in files.items() if current.get(name) != text}
    if not kept:
        raise ProposalRefused(why="和现行目录一字不差，没有要改的。")
    if len(kept) > FILES_AT_MOST or sum(map(len, kept.values())) > CHARACTERS_AT_MOST:
        raise ProposalRefused(why=f"内容太多，一次最多{FILES_AT_MOST}个文件、{CHARACTERS_AT_MOST:,}个字符，请分几次提出。")
    if not reason.strip() or not title.strip():
        raise ProposalRefused(why="没有写标题或理由。请写明改什么、依据哪一份文件的哪一条。")
    assembly = assembly_with(kept)
    problems = content_problems(assembly)
    if problems:
        raise ProposalRefused(why=f"有{len(problems)}处问题，第一处：{problems[0]}")
    after, before = assembly.catalogue(), catalogue_current()
    if after.hash == before.hash:
        raise ProposalRefused(why="只改了注释或排列，内容和现行目录相同。")
    made = CatalogueProposal.objects.create(
        title=title.strip(),
        reason=reason.strip(),
        files=kept,
        base_hash=before.hash,
        hash=after.hash,
        proposed_by=actor,
        proposed_at=now,
    )
    _tell("catalogue.proposal.made", made, actor=actor, now=now)
    _notify(made, NoticeKind.PROPOSAL_MADE, actor=actor, now=now)
    return made


@transaction.atomic
def proposal_adopt(*, proposal_id: int, actor: str, reason: str, now: datetime) -> CatalogueProposal:
    """Adopt a proposal (批准): another person than its proposer. Its catalogue is kept as a snapshot from now on.

    It comes into force when the operator installs it (:func:`proposal_install`); adopting again changes nothing.

    Raises:
        ProposalNotFound, ProposalOfOneself: there is none, or it is one's own; the database refuses that too.
        ProposalNotInState: decided already, or the catalogue in use is no longer the one it was proposed for.
    """
    proposal = _locked(proposal_id)
    if (proposal.decision, proposal.decided_by) == (_Decision.ADOPTED, actor):
        return proposal
    _undecided(proposal, wanted="批准")
    if proposal.proposed_by == actor:
        raise ProposalOfOneself
    after = proposal_catalogue(proposal=proposal)
    if after is None or catalogue_current().hash != proposal.base_hash:
        raise ProposalNotInState(
            number=proposal_id, state="等待审批", wanted="批准", next="现行目录在提出以后变过，请提出人按现行目录重新提出。"
        )
    _decide(proposal, _Decision.ADOPTED, actor=actor, reason=reason, now=now)
    catalogue_store(now=now, actor=actor, catalogue=after)
    _tell("catalogue.proposal.adopted", proposal, actor=actor, now=now)
    _notify(proposal, NoticeKind.PROPOSAL_ADOPTED, actor=actor, now=now)
    return proposal


@transaction.atomic
def proposal_refuse(*, proposal_id: int, actor: str, reason: str, now: datetime) -> CatalogueProposal:
    """Refuse a proposal (不同意); its own proposer takes it back with the same act.

    Raises:
        ProposalNotFound, ProposalNotInState, ProposalRefused: there is none, it is decided, or not said why.
    """
    proposal = _locked(proposal_id)
    _undecided(proposal, wanted="退回")
    decision = _Decision.WITHDRAWN if proposal.proposed_by == actor else _Decision.REFUSED
    _decide(proposal, decision, actor=actor, reason=reason, now=now)
    _tell(f"catalogue.proposal.{decision.lower()}", proposal, actor=actor, now=now)
    if decision == _Decision.REFUSED:
        _notify(proposal, NoticeKind.PROPOSAL_REFUSED, actor=actor, now=now)
    return proposal


def proposal_install(*, proposal_id: int, actor: str, now: datetime) -> CatalogueProposal:
    """Write an adopted proposal's files into the catalogue folder (装入), for the operator of the server.

    Each file is replaced whole; the content that results is worked out first and must have the adopted hash. Repeating
    changes nothing.

    Raises:
        ProposalNotFound: there is none.
        ProposalNotInState: it was not adopted, or the catalogue in use is another one by now.
    """
    proposal = CatalogueProposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise ProposalNotFound(number=proposal_id)
    if catalogue_current().hash == proposal.hash:
        return proposal
    state = _Decision(proposal.decision).label
    if proposal.decision != _Decision.ADOPTED:
        raise ProposalNotInState(number=proposal_id, state=state, wanted="装入", next="先由信用办主任批准。")
    if proposal_catalogue(proposal=proposal) is None:
        raise ProposalNotInState(
            number=proposal_id, state=state, wanted="装入", next="现行目录在批准以后变过，请按现行目录重新提出。"
        )
    folder = Path(settings.XINHENG_CATALOGUE_DIR)
    for name, text in sorted(proposal.files.items()):
        with whole_file(folder / name) as part:
            part.write_text(text, encoding="utf-8")
    with transaction.atomic():
        _tell("catalogue.proposal.installed", proposal, actor=actor, now=now)
        _notify(proposal, NoticeKind.PROPOSAL_INSTALLED, actor=actor, now=now)
    return proposal


def _locked(proposal_id: int) -> CatalogueProposal:
    found = CatalogueProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if found is None:
        raise ProposalNotFound(number=proposal_id)
    return found


def _undecided(proposal: CatalogueProposal, *, wanted: str) -> None:
    if proposal.decision:
        raise ProposalNotInState(
            number=proposal.pk, state=_Decision(proposal.decision).label, wanted=wanted, next="需要时请重新提出。"
        )


def _decide(proposal: CatalogueProposal, decision: str, *, actor: str, reason: str, now: datetime) -> None:
    if not reason.strip():
        raise ProposalRefused(why="没有写决定的理由。")
    proposal.decision, proposal.decided_by = decision, actor
    proposal.decided_at, proposal.decision_reason = now, reason.strip()
    proposal.save(update_fields=["decision", "decided_by", "decided_at", "decision_reason"])


def _tell(action: str, proposal: CatalogueProposal, *, actor: str, now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        target=("catalogue_proposal", str(proposal.pk)),
        at=now,
        title=proposal.title,
        base_hash=proposal.base_hash,
        hash=proposal.hash,
    )


def _notify(proposal: CatalogueProposal, kind: NoticeKind, *, actor: str, now: datetime) -> None:
    """Tell those who may approve it that it waits, or who proposed and decided what became of it; nobody of one's own act."""
    if kind is NoticeKind.PROPOSAL_MADE:
        directors = officers_on_duty(on_date=now.astimezone(CHINA).date(), roles=[Role.CREDIT_DIRECTOR])
        ids = list(directors.exclude(login_name=actor).values_list("pk", flat=True))
    else:
        ids = account_ids_of(login_names={proposal.proposed_by, proposal.decided_by} - {actor})
    notices_send(account_ids=ids, kind=kind, number=str(proposal.pk), now=now)
