"""Until when a record may be shown, read from the catalogue's files anew: no Django, no clock, nothing of the rules."""

from xinheng.recheck.domain.law import Law, Row, law_read

__all__ = ["Law", "Row", "law_read"]
