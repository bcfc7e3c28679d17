"""Whether the reader survives an old binary workbook: asked in a process of its own, which may die of it.

A damaged XLS can claim such lengths that the reader's native code asks for more memory than there is and aborts the
process; no exception tells of it. Found by mutated files: about one in three hundred that were otherwise let through.
"""

import subprocess
import sys
from typing import Final

from xinheng.adapters.workbooks.faults import WorkbookBroken

_MEMORY: Final = 4 * 2**30
_SECONDS: Final = 120
# Ordinary faults are left to the caller's own opening, which tells them apart.
_PROGRAM: Final = f"""
import io, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
from python_calamine import CalamineWorkbook
try:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for number in range(len(book.sheet_names)):
        book.get_sheet_by_index(number)
except BaseException:
    pass
"""


def reader_survives(data: bytes) -> None:
    """Open the workbook and its sheets in another process (about a tenth of a second).

    Raises:
        WorkbookBroken: that process died, or took longer than two minutes.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _PROGRAM], input=data, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookBroken("XLS 结构损坏，读不到头") from error
    if done.returncode < 0:
        raise WorkbookBroken("XLS 结构损坏，声称的内容大得读不下")
