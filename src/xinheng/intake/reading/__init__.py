"""Read a department's file (XLSX, XLS, CSV) into one cleaned, masked table; read it again to mark it."""

from xinheng.intake.reading.amending import amended_write, findings_left, original_amended
from xinheng.intake.reading.labels import label_key
from xinheng.intake.reading.landing import land
from xinheng.intake.reading.original import OriginalSheet, original_read
from xinheng.intake.reading.plain import columns_plain
from xinheng.intake.reading.sheet import DELETED, OWN_LABELS, SUMMARY_SHEET, table_columns
from xinheng.intake.reading.tables import ROW, source_column

__all__ = [
    "DELETED",
    "OWN_LABELS",
    "ROW",
    "SUMMARY_SHEET",
    "OriginalSheet",
    "amended_write",
    "columns_plain",
    "findings_left",
    "label_key",
    "land",
    "original_amended",
    "original_read",
    "source_column",
    "table_columns",
]
