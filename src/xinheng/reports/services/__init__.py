"""Issue, print, make again, verify: the public face of reports for commands and pages."""

from xinheng.reports.services.batch import BatchResult, reports_issue_batch
from xinheng.reports.services.issue import GENERAL, Issued, purpose_title, purposes_known, report_issue, report_remake
from xinheng.reports.services.once import report_issue_once
from xinheng.reports.services.retention import report_key_destroy, report_keys_destroy
from xinheng.reports.services.verifying import manifest_verify, report_verify, trust_file, verifier_file

__all__ = [
    "GENERAL",
    "BatchResult",
    "Issued",
    "manifest_verify",
    "purpose_title",
    "purposes_known",
    "report_issue",
    "report_issue_once",
    "report_key_destroy",
    "report_keys_destroy",
    "report_remake",
    "report_verify",
    "reports_issue_batch",
    "trust_file",
    "verifier_file",
]
