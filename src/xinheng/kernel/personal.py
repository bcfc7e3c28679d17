"""Numbers that identify a natural person: found in any text, masked before anything is stored (P3, P16)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

PersonalKind = Literal["resident_id", "phone", "bank_card"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DIGIT = "0-9０-９"
# Separators people put inside numbers; a check character decides, so a wide pattern does no harm.
_SEPARATOR = r"[ \u3000\-－—·]?"
CANDIDATE = re.compile(rf"(?:[{_DIGIT}]{_SEPARATOR}){{10,18}}[{_DIGIT}XxＸｘ]")
"""Any run that could be a resident ID, a phone or a card: the cheap first filter for whole columns."""

_RESIDENT_18 = re.compile(rf"(?:[{_DIGIT}]{_SEPARATOR}){{17}}[{_DIGIT}XxＸｘ]")
# Numbers of several persons are also written one right after the other, and a phone right before or behind a number.
_AND_PHONE = r"(?:1[3-9][0-9]{9})?"
_RESIDENTS = re.compile(rf"(?<![{_DIGIT}A-Za-z]){_AND_PHONE}(?:{_RESIDENT_18.pattern})+{_AND_PHONE}(?![{_DIGIT}A-Za-z])")
_JOINED_PHONE = re.compile(r"1[3-9][0-9]{9}")
_PHONE = re.compile(rf"(?<![{_DIGIT}A-Za-z])(?:1[3-9][0-9])[ \-]?[0-9]{{4}}[ \-]?[0-9]{{4}}(?![{_DIGIT}A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])62(?:[ \-]?[0-9]){14,17}(?![0-9A-Za-z])")
_ALONE = f"[^{_DIGIT}A-Za-z]"
_WIDE_PHONE = f"(?:[1１][3-9３-９][{_DIGIT}]{{9}})?"
POSSIBLE = "|".join(
    f"(?:^|{_ALONE}){number}(?:$|{_ALONE})"
    for number in (
        f"{_WIDE_PHONE}(?:{_RESIDENT_18.pattern})+{_WIDE_PHONE}",
        f"[1１][3-9３-９][{_DIGIT}][ \\-]?[{_DIGIT}]{{4}}[ \\-]?[{_DIGIT}]{{4}}",
        f"[6６][2２](?:[ \\-]?[{_DIGIT}]){{14,17}}",
    )
)
"""Whatever :func:`mask_personal_numbers` changes matches this: without look-around, for engines that judge whole columns."""

_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_TO_ASCII = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """One personal number in a text; ``start`` inclusive, ``end`` exclusive, in characters."""

    kind: PersonalKind
    start: int
    end: int


def _plain(text: str) -> str:
    return re.sub(r"[^0-9X]", "", text.translate(_TO_ASCII))


def resident_id_is_valid(value: str) -> bool:
    """Return whether 18 characters are a resident identity number (居民身份证号): plausible birth date and check.

    Source: GB 11643-1999 (standards.md §8.3, memory). A plausible date is 1900-01-01 or later and a real day; the
    first digit is a province group 1-8.

    >>> resident_id_is_valid("11010519491231002X")
    True
    >>> resident_id_is_valid("91500236MA00TE5T2K")
    False
    """
    if len(value) != 18 or not value[:17].isascii() or not value[:17].isdigit() or value[0] in "09":
        return False
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    if born.year < 1900 or born.year > 2100:
        return False
    total = sum(int(char) * weight for char, weight in zip(value[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == value[17].upper()


def _card_is_valid(digits: str) -> bool:
    """Return whether the digits pass the Luhn check of payment cards (ISO/IEC 7812)."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        digit = int(char)
        if index % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def _hits(text: str) -> Iterator[PersonalNumber]:
    for run in _RESIDENTS.finditer(text):
        yield from _hits_of_run(text, run.start(), run.end())
    for match in _CARD.finditer(text):
        digits = _plain(match.group())
        if 16 <= len(digits) <= 19 and _card_is_valid(digits):
            yield PersonalNumber("bank_card", match.start(), match.end())
    for match in _PHONE.finditer(text):
        yield PersonalNumber("phone", match.start(), match.end())


def _hits_of_run(text: str, start: int, end: int) -> Iterator[PersonalNumber]:
    """Find resident IDs in a run of digits, and the phones that are written together with one of them."""
    residents = []
    place = start
    while (match := _RESIDENT_18.search(text, place, end)) is not None:
        if resident_id_is_valid(_plain(match.group())):
            residents.append(match)
            yield PersonalNumber("resident_id", match.start(), match.end())
            place = match.end()
        else:
            place = match.start() + 1
    if residents:
        for first, last in ((start, residents[0].start()), (residents[-1].end(), end)):
            if _JOINED_PHONE.fullmatch(text, first, last):
                yield PersonalNumber("phone", first, last)


def find_personal_numbers(text: str) -> list[PersonalNumber]:
    """Return the resident IDs, bank cards and mobile phones in ``text``, in order, without overlaps.

    A resident ID needs a plausible date **and** its own check character (about 1 in 31 strings of that shape also
    passes the organisation-code check, so an ID is looked for first).
    """
    if CANDIDATE.search(text) is None:
        return []
    found: list[PersonalNumber] = []
    for hit in sorted(_hits(text), key=lambda item: (item.start, -item.end)):
        if not found or hit.start >= found[-1].end:
            found.append(hit)
    return found


def mask_value(value: str) -> str:
    """Return ``value`` with its middle hidden: three characters stay in front, two at the end.

    >>> mask_value("11010519491231002X")
    '110*************2X'
    """
    if len(value) <= 5:
        return "*" * len(value)
    return value[:3] + "*" * (len(value) - 5) + value[-2:]


def mask_personal_numbers(text: str) -> str:
    """Return ``text`` with every personal number masked, also one in full-width digits; anything else stays as it is."""
    hits = find_personal_numbers(text.translate(_NARROW))
    if not hits:
        return text
    parts: list[str] = []
    position = 0
    for hit in hits:
        parts += [text[position : hit.start], mask_value(text[hit.start : hit.end])]
        position = hit.end
    return "".join([*parts, text[position:]])
