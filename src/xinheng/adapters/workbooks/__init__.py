"""Workbooks from outside: looked through before any library opens them, and the library's faults in one form."""

from xinheng.adapters.workbooks.compound import BinaryFacts, binary_inspect
from xinheng.adapters.workbooks.faults import (
    WorkbookBroken,
    WorkbookEncrypted,
    WorkbookFault,
    WorkbookTooManyCells,
    WorkbookTooWide,
    WorkbookUnpacksTooLarge,
    reader_faults,
)
from xinheng.adapters.workbooks.limits import WorkbookLimits
from xinheng.adapters.workbooks.package import PackageFacts, package_inspect

__all__ = [
    "BinaryFacts",
    "PackageFacts",
    "WorkbookBroken",
    "WorkbookEncrypted",
    "WorkbookFault",
    "WorkbookLimits",
    "WorkbookTooManyCells",
    "WorkbookTooWide",
    "WorkbookUnpacksTooLarge",
    "binary_inspect",
    "package_inspect",
    "reader_faults",
]
