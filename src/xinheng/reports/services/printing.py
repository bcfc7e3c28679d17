"""The page of a report (PDF): set from the signed data and nothing else, then signed itself."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.conf import settings

from xinheng.adapters.signing import CertificateUnusable, OwnSigner, signer
from xinheng.adapters.typesetting import FontsNotBuilt, pdf_of
from xinheng.catalogue.domain import Confidence
from xinheng.kernel.dates import LONG_TERM, chinese_date
from xinheng.publicity.selectors import STALE_DAYS
from xinheng.reports.domain import Json
from xinheng.reports.errors import FontsMissing, SigningKeyMissing

TEMPLATE = Path(__file__).parents[1] / "typst" / "report.typ"
_GROUPED = 4
_LONG = "长期"


def report_signer(*, now: datetime) -> OwnSigner:
    """Return what signs reports.

    Raises:
        SigningKeyMissing: the county's own certificate was named and cannot be used.
    """
    try:
        return signer(now=now)
    except CertificateUnusable as error:
        raise SigningKeyMissing(reason=str(error)) from error


def report_pdf(*, document: Json, fingerprint: str, check_code: str, now: datetime) -> bytes:
    """Return the signed PDF of a document. The same document is always set the same way; the signature differs.

    ``fingerprint`` is the document's (``document_fingerprint``).

    Raises:
        FontsMissing: the fonts were not built.
        SigningKeyMissing: the certificate cannot be used.
    """
    own = report_signer(now=now)
    at = datetime.fromisoformat(document["issued_at"])
    try:
        data = page_data(document=document, fingerprint=fingerprint, check_code=check_code, own=own)
        page = pdf_of(template=TEMPLATE, data=data, at=at)
    except FontsNotBuilt as error:
        raise FontsMissing(folder=settings.XINHENG_FONTS) from error
    return own.pdf(page, reason=f"公共信用信息报告 {document['number']}")


def page_data(*, document: Json, fingerprint: str, check_code: str, own: OwnSigner) -> dict[str, Any]:
    """Return what the template reads: the document, and its days and codes in words."""
    sections = [
        section | {"groups": [group | {"records": [_worded(one) for one in group["records"]]} for group in section["groups"]]}
        for section in document["sections"]
    ]
    link = f"{settings.XINHENG_SITE_URL.rstrip('/')}/verify/?number={document['number']}" if settings.XINHENG_SITE_URL else ""
    return {
        "report": document | {"sections": sections},
        "check_code": check_code,
        "qr": _qr(link or f"{document['number']} {check_code}"),
        "words": {
            "qr": link or document["number"],
            "issued_at": _moment(document["issued_at"]),
            "as_of": f"{_moment(document['issued_at'])}（公示序号{document['as_of']['publication']}）",
            "stale_days": STALE_DAYS,
            "sources": [_source(source) for source in document["sources"]],
            "certificate": own.name,
            "fingerprint": _grouped(own.fingerprint),
            "document": _grouped(fingerprint),
            "verify": f"{link}，输入报告编号和校验码" if link else "在平台“报告核验”页输入报告编号和校验码，或者上传文件",
        },
    }


def _qr(text: str) -> str:
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, border=0, svgclass=None, lineclass=None)
    return out.getvalue().decode()


def _worded(record: Json) -> Json:
    """Return a record with what the page says of it."""
    dispute = record["dispute"]
    display = record["display"]
    facts = [_fact(field) for field in record["fields"]]
    facts += [("作出机关", record["organ"]["name"]), ("决定日期", _day(record["decision_date"]))]
    if not record["adverse"] and (record["valid_from"] or record["valid_to"]):
        facts.append(("有效期", _validity(_day(record["valid_from"]), _day(record["valid_to"]))))
    if record["severity"]:
        facts.append(("等级", record["severity"]["label"] + _tag(record["severity"]["confidence"])))
    if record["withheld"]:
        facts.append(("未公开", f"{'、'.join(record['withheld'])}：来源部门尚未确认脱敏"))
    facts.append(("公示到", f"{_day(display['until'])}（含当日）" if display["until"] else "长期"))
    if display["first_repair_date"]:
        facts.append(("最早可申请修复", _day(display["first_repair_date"])))
    facts.append(("依据", record["basis"]["text"] + _tag(record["basis"]["confidence"])))
    version = record["version"]
    words = {
        "title": record["document_no"] or record["item"]["title"],
        "facts": [pair for pair in dict.fromkeys(facts) if pair[1] and pair[1] != record["document_no"]],
        "dispute": f"{_day(dispute['since'])}提出，最迟核查到{_day(dispute['until'])}；使用前请向来源机关核实。"
        if dispute
        else "",
        "version": f"记录{record['id']} 第{version['number']}版 · 公示序号{version['seq']} · "
        f"批次{record['source']['submission']}第{record['source']['row']}行 · 目录项{version['item']}",
    }
    return record | {"words": words}


def _fact(field: Json) -> tuple[str, str]:
    """Return a field as people read it: an amount is in yuan, so the template's unit leaves the label."""
    if not field["written"]:
        return field["title"], field["value"]
    return field["title"].replace("（万元）", "").replace("(万元)", ""), f"{field['value']}（来文写作“{field['written']}万元”）"


def _validity(start: str, end: str) -> str:
    if not start or not end:
        return f"{start}起" if start else f"到{end}"
    return f"{start}起，长期" if end == _LONG else f"{start}至{end}"


def _tag(confidence: str | None) -> str:
    return f"〔{Confidence(confidence).label}〕" if confidence else ""


def _source(source: Json) -> tuple[str, str, str]:
    last = _day(source["last_reported"]) if source["last_reported"] else "没有报送过"
    return source["organ"], last, "无法判断" if source["cannot_say"] else "可以"


def _day(text: str | None) -> str:
    if not text:
        return ""
    day = date.fromisoformat(text)
    return _LONG if day >= LONG_TERM else chinese_date(day)


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{chinese_date(at.date())}{at:%H:%M}"


def _grouped(hexadecimal: str) -> str:
    return " ".join(hexadecimal[start : start + _GROUPED] for start in range(0, len(hexadecimal), _GROUPED))
