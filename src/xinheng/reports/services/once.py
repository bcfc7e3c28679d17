"""One report for one order (同一次出具): ordered again, by a second click or a run that had stopped, it is given again."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError

from xinheng.adapters import crypto
from xinheng.reports.domain.naming import check_code_of
from xinheng.reports.models import IssuedReport
from xinheng.reports.services.issue import GENERAL, Issued, report_issue, report_remake
from xinheng.subjects.models import Subject

_CODE_PURPOSE: Final = "reports.batch_check_code"
_TRIES: Final = 3


def report_issue_once(
    *, subject: Subject, order: str, now: datetime, actor: str, purpose: str = GENERAL, with_page: bool = True
) -> Issued:
    """Issue the report of ``subject`` that an order asks for, or give it again where it was issued before.

    ``order`` (1 to 64 characters) is the orderer's own name of it; the other arguments and what is raised are those of
    :func:`report_issue`. Two at the same moment get the same report.
    """
    for left in reversed(range(_TRIES)):
        number = number_of_order(order=order, subject=subject)
        code = check_code_of_order(order=order, subject=subject)
        if number:
            return report_remake(number=number, check_code=code, now=now, with_page=with_page)
        try:
            return report_issue(
                subject=subject, now=now, actor=actor, purpose=purpose, batch=order, check_code=code, with_page=with_page
            )
        except IntegrityError:
            # Somebody else was at the same order; or, once in ten thousand of one second, a number was drawn twice.
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def number_of_order(*, order: str, subject: Subject) -> str:
    """Return the number of the report that was issued for this order, or ``""``."""
    return IssuedReport.objects.filter(batch=order, subject=subject).values_list("number", flat=True).first() or ""


def check_code_of_order(*, order: str, subject: Subject) -> str:
    """Return the check code of the report of an order: made from it, so that it can be given again and is kept nowhere."""
    return check_code_of(crypto.keyed_digest(purpose=_CODE_PURPOSE, content=f"{order}\x00{subject.pk}".encode()))
