"""The page of a report set by WeasyPrint: the same words from the same data in the same fonts, as PDF/A-2b."""

from html import escape
from pathlib import Path
from typing import Any, Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

_STYLE: Final = """
@page { size: A4; margin: 20mm 20mm 22mm;
  @top-left { content: "NAME"; font-size: 8pt } @top-right { content: "报告编号 NUMBER"; font-size: 8pt }
  @bottom-left { content: "数据截至 AS_OF"; font-size: 8pt; color: #55606c }
  @bottom-right { content: "第 " counter(page) " 页，共 " counter(pages) " 页"; font-size: 8pt; color: #55606c } }
@page :first { @top-left { content: none } @top-right { content: none } }
html { font: 9.5pt/1.7 "Report"; color: #1c2733 }
h1 { font-size: 21pt } h2 { font-size: 12.5pt; break-after: avoid } h3 { font-size: 10.5pt; break-after: avoid }
.note { font-size: 8.5pt; color: #55606c } .qr { float: right; width: 24mm; height: 24mm }
.party { background: #f3f6f9; padding: 5mm; border-radius: 2pt } .record { border: 0.4pt solid #c9d1d9; border-radius: 2pt; padding: 4mm; margin: 2mm 0 }
.dispute { border: 0.8pt solid #1c2733; padding: 2mm } .signature { border: 0.8pt solid #1c2733; padding: 5mm; break-inside: avoid }
dl { display: grid; grid-template-columns: 34mm 1fr; gap: 0.65em 4mm; margin: 0 } dt { color: #55606c } dd { margin: 0 }
.summary { display: grid; grid-template-columns: repeat(4, 1fr); gap: 3mm } .summary div { border: 0.4pt solid #c9d1d9; padding: 3mm }
table { width: 100%; border-collapse: collapse } td, th { border: 0.4pt solid #c9d1d9; padding: 1.8mm 3mm; text-align: left }
"""
_FACES: Final = "".join(
    f'@font-face {{ font-family: "Report"; font-weight: {weight}; src: url("{{folder}}/NotoSansSC_{name}.ttf") }}\n'
    for weight, name in ((400, "400Regular"), (700, "700Bold"))
)


class ReportPage:
    """Sets reports in the fonts of a folder; the fonts are read once, as ours are."""

    def __init__(self, fonts: Path) -> None:
        self._fonts = FontConfiguration()
        faces = _FACES.replace("{folder}", fonts.resolve().as_uri()).replace("{{", "{").replace("}}", "}")
        self._faces = CSS(string=faces, font_config=self._fonts)

    def pdf(self, data: dict[str, Any]) -> bytes:
        """Return the PDF/A-2b of what the Typst template would read."""
        report, words = data["report"], data["words"]
        style = _STYLE.replace("AS_OF", words["as_of"]).replace("NAME", report["subject"]["name"])
        sheet = CSS(string=style.replace("NUMBER", report["number"]), font_config=self._fonts)
        made = HTML(string=_html(data)).write_pdf(
            stylesheets=[self._faces, sheet], font_config=self._fonts, pdf_variant="pdf/a-2b"
        )
        assert isinstance(made, bytes)
        return made


def _html(data: dict[str, Any]) -> str:
    report, words = data["report"], data["words"]
    party = report["subject"]
    head = (
        ("报告编号", report["number"]), ("校验码", data["check_code"]), ("出具时间", words["issued_at"]),
        ("数据截至", words["as_of"]), ("出具单位", report["issuer"]), ("目录版本", report["as_of"]["catalogue"][:16]),
    )  # fmt: skip
    signature = (
        ("签名单位", report["issuer"]), ("签名证书", words["certificate"]), ("证书指纹", words["fingerprint"]),
        ("数据指纹", words["document"]),
    )  # fmt: skip
    parts = [
        f'<html lang="zh-CN"><title>公共信用信息报告 {report["number"]}</title><div class="qr">{data["qr"]}</div>',
        _note(report["platform"]),
        "<h1>公共信用信息报告</h1>",
        _note(f"报告版本 {report['report_version']}　用途：{report['purpose']['title']}"),
        f'<div class="party"><strong>{escape(party["name"])}</strong><p>{party["code"]}　{party["kind"]}　{party["status"]}</p>',
        _pairs(head),
        '</div><h2>信息概览</h2><div class="summary">',
        *(f"<div>{_note(one['title'])}<strong>{one['count']}</strong></div>" for one in report["summary"]),
        "</div>",
        *(_note(f"· {line}") for line in report["notes"]),
        *(_section(section) for section in report["sections"]),
        "<h2>来源与更新</h2><table><tr><th>来源部门<th>最近报送<th>能否判断</tr>",
        *("<tr>" + "".join(f"<td>{escape(cell)}" for cell in source) + "</tr>" for source in words["sources"]),
        '</table><div class="signature"><strong>电子签名</strong>',
        _pairs(signature),
        _note(f"本报告以数字证书签名，任何改动都会使签名失效；不加盖印章。核验：{words['verify']}"),
        "</div></html>",
    ]
    return "".join(parts)


def _section(section: dict[str, Any]) -> str:
    parts = [f"<h2>{section['number']}、{section['title']}</h2>"]
    parts.append(_pairs([(line["label"], line["value"]) for line in section["lines"]]) + _note(section["note"]))
    for group in section["groups"]:
        if group["records"]:
            parts.append(f"<h3>{group['title']}（{len(group['records'])}条）</h3>")
            parts += [_record(record["words"]) for record in group["records"]]
    return "".join(parts)


def _record(words: dict[str, Any]) -> str:
    dispute = f'<p class="dispute"><strong>有异议，核查中</strong>：{escape(words["dispute"])}</p>' if words["dispute"] else ""
    inside = f"<strong>{escape(words['title'])}</strong>{_pairs(words['facts'])}{_note(words['version'])}"
    return f'<div class="record">{dispute}{inside}</div>'


def _pairs(pairs: Any) -> str:
    return "<dl>" + "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in pairs) + "</dl>"


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>' if text else ""
