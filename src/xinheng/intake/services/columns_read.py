"""Named columns of a table from outside, for comparing: read with every guard of the intake reader, and not kept."""

from pathlib import Path

from xinheng.intake.reading import columns_plain
from xinheng.intake.reading.plain import Labels


def columns_read(*, path: Path, labels: Labels) -> list[dict[str, str]] | None:
    """Return rows of the named columns; ``labels`` gives each the headings it may have, the first one must be there.

    ``None`` where no sheet has it.

    Raises:
        FileRefused: the file cannot be read.
    """
    return columns_plain(path, labels=labels)
