"""One thing of every kind that is sealed under the key ring, and what each says when it is opened as the platform opens it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from tests.factories import intake_world as world
from tests.factories.accounts import make_account, set_up_totp
from tests.factories.systems import make_system
from xinheng.accounts.adapter import SecondFactors
from xinheng.accounts.domain import System
from xinheng.accounts.selectors import actor_of
from xinheng.adapters import crypto
from xinheng.exchange.models import ReportDraft
from xinheng.exchange.services import reporting
from xinheng.intake.models import RecordDraft, Submission
from xinheng.intake.services import draft_save, draft_values
from xinheng.intake.services.originals import original_opened
from xinheng.notices.domain import Channel
from xinheng.notices.models import Contact
from xinheng.notices.services import contact_set
from xinheng.records.models import RecordVersion
from xinheng.records.services import person_fields_open
from xinheng.reports.selectors.issued import check_digest
from xinheng.reports.services import report_issue, report_issue_once, report_remake
from xinheng.subjects.models import Subject

PENALTY = "administrative_penalty"


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What was sealed: the numbers and codes by which it is asked for."""

    submission: str
    report: str
    check_code: str
    once: str


def sealed_make(folder: Path, *, first: int = 1) -> Sealed:
    """Seal something of every kind: two penalties in a file, drafts, reports, an address, second factors."""
    for number in (first, first + 1):
        world.subject_make(number)
    rows = [world.penalty(number) for number in (first, first + 1)]
    receipt = world.load(world.file_write(folder / f"处罚{first}.csv", rows)).receipt
    account = make_account(f"wang.ping{first}")
    actor = actor_of(account=account, on_date=world.NOW.date())
    contact_set(actor=actor, channel=Channel.EMAIL, address=f"j{first}@example.gov.cn", now=world.NOW)
    set_up_totp(account)
    RecoveryCodes.activate(account)
    typed = {"CF_WFXW": f"演示事实{first}"}
    draft_save(clerk=account.login_name, organ_code=world.ORGAN, item_id=PENALTY, values=typed, now=world.NOW)
    letter = make_system(f"系统{first}", organ=world.ORGAN)
    system = System(client_id=letter.client.pk, name="系统", organ_code=world.ORGAN, scopes=frozenset({f"report:{PENALTY}"}))
    draft = reporting.draft_open(system=system, item_id=PENALTY, now=world.NOW)
    reporting.draft_append(system=system, draft_id=draft.pk, rows=[{"CF_WSH": f"演示{first}号"}])
    subject = Subject.objects.get(uscc=world.code(first))
    report = report_issue(subject=subject, now=world.NOW, actor="演示窗口", with_page=False)
    once = report_issue_once(subject=subject, order=f"演示{first}", now=world.NOW, actor="演示窗口", with_page=False)
    return Sealed(submission=receipt.number, report=report.number, check_code=report.check_code, once=once.check_code)


def sealed_read(*things: Sealed) -> dict[str, Any]:
    """Return the content of everything that is sealed in the database, by what it is."""
    told: dict[str, Any] = {}
    for thing in things:
        with original_opened(submission=Submission.objects.get(number=thing.submission)) as path:
            told[f"original {thing.submission}"] = path.read_bytes()
        made = report_remake(number=thing.report, check_code=thing.check_code, now=world.NOW, with_page=False)
        told[f"report {thing.report}"] = made.data
        told[f"digest {thing.report}"] = check_digest(number=thing.report, check_code=thing.check_code)
        told[f"order {thing.report}"] = thing.once
    versions = list(RecordVersion.objects.order_by("seq"))
    told["persons"] = {seq: dict(fields) for seq, fields in person_fields_open(versions=versions).items()}
    assert any(told["persons"].values()), "there are names"
    told["typed"] = {str(draft.pk): draft_values(draft=draft) for draft in RecordDraft.objects.all()}
    told["sent"] = {str(draft.pk): list(reporting._rows(draft)) for draft in ReportDraft.objects.all()}
    told["addresses"] = [_address(contact) for contact in Contact.objects.order_by("pk")]
    told["factors"] = [_factors(one) for one in Authenticator.objects.order_by("pk")]
    assert all(told[name] for name in ("typed", "sent", "addresses", "factors"))
    return told


def _address(contact: Contact) -> str:
    place = f"contact:{contact.account_id}:{contact.channel}".encode()
    return crypto.open_sealed(crypto.unwrap_key(bytes(contact.wrapped_key)), bytes(contact.sealed), place).decode()


def _factors(one: Authenticator) -> dict[str, str]:
    return {name: SecondFactors().decrypt(one.data[name]) for name in ("secret", "seed") if name in one.data}
