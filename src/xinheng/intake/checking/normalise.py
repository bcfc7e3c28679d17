"""Normal forms of cells as Ibis expressions, equal to the Python functions of ``kernel`` (property tests say so).

They take text as ``intake.reading`` lands it: trimmed, and in columns of dates, amounts and codes half-width (NFKC).
"""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
_OPENING = "([{【﹝［〈《（｛"
_CLOSING = ")]}】﹞］〉》）｝"
# Letters one by one: engines do not agree about the upper case of others (ß).
_VARIANTS = _OPENING + _CLOSING + ascii_lowercase
_STANDARD = "〔" * len(_OPENING) + "〕" * len(_CLOSING) + ascii_uppercase

# No year 0000: engines read it as 1 BC, Python has none.
_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_SEPARATED_DAY = (
    rf"^{_YEAR}\s*[-/.年]\s*([0-9]{{1,2}})\s*[-/.月]\s*([0-9]{{1,2}})\s*日?"
    r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
)
_COMPACT_DAY = rf"^{_YEAR}([0-9]{{2}})([0-9]{{2}})$"
_ISO_DAY = rf"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}$"


def written_day(text: ir.StringValue) -> ir.StringValue:
    """Return the day that landed ``text`` writes as ``2026-4-9``, null if it has no such form (``kernel.dates``).

    Whether there is such a day is said by casting it; that is a step of its own, because engines do not see that two
    branches of a condition begin with the same work.
    """
    return ibis.cases(
        (text == "", ibis.null("string")),
        (text.re_search(_ISO_DAY), text),
        (text.re_search(_SEPARATED_DAY), text.re_replace(_SEPARATED_DAY, r"\1-\2-\3")),
        (text.re_search(_COMPACT_DAY), text.re_replace(_COMPACT_DAY, r"\1-\2-\3")),
        else_=ibis.null("string"),
    )


def day_of(text: ir.StringValue) -> ir.DateValue:
    """Return the day that landed ``text`` writes, null if it writes none (``kernel.dates.parse_date``)."""
    return written_day(text).try_cast("date")


def is_wan_yuan(text: ir.StringValue) -> ir.BooleanValue:
    """Return whether landed ``text`` is one plain number of 万元 (``kernel.money.parse_wan_yuan``).

    At most six decimals that are not zero. No engine needs the number itself to check it: records store the value
    that ``kernel.money`` makes of it.
    """
    return text.re_search(r"^[0-9]{1,12}(,[0-9]{3})*(\.([0-9]{1,6}|[0-9]{6}0+))?$")


def parts_of(text: ir.StringValue) -> ir.StringValue:
    """Return a cell of several values as ``;罚款;警告;``, so that one value is found by ``;罚款;``."""
    return ibis.literal(";") + text.replace("；", ";").replace("、", ";").replace(" ", "") + ";"


def document_no_key(text: ir.StringValue) -> ir.StringValue:
    """Return the form in which document numbers are compared (``kernel.text.document_no_key``).

    Equal to it for ASCII, full-width and Chinese characters and every bracket style. Other compatibility characters
    (㈠, Ⅳ) and other small letters (é) stay as they are here.
    """
    odd = text.translate(_FULL, _HALF).re_replace(r"\s+", "").translate(_VARIANTS, _STANDARD)
    # Nearly every number is plain: engines evaluate a branch of ifelse for the rows that need it.
    plain = ibis.ifelse(text.re_search(r"^[0-9A-Z\-〔〕\x{3400}-\x{9fff}]*$"), text, odd)
    # The step before makes and takes no 第: asking the text itself spares most rows a second step.
    return ibis.ifelse(text.contains("第"), plain.re_replace(r"第([0-9A-Z\-]+号?)$", r"\1"), plain)
