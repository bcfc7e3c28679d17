"""Read a department's file (XLSX, XLS, CSV) into one cleaned, masked table."""

from xinheng.intake.reading.landing import land
from xinheng.intake.reading.sheet import DELETED, table_columns

__all__ = ["DELETED", "land", "table_columns"]
