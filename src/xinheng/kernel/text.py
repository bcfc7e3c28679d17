"""Normal forms of names, cells and document numbers (名称、单元格、文书号的规范形式).

The original is always kept beside the normal form by whoever stores it; a normal form is for comparing.
"""

import re
import unicodedata

_ESCAPED_CONTROL = re.compile(r"_x(00[0-1][0-9A-Fa-f]|007[Ff])_")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_OPENING = "([{〔【﹝［〈《（｛"
_CLOSING = ")]}〕】﹞］〉》）｝"
_NAME_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "(") | dict.fromkeys(_CLOSING, ")"))
_NUMBER_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕"))
_NAME_NOISE = str.maketrans("", "", "·•・.．,，、'’‘\"“”-—－_")

BLANK_MARKS = frozenset({"", "-", "--", "—", "——", "－", "/", "／", "空", "无", "null", "NULL", "None", "N/A", "n/a", "\\"})
"""Cell contents that departments write for "nothing"; compared after trimming."""


def clean_cell(value: str) -> str:
    r"""Return a cell's text without what a spreadsheet or a copy left in it.

    Removes ``_x000D_`` escapes, control and zero-width characters, and outer white space; line breaks inside stay.

    >>> clean_cell("  奉市监_x000D_\n")
    '奉市监'
    """
    value = _ESCAPED_CONTROL.sub("", value)
    value = _INVISIBLE.sub("", value)
    value = _CONTROL.sub("", value)
    return value.replace("\u3000", " ").strip()


def blank_to_empty(value: str) -> str:
    """Return ``""`` for the marks that mean "nothing" (``-``, ``空``, ...), else the value unchanged."""
    return "" if value in BLANK_MARKS else value


def canonical_code(value: str) -> str:
    """Return a code's canonical form: NFKC, no white space, upper case. Nothing is repaired.

    >>> canonical_code(" ９1500236ma00te5t2k ")
    '91500236MA00TE5T2K'
    """
    if not value or (value.isascii() and value.isalnum()):
        return value.upper()  # nothing to clean: so are nearly all of millions of codes
    return _SPACE.sub("", unicodedata.normalize("NFKC", clean_cell(value))).upper()


def name_key(value: str) -> str:
    """Return the form in which two organisation names are compared (名称比对形式).

    NFKC, upper case, one kind of bracket, no white space, no separating punctuation.

    >>> name_key("夔门云帆（重庆）食品 有限公司") == name_key("夔门云帆(重庆)食品有限公司")
    True
    """
    value = unicodedata.normalize("NFKC", clean_cell(value)).translate(_NAME_BRACKETS)
    return _SPACE.sub("", value.translate(_NAME_NOISE)).upper()


def document_no_key(value: str) -> str:
    """Return the form in which two document numbers are compared (文书号比对形式).

    NFKC, upper case, every kind of bracket as 〔〕, no white space, a leading 第 before the last number dropped.

    >>> document_no_key("奉市监罚字（2026） 第15号")
    '奉市监罚字〔2026〕15号'
    >>> document_no_key("奉市监罚字【2026】15号") == document_no_key("奉市监罚字﹝2026﹞第１５号")
    True
    """
    value = _SPACE.sub("", unicodedata.normalize("NFKC", clean_cell(value))).translate(_NUMBER_BRACKETS).upper()
    return re.sub(r"第(?=[0-9A-Z\-]+号?$)", "", value)


def text_after(beginning: str) -> str:
    """Return the least text that follows everything beginning with ``beginning``, in the order of code points.

    >>> text_after("奉节") > "奉节县" > "奉节"
    True
    """
    following = ord(beginning[-1]) + 1
    return beginning[:-1] + chr(0xE000 if following == 0xD800 else min(following, 0x10FFFF))
