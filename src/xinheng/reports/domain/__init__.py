"""What a report says and how it is named: plain values, no Django, no clock."""

from xinheng.reports.domain.document import Issue, Json, Party, document_of, facts_of
from xinheng.reports.domain.naming import check_code_new, check_code_read, report_number
from xinheng.reports.domain.sections import SECTIONS, Section, section_of

__all__ = [
    "SECTIONS",
    "Issue",
    "Json",
    "Party",
    "Section",
    "check_code_new",
    "check_code_read",
    "document_of",
    "facts_of",
    "report_number",
    "section_of",
]
