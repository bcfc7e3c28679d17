"""Read a register file, row by row: CSV (also gzip) in UTF-8 or GB18030, and workbooks."""

import codecs
import csv
import gzip
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook

from xinheng.subjects.domain.register_columns import RegisterHeader, register_header
from xinheng.subjects.domain.register_values import NumberCell
from xinheng.subjects.errors import RegisterFileTooLarge, RegisterFileUnreadable, RegisterHeaderNotFound

_WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".et"})
_HEADER_ROWS: Final = 20
_LIMIT_MB: Final = 2048
_BLOCK: Final = 1 << 20


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
    if path.suffix.lower() in _WORKBOOKS:
        return _workbook(path)
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
    except (OSError, EOFError) as error:
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
    csv.field_size_limit(_BLOCK)
    with _open_bytes(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        try:
            yield from csv.reader(text)
        except csv.Error as error:
            raise RegisterFileUnreadable(file_name=path.name, why=f"表格分隔有误（{error}）") from error


def _cell_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        return NumberCell(int(value) if value == int(value) else value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _workbook(path: Path) -> RegisterTable:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _LIMIT_MB * _BLOCK:
                raise RegisterFileTooLarge(file_name=path.name, limit_mb=_LIMIT_MB)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            rows = enumerate(([_cell_text(value) for value in row] for row in sheet.iter_rows()), start=1)
            try:
                return _with_header(path, rows, sheet=name, encoding="")
            except RegisterHeaderNotFound:
                continue
    except (CalamineError, OSError, ValueError) as error:
        why = "工作簿有密码" if "password" in str(error).lower() else "不是可以识别的工作簿，或文件已损坏"
        raise RegisterFileUnreadable(file_name=path.name, why=why) from error
    raise RegisterHeaderNotFound(file_name=path.name, rows=_HEADER_ROWS)
