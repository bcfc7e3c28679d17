"""One signed report against setting and signing it alone and against WeasyPrint; a batch against as many single ones.

The organisations have three records each; a report of one is two to three pages. Setting and signing alone takes the data
as they are, ready for the template, each time another organisation's. WeasyPrint sets the same words in the same fonts (``bench/report_page.py``) and is
signed the same way. The batch is the command's own function with one process per processor.
"""

import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from bench.data import ON_DATE
from bench.harness import Row, in_turn, timed
from bench.pages import SIZES
from bench.pages_rows import pages_database
from bench.server import BenchServer, Database

BATCH: Final = 500
BATCH_QUICK: Final = 100
SINGLE: Final = 20


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure on a register of 10⁵ organisations; the batch is of 500 (``quick``: 100)."""
    server = BenchServer.start()
    database = pages_database(server, SIZES[0])
    with server.copy_of(database) as copied, copied.in_django(), _for_children(copied):
        rows = [*_one(repeat), _batch(copied, BATCH_QUICK if quick else BATCH, repeat)]
    server.stop()
    return rows


@contextmanager
def _for_children(database: Database) -> Iterator[None]:
    """Have the processes of a batch find the database: they start anew, with this one's environment."""
    before = dict(os.environ)
    os.environ.update(database.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _now() -> datetime:
    from xinheng.adapters.clock import CHINA

    return datetime.combine(ON_DATE, time(10, 30), CHINA)


def _one(repeat: int) -> list[Row]:
    from django.conf import settings

    from bench.report_page import ReportPage
    from xinheng.adapters.typesetting import pdf_of
    from xinheng.reports.selectors.fingerprints import document_canonical, document_fingerprint
    from xinheng.reports.services import report_issue
    from xinheng.reports.services.printing import TEMPLATE, page_data, report_signer
    from xinheng.subjects.models import Subject

    now = _now()
    own = report_signer(now=now)
    subjects = Subject.objects.exclude(kind="SOLE_TRADER").order_by("pk")
    # Every call sets a report that was never set before: Typst remembers what it has set, and orders are not repeated.
    ordered = iter(subjects[100 : 100 + SINGLE * (repeat + 1)])

    def data_of(subject: Subject) -> dict[str, Any]:
        made = report_issue(subject=subject, now=now, actor="bench", with_page=False)
        document = json.loads(made.data)["report"]
        fingerprint = document_fingerprint(document_canonical(document))
        return page_data(document=document, fingerprint=fingerprint, check_code=made.check_code, own=own)

    pages = iter([data_of(subject) for subject in subjects[1000 : 1000 + (SINGLE + 3) * (repeat + 1)]])
    peer = ReportPage(Path(settings.XINHENG_FONTS))

    def ours() -> object:
        return report_issue(subject=next(ordered), now=now, actor="bench")

    def alone() -> object:
        return own.pdf(pdf_of(template=TEMPLATE, data=next(pages), at=now), reason="测量")

    def weasyprint() -> object:
        return own.pdf(peer.pdf(next(pages)), reason="测量")

    def several(call: Callable[[], object], times: int) -> Callable[[], float]:
        return lambda: statistics.median(timed(call) for _ in range(times))

    things = {"report": several(ours, SINGLE), "alone": several(alone, SINGLE), "weasyprint": several(weasyprint, 3)}
    for call in (ours, alone, weasyprint):
        call()  # fonts and template are read once
    found = in_turn(things, repeat=repeat)
    ours_median = found["report"].median
    against = (("Typst and signing alone", "alone", 2.0, None), ("WeasyPrint and signing", "weasyprint", None, 4.0))
    return [
        Row(
            job="reports",
            case="one signed report, data to files",
            size="3 records",
            ours=ours_median,
            peer_name=name,
            peer=found[key].median,
            at_most=at_most,
            at_least=at_least,
        )
        for name, key, at_most, at_least in against
    ]


def _batch(database: Database, count: int, repeat: int) -> Row:
    from xinheng.reports.services import report_issue, reports_issue_batch
    from xinheng.subjects.models import Subject

    now = _now()
    subjects = list(Subject.objects.exclude(kind="SOLE_TRADER").order_by("-pk")[: count + 50])
    folder = Path(tempfile.mkdtemp(dir=database.var))
    codes = folder / "codes.csv"
    codes.write_text("\n".join(str(subject.uscc) for subject in subjects[:count]), encoding="utf-8")
    turn = iter(range(repeat))

    def batch() -> float:
        out = folder / f"out-{next(turn)}"
        spent = timed(lambda: reports_issue_batch(path=codes, out=out, now=now, actor="bench"))
        written = len(list(out.glob("*.pdf")))
        if written != count:
            raise RuntimeError(f"{written} of {count} reports were written")
        return spent

    def single() -> float:
        def one() -> None:
            made = report_issue(subject=subjects[count], now=now, actor="bench")
            (folder / f"{made.number}.pdf").write_bytes(made.pdf)
            (folder / f"{made.number}.json").write_bytes(made.data)

        return statistics.median(timed(one) for _ in range(SINGLE)) * count

    found = in_turn({"batch": batch, "single": single}, repeat=repeat)
    shutil.rmtree(folder)
    return Row(
        job="reports",
        case=f"{count} reports in a batch",
        size="3 records",
        ours=found["batch"].median,
        peer_name=f"one report × {count}",
        peer=found["single"].median,
        at_most=0.75,
        note=f"{count / found['batch'].median:.0f} a second",
    )
