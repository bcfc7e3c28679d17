"""How much of a workbook we are ready to open."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookLimits:
    """Bytes, columns and cells. A cell costs room from the first to the last that is used, empty ones between them too.

    Together they keep a process that reads a workbook below the bound that docs/unbreakable.md states.
    """

    unpacked_bytes: int = 512 * 1024 * 1024
    text_bytes: int = 256 * 1024 * 1024
    package_ratio: int = 500
    package_entries: int = 5_000
    columns: int = 300
    cells: int = 12_000_000
