"""What the API says of a report (OpenAPI components)."""

from typing import Literal

from ninja import Schema
from pydantic import Field

_NO_NUL = r"^[^\x00]*$"  # no text of the database holds one


class NumberIn(Schema):
    """Number and check code as they stand on the report's first page; together they open it."""

    number: str = Field(min_length=1, max_length=40, pattern=_NO_NUL)
    check_code: str = Field(min_length=1, max_length=40, pattern=_NO_NUL)


class FactOut(Schema):
    """One thing that the genuine report says of itself."""

    label: str
    value: str


class VerdictOut(Schema):
    """What is to be said of a report, in Chinese and English; never what stands in it.

    ``GENUINE``: as it was issued (by number: and nothing has changed since). ``CHANGED``: right when issued, newer data exist.
    ``ALTERED``: not to be used. ``UNKNOWN``: no report of this platform, or number and check code do not belong together.
    """

    answer: Literal["GENUINE", "CHANGED", "ALTERED", "UNKNOWN"]
    text: str
    text_en: str
    number: str
    facts: list[FactOut]
