"""Read a register file, row by row: CSV (also gzip) in UTF-8 or GB18030, and workbooks."""

import codecs
import csv
import gzip
import io
import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from python_calamine import CalamineWorkbook, SheetTypeEnum

from xinheng.adapters.workbooks import (
    WorkbookBroken,
    WorkbookEncrypted,
    WorkbookFault,
    WorkbookLimits,
    WorkbookTooManyCells,
    WorkbookTooWide,
    WorkbookUnpacksTooLarge,
    binary_inspect,
    package_inspect,
    reader_faults,
)
from xinheng.subjects.domain.register_columns import RegisterHeader, register_header
from xinheng.subjects.domain.register_values import NumberCell
from xinheng.subjects.errors import RegisterFileTooLarge, RegisterFileUnreadable, RegisterHeaderNotFound

_WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".et"})
_HEADER_ROWS: Final = 20
_LIMIT_MB: Final = 2048
_LIMITS: Final = WorkbookLimits()
_BLOCK: Final = 1 << 20
_LONGEST_CELL: Final = _BLOCK
_ZIP, _OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """A register file whose header was found; ``rows`` yields (row number from 1, cells) after it, once."""

    header: RegisterHeader
    rows: Iterator[tuple[int, Sequence[str]]]
    sheet: str
    encoding: str


def register_table_open(path: Path) -> RegisterTable:
    """Open a register file and find its header under any title rows.

    Raises:
        RegisterFileUnreadable: encrypted, damaged, empty, or no known text encoding.
        RegisterFileTooLarge: more than 2 GB unpacked.
        RegisterHeaderNotFound: no row names a name and a code.
    """
    if not path.is_file():
        raise RegisterFileUnreadable(file_name=path.name, why="没有这个文件")
    if path.stat().st_size == 0:
        raise RegisterFileUnreadable(file_name=path.name, why="文件是空的")
    with path.open("rb") as file:
        start = file.read(4)
    if path.suffix.lower() in _WORKBOOKS or start in {_ZIP, _OLE2}:
        return _workbook(path, start)
    encoding = _text_encoding(path)
    reader = enumerate(_csv_rows(path, encoding), start=1)
    return _with_header(path, reader, sheet="", encoding=encoding)


def _with_header(path: Path, rows: Iterator[tuple[int, Sequence[str]]], *, sheet: str, encoding: str) -> RegisterTable:
    for row_no, cells in rows:
        header = register_header(cells)
        if header is not None:
            return RegisterTable(header=header, rows=rows, sheet=sheet, encoding=encoding)
        if row_no >= _HEADER_ROWS:
            break
    raise RegisterHeaderNotFound(file_name=path.name, rows=_HEADER_ROWS)


def _open_bytes(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def _text_encoding(path: Path) -> str:
    """Return the first encoding in which the whole file is text; read block by block, so any size will do."""
    candidates = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8-sig", "gb18030")}
    unpacked = 0
    try:
        with _open_bytes(path) as file:
            while block := file.read(_BLOCK):
                unpacked += len(block)
                if unpacked > _LIMIT_MB * _BLOCK:
                    raise RegisterFileTooLarge(file_name=path.name, limit_mb=_LIMIT_MB)
                if b"\x00" in block:
                    raise RegisterFileUnreadable(file_name=path.name, why="含有空字节，不是文本表格")
                for name, decoder in list(candidates.items()):
                    try:
                        decoder.decode(block)
                    except UnicodeDecodeError:
                        del candidates[name]
    except (OSError, EOFError, zlib.error) as error:
        raise RegisterFileUnreadable(file_name=path.name, why="压缩文件已损坏") from error
    for name, decoder in list(candidates.items()):
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            del candidates[name]
    if not candidates:
        raise RegisterFileUnreadable(file_name=path.name, why="文字编码既不是 UTF-8 也不是 GB18030")
    return next(iter(candidates))


def _csv_rows(path: Path, encoding: str) -> Iterator[Sequence[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    with _open_bytes(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        try:
            yield from csv.reader(text)
        except csv.Error as error:
            why = f"有单元格超过{_LONGEST_CELL:,}字，多半是少了一个引号"
            raise RegisterFileUnreadable(file_name=path.name, why=why) from error


def _cell_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        return NumberCell(int(value) if math.isfinite(value) and value == int(value) else value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _workbook(path: Path, start: bytes) -> RegisterTable:
    with _told(path), reader_faults("不是可以识别的工作簿，或文件已损坏"):
        if start == _OLE2:
            binary_inspect(path.read_bytes(), limits=_LIMITS)
        elif start == _ZIP:
            package_inspect(path, limits=_LIMITS)
        else:
            raise WorkbookBroken("不是可以识别的工作簿，或文件已损坏")
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheets_metadata:
            if sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            try:
                return _with_header(path, _sheet_rows(path, workbook, sheet.name), sheet=sheet.name, encoding="")
            except RegisterHeaderNotFound:
                continue
    raise RegisterHeaderNotFound(file_name=path.name, rows=_HEADER_ROWS)


def _sheet_rows(path: Path, workbook: CalamineWorkbook, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    with _told(path), reader_faults(f"工作表“{name}”已损坏"):
        for number, row in enumerate(workbook.get_sheet_by_name(name).iter_rows(), start=1):
            yield number, [_cell_text(value) for value in row]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in plain words why a workbook is not opened."""
    try:
        yield
    except WorkbookFault as fault:
        if isinstance(fault, WorkbookUnpacksTooLarge):
            raise RegisterFileTooLarge(file_name=path.name, limit_mb=_LIMITS.unpacked_bytes // _BLOCK) from fault
        raise RegisterFileUnreadable(file_name=path.name, why=_why(fault)) from fault


def _why(fault: WorkbookFault) -> str:
    match fault:
        case WorkbookEncrypted():
            return "工作簿有密码"
        case WorkbookTooWide(columns=columns):
            return f"用到了第{columns:,}列，最多读取{_LIMITS.columns:,}列；请删去最右边误填的单元格"
        case WorkbookTooManyCells(limit=limit):
            return f"行或单元格太多（上限{limit}）；请删去最下边误填的单元格，或分成几份"
        case WorkbookBroken(reason=reason):
            return reason
        case _:
            return "不是可以识别的工作簿，或文件已损坏"
