"""Words and cells that all outputs share; nothing that leaves may run as a formula."""

import re

from xinheng.catalogue.domain import Confidence
from xinheng.intake.domain import Finding
from xinheng.kernel.spreadsheet_safety import neutralise

HEADINGS = ("工作表", "行", "列", "表中的值", "规则", "处理要求", "问题", "应当是", "怎么改", "依据", "可信度")

WHOLE_FILE = "整份文件"
"""Stands where a row's number would."""

CONFIDENCE_LABELS = {confidence.value: confidence.label for confidence in Confidence}

_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


def finding_cells(finding: Finding) -> tuple[str, ...]:
    """Return one finding as the cells under ``HEADINGS``, safe to open in a spreadsheet program."""
    cells = (
        finding.sheet,
        str(finding.row) if finding.row else WHOLE_FILE,
        finding.column,
        finding.value,
        finding.rule,
        finding.severity.label,
        finding.message,
        finding.expected,
        finding.fix,
        finding.ground,
        CONFIDENCE_LABELS.get(finding.confidence, finding.confidence),
    )
    return tuple(neutralise(cell) for cell in cells)


def sheet_name(wanted: str, *, taken: set[str]) -> str:
    """Return ``wanted`` as a sheet name that spreadsheet programs accept and that no other sheet has; adds it to ``taken``."""
    base = _NOT_IN_SHEET_NAMES.sub(" ", wanted).strip()[:31] or "表"
    name, number = base, 2
    while name.lower() in taken:
        name = f"{base[: 28 - len(str(number))]} ({number})"
        number += 1
    taken.add(name.lower())
    return name
