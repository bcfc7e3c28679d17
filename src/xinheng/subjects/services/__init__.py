"""What can be done with organisations."""

from xinheng.subjects.services.register_delta import RegisterReport, SubjectChange, register_import

__all__ = ["RegisterReport", "SubjectChange", "register_import"]
