"""Memory of a process that goes from one large step to the next: what the C library keeps of it for later.

Every thread has a heap of its own there; after a million rows they would hold hundreds of megabytes that nobody uses.
"""

import ctypes
import platform
from typing import Final

_M_ARENA_MAX: Final = -8
_ARENAS: Final = 2


def heaps_bound() -> None:
    """Let the threads share two heaps (``mallopt(3)``), before they are started. Other C libraries than glibc do without."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def memory_return() -> None:
    """Give back what a finished step leaves behind; costs some milliseconds.

    Arrow's system pool trims the C library's heaps, its default pool those of Arrow's tables.
    """
    import pyarrow as pa  # not needed by every command

    pa.default_memory_pool().release_unused()
    pa.system_memory_pool().release_unused()
