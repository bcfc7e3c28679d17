"""What the verification page says of a report: genuine, altered, genuine but overtaken, unknown (four answers, in words)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xinheng.adapters.clock import CHINA
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Fact, Outcome, VerifyPage
from xinheng.reports.errors import ReportNotFound
from xinheng.reports.selectors import report_held, standing_of
from xinheng.reports.services import purpose_title, report_verify

if TYPE_CHECKING:
    from datetime import date, datetime

    from xinheng.reports.models import IssuedReport

NOTHING_ASKED: Final = VerifyPage(outcome=Outcome.NOT_ASKED, heading="核验信用报告", text="")


def by_number(*, number: str, check_code: str, on_date: date) -> VerifyPage:
    """Return what is to be said of a report whose number and check code a reader typed; never what stands in it."""
    try:
        report = report_held(number=number, check_code=check_code)
    except ReportNotFound as error:
        return VerifyPage(outcome=Outcome.UNKNOWN, heading="没有这个编号", text=str(error), number=number)
    return _standing(report, on_date=on_date)


def by_file(*, content: bytes, now: datetime) -> VerifyPage:
    """Return what is to be said of an uploaded file. It is compared and forgotten."""
    verdict = report_verify(content=content, now=now)
    if verdict.genuine:
        facts = tuple(Fact(label, value) for label, value in verdict.facts)
        more = "签名完好。要知道出具之后数据有没有变化，请再用报告首页的编号和校验码核验。"
        return VerifyPage(
            outcome=Outcome.GENUINE, heading="报告真实，内容没有改动", text=more, facts=facts, number=verdict.number
        )
    if verdict.is_report:
        return VerifyPage(outcome=Outcome.ALTERED, heading="内容与出具时不一致，不要采用", text=verdict.reason)
    return VerifyPage(outcome=Outcome.UNKNOWN, heading="这不是可以核验的报告文件", text=verdict.reason)


def _standing(report: IssuedReport, *, on_date: date) -> VerifyPage:
    standing = standing_of(report=report, on_date=on_date)
    at = report.issued_at.astimezone(CHINA)
    issued = f"{chinese_date(at.date())}{at:%H:%M}"
    facts = (
        Fact("报告编号", report.number),
        Fact("单位", standing.subject_name),
        Fact("用途", purpose_title(code=report.purpose)),
        Fact("出具时间", issued),
        Fact("公示序号", str(report.known_seq)),
        Fact("数据指纹", report.document_sha256, "与报告末页“电子签名”栏的数据指纹相同，才是这份报告"),
    )
    if standing.changed:
        text = f"{issued}出具时内容正确；之后数据有更新。需要最新情况的，请持有人重新出具一份。"
        return VerifyPage(
            outcome=Outcome.CHANGED, heading="报告真实，但出具后数据有变化", text=text, facts=facts, number=report.number
        )
    text = "出具之后数据没有变化。请对照手中报告的单位名称和数据指纹。"
    return VerifyPage(
        outcome=Outcome.GENUINE, heading="报告真实，之后数据没有变化", text=text, facts=facts, number=report.number
    )
