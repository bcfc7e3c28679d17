"""Department files for tests: invented organisations, invented numbers, every shape that real files have."""

import csv
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.selectors import catalogue_load_from

FOLDER = Path(__file__).resolve().parents[2] / "catalogue"

RESIDENT_ID = "11010519491231002X"
"""The worked example of the standard: it belongs to nobody."""

PENALTY: dict[str, Any] = {
    "CF_XDR_MC": "演示夔门云帆食品有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": "91500236MA00TE5T2K",
    "CF_FRDB": "演示人甲",
    "CF_WSH": "演市监罚字〔2026〕15号",
    "CF_WFXW": "违反食品安全管理规定",
    "CF_SY": "销售超过保质期的食品。",
    "CF_YJ": "《中华人民共和国食品安全法》第一百二十四条",
    "CF_CFLB": "罚款",
    "CF_NR": "罚款人民币二万元",
    "CF_NR_FK": "2",
    "CF_JDRQ": "2026-04-09",
    "CF_YXQ": "2027-04-09",
    "CF_CFJG": "演示县市场监督管理局",
    "CF_CFJGDM": "11500236MB00DEM01X",
    "CF_SJLY": "演示县市场监督管理局",
    "CF_SJLYDM": "11500236MB00DEM01X",
}


@cache
def real_catalogue() -> Catalogue:
    """Return the catalogue of the project, loaded once for all tests."""
    return catalogue_load_from(FOLDER)


def penalty(**changes: Any) -> dict[str, Any]:
    """Return one penalty row by national code, with changes."""
    return PENALTY | changes


def titled(rows: Sequence[dict[str, Any]], *, item_id: str = "administrative_penalty") -> list[list[Any]]:
    """Return ``rows`` as a table under the Chinese labels of the template."""
    fields = real_catalogue().item(item_id).fields
    return [[f.title for f in fields], *([row.get(f.key, "") for f in fields] for row in rows)]


def csv_bytes(table: Sequence[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return ``table`` as text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    return out.getvalue().encode(encoding)


def xlsx_write(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], *, hidden: Sequence[str] = ()) -> Path:
    """Write a workbook; dates become real dates."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy/mm/dd"}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(table):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str) and not cell.startswith("="):
                        sheet.write_string(row, column, cell)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            if name in hidden:
                sheet.hide()
    return path
