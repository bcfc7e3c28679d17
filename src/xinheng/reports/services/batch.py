"""Many reports by one command (批量出具): as many processes as processors, and a stopped run goes on where it stopped."""

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xinheng.adapters.processes import process_pool
from xinheng.adapters.storage import write_atomically
from xinheng.kernel.errors import DomainError
from xinheng.reports.errors import BatchUnreadable
from xinheng.reports.selectors import subject_found
from xinheng.reports.services.issue import GENERAL, Issued
from xinheng.reports.services.once import check_code_of_order, number_of_order, report_issue_once

LIST_NAME = "清单.csv"
_PORTION = 25
_BATCH_LENGTH = 32
_HEAD = ("代码", "单位", "报告编号", "校验码", "文件", "说明")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """What became of one code of a batch."""

    code: str
    name: str = ""
    number: str = ""
    check_code: str = ""
    file: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """A finished batch: its lines in the order of the file, and where the list of them stands."""

    lines: tuple[BatchLine, ...]
    list_path: Path

    @property
    def issued(self) -> int:
        """Return how many reports there are."""
        return sum(not line.problem for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Order:
    batch: str
    out: Path
    now: datetime
    actor: str
    purpose: str


def reports_issue_batch(
    *,
    path: Path,
    out: Path,
    now: datetime,
    actor: str,
    purpose: str = GENERAL,
    workers: int | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Issue a report for every code of a file into the folder ``out``, with a list of numbers and check codes.

    Run again with the same file, purpose and folder, it finishes what is missing: a code that has its report in this batch gets
    that one again, never a second one.

    Args:
        path: one code a line, or CSV whose first column is the code (UTF-8; a header is recognised).
        out: where PDF, JSON and the list go; made when missing.
        now: the moment of issue of what is issued in this run.
        actor: who ordered it.
        purpose: code or title of a purpose.
        workers: processes; by default one per processor.
        tell: called with (done, all) as portions come back.

    Raises:
        BatchUnreadable: the file has no code in it.
    """
    codes = _codes(path)
    out.mkdir(parents=True, exist_ok=True)
    named = "\n".join([purpose, str(out.resolve()), *codes])
    batch = hashlib.sha256(named.encode()).hexdigest()[:_BATCH_LENGTH]
    order = _Order(batch, out, now, actor, purpose)
    portions = [codes[start : start + _PORTION] for start in range(0, len(codes), _PORTION)]
    lines: dict[str, BatchLine] = {}
    for found in _made(portions, order, workers or os.cpu_count() or 1):
        lines |= {line.code: line for line in found}
        if tell is not None:
            tell(len(lines), len(codes))
    ordered = tuple(lines[code] for code in codes)
    list_path = out / LIST_NAME
    write_atomically(list_path, _list(ordered))
    return BatchResult(lines=ordered, list_path=list_path)


def _made(portions: Sequence[Sequence[str]], order: _Order, workers: int) -> Iterator[list[BatchLine]]:
    if workers == 1 or len(portions) == 1:
        for portion in portions:
            yield _portion(portion, order)
        return
    with process_pool(min(workers, len(portions))) as pool:
        waiting = [pool.submit(_portion, portion, order) for portion in portions]
        for done in as_completed(waiting):
            yield done.result()


def _portion(codes: Sequence[str], order: _Order) -> list[BatchLine]:
    return [_line(code, order) for code in codes]


def _line(code: str, order: _Order) -> BatchLine:
    try:
        subject = subject_found(text=code)
        before = number_of_order(order=order.batch, subject=subject)
        if before and (order.out / f"{before}.pdf").exists():
            return _told(code, subject.name, before, check_code_of_order(order=order.batch, subject=subject))
        made = report_issue_once(subject=subject, order=order.batch, now=order.now, actor=order.actor, purpose=order.purpose)
        _write(made, order.out)
        return _told(code, made.subject_name, made.number, made.check_code)
    except DomainError as error:
        return BatchLine(code=code, problem=str(error))


def _write(made: Issued, out: Path) -> None:
    # The page last: where it is, the data are too.
    write_atomically(out / f"{made.number}.json", made.data)
    write_atomically(out / f"{made.number}.pdf", made.pdf)


def _told(code: str, name: str, number: str, check_code: str) -> BatchLine:
    return BatchLine(code=code, name=name, number=number, check_code=check_code, file=f"{number}.pdf")


def _codes(path: Path) -> list[str]:
    """Return the codes of a file, each once, in its order."""
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    cells = [row[0].strip() for row in rows if row and row[0].strip()]
    if cells and not any(character.isdigit() for character in cells[0]):
        cells = cells[1:]
    codes = list(dict.fromkeys(cells))
    if not codes:
        raise BatchUnreadable(file=path.name)
    return codes


def _list(lines: Sequence[BatchLine]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    writer.writerows((line.code, line.name, line.number, line.check_code, line.file, line.problem) for line in lines)
    return text.getvalue().encode("utf-8-sig")
