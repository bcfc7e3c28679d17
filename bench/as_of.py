"""The file of one organisation as it was known and valid on an earlier day, against the current projection."""

import random
import statistics
from datetime import date
from typing import Final

from bench.harness import Row, growth
from bench.register_rows import register_database
from bench.search import ASKED, SIZES, Case, _in_turn, _p95
from bench.server import BenchServer

VALID: Final = date(2026, 3, 1)


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure at 10⁵ and 10⁶ records (``quick``: 10⁵), of which every tenth was corrected once."""
    server = BenchServer.start()
    rows = [_at(server, count, repeat) for count in (SIZES[:1] if quick else SIZES)]
    if len(rows) > 1:
        rows.append(growth(job="as_of", case=rows[0].case, small=rows[0], large=rows[1], at_most=1.5))
    server.stop()
    return rows


def _at(server: BenchServer, count: int, repeat: int) -> Row:
    from xinheng.records.selectors import known_latest, records_as_of, records_current

    with register_database(server, count).in_django():
        known = known_latest() - count // 20

        def as_of(text: str) -> object:
            return list(records_as_of(valid=VALID, known=known).filter(subject_id=int(text)))

        def current(text: str) -> object:
            return list(records_current().filter(subject_id=int(text)))

        draws = random.Random(count)
        subjects = [str(1 + draws.randrange(count // 20) * 20) for _ in range(ASKED)]
        ours, peer = Case("as of", subjects, as_of, 3, None), Case("current", subjects, current, None, None)
        asked = _in_turn([ours, peer], repeat)
    return Row(
        job="as_of",
        case="one organisation's file of ten records",
        size=f"{count:,} records",
        ours=statistics.median(asked["as of"].whole),
        peer_name="the current projection",
        peer=statistics.median(asked["current"].whole),
        at_most=3,
        note=f"p95 {_p95(asked['as of'].whole) * 1000:.2f} ms",
        parts={"SQL as of": statistics.median(asked["as of"].sql), "SQL current": statistics.median(asked["current"].sql)},
    )
