"""``intake check`` of a workbook of 50,000 penalties, every finding written, against python-calamine reading alone.

Both run in processes of their own, start-up included.
"""

from functools import partial

from bench.check import ours, parts, peer
from bench.data import penalty_file
from bench.harness import Row, growth, in_turn
from xinheng.synth.services.files import FileFormat

SIZES = (5_000, 50_000)


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Return the line of 50,000 rows, and the growth from a tenth of it."""
    lines = [_measured(size, repeat=repeat) for size in (SIZES[1:] if quick else SIZES)]
    if len(lines) == len(SIZES):
        lines.append(growth(job="workbook", case="XLSX", small=lines[0], large=lines[1], at_most=11))
    return lines


def _measured(size: int, *, repeat: int) -> Row:
    file = penalty_file(size, form=FileFormat.XLSX)
    ours(file)
    measured = in_turn({"ours": partial(ours, file), "calamine": partial(peer, "calamine", file)}, repeat=repeat)
    is_asked = size == SIZES[-1]
    return Row(
        job="workbook",
        case="XLSX",
        size=f"{size:,} rows",
        ours=measured["ours"].median,
        peer_name="python-calamine reading alone",
        peer=measured["calamine"].median,
        at_most=3 if is_asked else None,
        aim=2 if is_asked else None,
        peak_mib=measured["ours"].peak_mib,
        parts=parts(file),
    )
