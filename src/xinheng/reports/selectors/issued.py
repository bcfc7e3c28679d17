"""Issued reports: who holds one, and whether it still says what one issued today would say."""

import hmac
from dataclasses import dataclass
from datetime import date

from xinheng.adapters.crypto import keyed_digest
from xinheng.reports.domain import check_code_read
from xinheng.reports.errors import ReportNotFound
from xinheng.reports.models import IssuedReport
from xinheng.reports.selectors.content import facts_today
from xinheng.reports.selectors.fingerprints import facts_fingerprint
from xinheng.subjects.selectors import subject_get

CHECK_PURPOSE = "reports.check_code"
_CONTENT = ("sealed", "wrapped_key", "actor", "batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A genuine report seen from today. ``changed``: a report made today would say something else."""

    report: IssuedReport
    subject_name: str
    changed: bool


def check_digest(*, number: str, check_code: str) -> bytes:
    """Return what is kept of a check code, so that nobody who reads the table can use it."""
    return keyed_digest(purpose=CHECK_PURPOSE, content=f"{number}\x00{check_code}".encode())


def report_held(*, number: str, check_code: str, with_content: bool = False) -> IssuedReport:
    """Return the report of which the caller has number and check code.

    Content and key are left where they are unless asked for: whoever verifies learns that the report stands, and the role of
    the public doors may read no more.

    Raises:
        ReportNotFound: no such report, or another code; nobody learns which.
    """
    wanted = number.strip().upper()
    given = check_digest(number=wanted, check_code=check_code_read(check_code))
    reports = IssuedReport.objects.select_related("subject").defer(*(() if with_content else _CONTENT))
    report = reports.filter(number=wanted).first()
    if report is None or not hmac.compare_digest(bytes(report.check_digest), given):
        raise ReportNotFound
    return report


def standing_of(*, report: IssuedReport, on_date: date) -> Standing:
    """Return whether the data have changed since ``report`` was issued; it was right then in either case."""
    subject = subject_get(subject_id=report.subject_id) or report.subject
    now = facts_fingerprint(facts_today(subject=subject, on_date=on_date))
    return Standing(report=report, subject_name=subject.name, changed=now != report.facts_sha256)
