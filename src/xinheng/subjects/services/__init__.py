"""What can be done with organisations."""

from xinheng.subjects.services.matching import match_arrow, match_batch, match_portions
from xinheng.subjects.services.register_delta import RegisterReport, SubjectChange, register_hold, register_import
from xinheng.subjects.services.register_template import register_template_write

__all__ = [
    "RegisterReport",
    "SubjectChange",
    "match_arrow",
    "match_batch",
    "match_portions",
    "register_hold",
    "register_import",
    "register_template_write",
]
