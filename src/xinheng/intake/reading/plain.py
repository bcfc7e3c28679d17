"""Read a few named columns of any table, as texts: no template, nothing kept."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from xinheng.adapters.workbooks import binary_inspect, package_inspect
from xinheng.intake.domain import FileKind, Limits
from xinheng.intake.reading.delimited import delimiter_choose, head_rows, sheet_make, text_open
from xinheng.intake.reading.identify import file_identify
from xinheng.intake.reading.labels import label_key
from xinheng.intake.reading.spreadsheet import Workbook, faults_told
from xinheng.intake.reading.tables import RawSheet, source_column

Labels = Mapping[str, Sequence[str]]


def columns_plain(path: Path, *, labels: Labels, limits: Limits | None = None) -> list[dict[str, str]] | None:
    """Return the rows of the first sheet that has the first named column, with the cells of the named columns it has.

    ``labels`` gives each column the headings it may have; the header is looked for in the first rows. ``None`` where no
    sheet has the first of them. Cells of other columns are not handed on.

    Raises:
        FileRefused: one of its subclasses in ``intake.errors`` says why the file cannot be read.
    """
    limits = limits or Limits()
    wanted = {name: {label_key(label) for label in written} for name, written in labels.items()}
    for sheet in _sheets(path, wanted, limits):
        found = _header(sheet.head, wanted)
        if found is not None:
            header_row, places = found
            width = max(places.values()) + 1
            columns = {name: source_column(index) for name, index in places.items()}
            table = sheet.frame(width, header_row + 2).select(**columns).fill_null("")
            return [row for row in table.iter_rows(named=True) if any(row.values())]
    return None


def _sheets(path: Path, wanted: Mapping[str, set[str]], limits: Limits) -> Iterator[RawSheet]:
    facts = file_identify(path, limits=limits)
    if facts.kind is FileKind.CSV:
        text = text_open(path, encoding=facts.encoding or "utf-8")

        def score(rows: list[list[str]]) -> int:
            found = _header(rows, wanted)
            return 0 if found is None else len(found[1])

        delimiter = delimiter_choose(text, rows=limits.header_rows, score=score)
        head = head_rows(text, delimiter=delimiter, rows=limits.header_rows)
        yield sheet_make(text, delimiter=delimiter, head=head, limits=limits)
        return
    data = path.read_bytes()
    with faults_told(path, limits=limits):
        if facts.kind is FileKind.XLSX:
            package_inspect(path, limits=limits)
        else:
            binary_inspect(data, limits=limits)
    yield from Workbook(path, data, limits=limits).sheets()


def _header(rows: Sequence[Sequence[str]], wanted: Mapping[str, set[str]]) -> tuple[int, dict[str, int]] | None:
    """Return the index of the header's row and where the named columns stand, if the first of them is there."""
    first = next(iter(wanted))
    for number, row in enumerate(rows):
        keys = [label_key(cell) for cell in row]
        places = {
            name: next(index for index, key in enumerate(keys) if key in written)
            for name, written in wanted.items()
            if written & set(keys)
        }
        if first in places:
            return number, places
    return None
