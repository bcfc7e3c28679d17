"""What exchange does: make the file for the city's upload and remember what is in it."""

from xinheng.exchange.services.export import ExportReport, export_make

__all__ = ["ExportReport", "export_make"]
