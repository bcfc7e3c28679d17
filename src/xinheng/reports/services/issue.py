"""Issue a report (出具): what is said today, signed, its content sealed for its holder alone; and give it to the holder again."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from xinheng.adapters import crypto
from xinheng.adapters.clock import CHINA
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import CodeValue
from xinheng.catalogue.selectors import catalogue_current
from xinheng.records.selectors import known_latest
from xinheng.reports.domain import Issue, Json, check_code_new, document_of, report_number
from xinheng.reports.errors import PurposeUnknown, ReportGone
from xinheng.reports.models import IssuedReport
from xinheng.reports.selectors import facts_today, report_held
from xinheng.reports.selectors.fingerprints import document_canonical, document_fingerprint, facts_fingerprint
from xinheng.reports.selectors.issued import check_digest
from xinheng.reports.services.printing import report_pdf, report_signer
from xinheng.subjects.models import Subject

PURPOSES = "report_purposes"
GENERAL = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A report as its holder gets it. ``data`` is the signed JSON; ``pdf`` the signed page of the same data."""

    number: str
    check_code: str
    subject_name: str
    issued_at: datetime
    data: bytes
    pdf: bytes


def purpose_of(*, text: str) -> CodeValue:
    """Return the purpose that a code or a title names.

    Raises:
        PurposeUnknown: the catalogue has none.
    """
    purposes = catalogue_current().code_list(PURPOSES)
    found = purposes.value_by_text(text)
    if found is None:
        raise PurposeUnknown(purpose=text, known="、".join(value.label for value in purposes.values))
    return found


def purposes_known() -> tuple[CodeValue, ...]:
    """Return the purposes that reports may be issued for."""
    return catalogue_current().code_list(PURPOSES).values


def purpose_title(*, code: str) -> str:
    """Return what a purpose is called; one that the catalogue no longer has keeps its code."""
    found = catalogue_current().code_list(PURPOSES).value_by_text(code)
    return found.label if found is not None else code


def report_issue(
    *,
    subject: Subject,
    now: datetime,
    actor: str,
    purpose: str = GENERAL,
    batch: str = "",
    check_code: str | None = None,
    with_page: bool = True,
) -> Issued:
    """Issue a report of ``subject`` as of ``now``.

    What is told is what every public door tells at this moment; the publication number read first says as of what. One
    transaction: data, seal, event; a report that was not stored was not issued.

    Args:
        subject: whom it is about; of a merged one the surviving organisation.
        now: the moment of issue, aware.
        actor: who ordered it: an account, a command-line name or ``public``.
        purpose: code or title of the catalogue's ``report_purposes``.
        batch: what makes repeated orders of one batch one report each; empty for a single one.
        check_code: only for a batch, which derives it so that a stopped run gives the same.
        with_page: set the page now; without it ``pdf`` is empty, and the holder gets it by :func:`report_remake`.

    Raises:
        PurposeUnknown: the catalogue has no such purpose.
        SigningKeyMissing: the certificate cannot be used.
    """
    chosen = purpose_of(text=purpose)
    at = now.astimezone(CHINA).replace(microsecond=0)
    code = check_code or check_code_new()
    with transaction.atomic():
        number = _number_free(at)
        known = known_latest()
        facts = facts_today(subject=subject, on_date=at.date())
        issue = _issue(number=number, purpose=chosen, at=at, known_seq=known)
        document = document_of(issue=issue, facts=facts)
        canonical = document_canonical(document)
        data = signed_data(canonical, now=at)
        key = crypto.new_key()
        IssuedReport.objects.create(
            number=number,
            subject=subject,
            purpose=chosen.code,
            issued_at=at,
            actor=actor,
            known_seq=known,
            catalogue_hash=issue.catalogue_hash,
            document_sha256=document_fingerprint(canonical),
            facts_sha256=facts_fingerprint(facts),
            check_digest=check_digest(number=number, check_code=code),
            sealed=crypto.seal(key, data, number.encode()),
            wrapped_key=crypto.wrap_key(key),
            batch=batch,
        )
        event_record(action="reports.report.issued", actor=actor, target=("report", number), at=at, purpose=chosen.code)
    return _issued(document, canonical, data, code, at, with_page=with_page)


def _number_free(at: datetime) -> str:
    """Draw a number that no report has; two who draw the same one at this moment are told apart by the table."""
    while True:
        number = report_number(prefix=settings.XINHENG_SUBMISSION_PREFIX, at=at)
        if not IssuedReport.objects.filter(number=number).exists():
            return number


def report_remake(*, number: str, check_code: str, now: datetime, with_page: bool = True) -> Issued:
    """Give the holder an issued report again: the JSON bit for bit, the page set from it and signed anew.

    ``with_page`` as for :func:`report_issue`.

    Raises:
        ReportNotFound: number and check code do not belong together.
        ReportGone: its content was destroyed at the end of retention.
    """
    report = report_held(number=number, check_code=check_code, with_content=True)
    data = sealed_open(report)
    document = json.loads(data)["report"]
    return _issued(document, document_canonical(document), data, check_code, now, with_page=with_page)


def sealed_open(report: IssuedReport) -> bytes:
    """Return the signed JSON of an issued report.

    Raises:
        ReportGone: its key was destroyed.
    """
    if report.wrapped_key is None:
        raise ReportGone(number=report.number)
    key = crypto.unwrap_key(bytes(report.wrapped_key))
    return crypto.open_sealed(key, bytes(report.sealed), report.number.encode())


def signed_data(canonical: bytes, *, now: datetime) -> bytes:
    """Return the JSON twin: a document, given in its RFC 8785 form, with an Ed25519 signature over that form."""
    return report_signer(now=now).signed_json("report", canonical)


def _issue(*, number: str, purpose: CodeValue, at: datetime, known_seq: int) -> Issue:
    site = settings.XINHENG_SITE
    platform = f"{site['name']} · {site['county']}公共信用信息平台"
    return Issue(
        number=number,
        purpose_code=purpose.code,
        purpose=purpose.label,
        at=at,
        known_seq=known_seq,
        catalogue_hash=catalogue_current().hash,
        issuer=site["organiser"] or f"{site['county']}公共信用信息平台",
        platform=platform,
        is_demo=settings.XINHENG_DEMO,
    )


def _issued(document: Json, canonical: bytes, data: bytes, code: str, now: datetime, *, with_page: bool) -> Issued:
    def page() -> bytes:
        return report_pdf(document=document, fingerprint=document_fingerprint(canonical), check_code=code, now=now)

    return Issued(
        number=document["number"],
        check_code=code,
        subject_name=document["subject"]["name"],
        issued_at=datetime.fromisoformat(document["issued_at"]),
        data=data,
        pdf=page() if with_page else b"",
    )
