"""Write what goes back to a department: templates, marked workbooks, lists of findings."""

from xinheng.intake.workbooks.exports import ExportFormat, finding_record, finding_text, findings_export
from xinheng.intake.workbooks.marked import MARKED_FINDINGS, MarkedWorkbook, marked_workbook_write
from xinheng.intake.workbooks.table import findings_csv_write
from xinheng.intake.workbooks.templates import field_hint, template_write

__all__ = [
    "MARKED_FINDINGS",
    "ExportFormat",
    "MarkedWorkbook",
    "field_hint",
    "finding_record",
    "finding_text",
    "findings_csv_write",
    "findings_export",
    "marked_workbook_write",
    "template_write",
]
