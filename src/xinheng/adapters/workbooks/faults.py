"""Why a workbook is not opened: facts only; who reads it puts them into words for its sender."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from python_calamine import CalamineError, PasswordError


class WorkbookFault(Exception):
    """A workbook cannot, or should not, be opened; the base class of every fault here."""


class WorkbookEncrypted(WorkbookFault):
    """It has an opening password."""


class WorkbookUnpacksTooLarge(WorkbookFault):
    """It unpacks to more than the limit, or its package contradicts itself."""


@dataclass(eq=False)
class WorkbookBroken(WorkbookFault):
    """It is damaged, or no workbook; ``reason`` says so in plain Chinese."""

    reason: str


@dataclass(eq=False)
class WorkbookTooWide(WorkbookFault):
    """A sheet reaches ``columns`` columns."""

    columns: int


@dataclass(eq=False)
class WorkbookTooManyCells(WorkbookFault):
    """More cells or rows than the limit; ``limit`` says in Chinese of what how many are read."""

    limit: str


@contextmanager
def reader_faults(reason: str = "工作簿结构损坏") -> Iterator[None]:
    """Turn what the spreadsheet reader raises, its panics too, into a fault.

    A panic of native code arrives as an exception that is no ``Exception``; nothing of the process is harmed by it.

    Raises:
        WorkbookEncrypted, WorkbookBroken: instead of the reader's own.
    """
    try:
        yield
    except PasswordError as error:
        raise WorkbookEncrypted from error
    except CalamineError as error:
        raise WorkbookBroken(reason) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise WorkbookBroken(reason) from error
        raise
