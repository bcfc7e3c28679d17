"""The open API's part of reports: is this one genuine? What is sent is compared and forgotten, and is in no address."""

from typing import Any

from django.http import HttpRequest
from ninja import File, Router, UploadedFile

from xinheng.adapters import clock
from xinheng.publicity.schemas import problems
from xinheng.reports import schemas
from xinheng.reports.errors import ReportFileTooLarge, ReportNotFound
from xinheng.reports.selectors import report_held, standing_of
from xinheng.reports.services import report_verify

LARGEST_FILE = 20 * 2**20
_ENGLISH = {
    "GENUINE": "Genuine: as it was issued.",
    "CHANGED": "Genuine and right when it was issued; newer data exist.",
    "ALTERED": "Do not use it: it is not as it was issued.",
    "UNKNOWN": "No report of this platform, or number and check code do not belong together.",
}

router = Router(tags=["reports"])


@router.post(
    "/reports/verification/number",
    response=schemas.VerdictOut,
    summary="Verify a report by number and check code",
    openapi_extra=problems(400),
)
def verify_number(request: HttpRequest, asked: schemas.NumberIn) -> dict[str, Any]:
    """Return whether the report was issued here, and whether one issued today would say something else."""
    del request
    try:
        report = report_held(number=asked.number, check_code=asked.check_code)
    except ReportNotFound as error:
        return _verdict("UNKNOWN", str(error))
    standing = standing_of(report=report, on_date=clock.today())
    text = "报告真实，但出具后数据有变化。" if standing.changed else "报告真实，之后数据没有变化。"
    facts = (
        ("单位", standing.subject_name),
        ("出具时间", report.issued_at.astimezone(clock.CHINA).isoformat()),
        ("公示序号", str(report.known_seq)),
        ("数据指纹", report.document_sha256),
    )
    return _verdict("CHANGED" if standing.changed else "GENUINE", text, number=report.number, facts=facts)


@router.post(
    "/reports/verification/file",
    response=schemas.VerdictOut,
    summary="Verify a report by its file (PDF or JSON)",
    openapi_extra=problems(400),
)
def verify_file(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Return whether the file is as it was issued; the signature alone is judged, ask by number whether data have changed."""
    del request
    if (file.size or 0) > LARGEST_FILE:
        raise ReportFileTooLarge(limit=LARGEST_FILE // 2**20)
    verdict = report_verify(content=file.read(), now=clock.now())
    if verdict.genuine:
        return _verdict("GENUINE", verdict.reason, number=verdict.number, facts=verdict.facts)
    return _verdict("ALTERED" if verdict.is_report else "UNKNOWN", verdict.reason)


def _verdict(answer: str, text: str, *, number: str = "", facts: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    told = [{"label": label, "value": value} for label, value in facts]
    return {"answer": answer, "text": text, "text_en": _ENGLISH[answer], "number": number, "facts": told}
