"""Personal values that are planted everywhere, and the search for them in every form in which software writes a value."""

import base64
import html
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from xinheng.kernel.personal import resident_id_is_valid

# All of a kind begin alike, so that one search finds any of them, and end differently, so that a find names its place.
ID_BEGINS, PHONE_BEGINS, CARD_BEGINS = "11010519491231", "13908887", "622202360200"
REPRESENTATIVE, PERSON = "夏侯密", "欧阳隐"
BEGINNINGS: Final[Mapping[str, str]] = {
    "resident ID": ID_BEGINS,
    "phone": PHONE_BEGINS,
    "bank card": CARD_BEGINS,
    "legal representative": REPRESENTATIVE,
    "natural person": PERSON,
}
NUMBERS: Final = ("resident ID", "phone", "bank card")
_NAMES: Final = "甲乙丙丁戊己庚辛壬癸"
_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")


def resident(number: int) -> str:
    """Return an invented resident ID of this number whose check character is right."""
    body = f"{ID_BEGINS}{number:03d}"
    return next(body + char for char in "0123456789X" if resident_id_is_valid(body + char))


def phone(number: int) -> str:
    """Return an invented mobile phone of this number."""
    return f"{PHONE_BEGINS}{number:03d}"


def card(number: int) -> str:
    """Return an invented bank card of this number that passes Luhn's check."""
    body = f"{CARD_BEGINS}{number:03d}"
    digits = [int(char) for char in reversed(body)]
    total = sum(
        digit * 2 - 9 if place % 2 == 0 and digit > 4 else digit * (2 - place % 2) for place, digit in enumerate(digits)
    )
    return f"{body}{-total % 10}"


def representative(number: int) -> str:
    """Return an invented legal representative's name."""
    return REPRESENTATIVE + _NAMES[number % 10]


def person(number: int) -> str:
    """Return an invented natural person's name."""
    return PERSON + _NAMES[number % 10]


def all_of(number: int) -> str:
    """Return one text with a number of each kind, as people write remarks."""
    return f"联系人身份证{resident(number)}，手机{phone(number)}，银行卡{card(number)}。"


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield the forms in which a text may lie somewhere, each with its name."""
    plain = text.encode()
    yield "clear", plain
    for name in ("utf-16-le", "utf-16-be", "gb18030"):
        if text.encode(name) != plain:
            yield name, text.encode(name)
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    for shift in range(3):
        # What is certain of it whatever stands around: without the characters that the neighbours share.
        encoded = base64.b64encode(b"\0" * shift + plain)
        sure = encoded[-(-shift * 8 // 6) : len(b"\0" * shift + plain) * 8 // 6]
        yield f"base64 at {shift}", sure
        if sure.translate(bytes.maketrans(b"+/", b"-_")) != sure:
            yield f"base64url at {shift}", sure.translate(bytes.maketrans(b"+/", b"-_"))
    percent = "".join(f"%{byte:02X}" for byte in plain)
    yield "percent", percent.encode()
    yield "percent, lower", percent.lower().encode()
    if quote(quote(text)) != text:
        yield "percent twice", quote(quote(text)).encode()
    escaped = "".join(f"\\u{ord(char):04x}" for char in text)
    yield "escaped", escaped.encode()
    yield "ESCAPED", escaped.upper().replace("\\U", "\\u").encode()
    yield "entities", "".join(f"&#{ord(char)};" for char in text).encode()
    yield "Entities", "".join(f"&#x{ord(char):x};" for char in text).encode()
    if text.translate(_WIDE) != text:
        yield "full width", text.translate(_WIDE).encode()
    if len(text) == len(ID_BEGINS) and text.isdigit():
        for between in " -":
            yield f"grouped by {between!r}", between.join((text[:6], text[6:])).encode()


FORMS: Final = {(kind, name): pattern for kind, text in BEGINNINGS.items() for name, pattern in forms(text)}


def found_in(content: bytes, *, kinds: tuple[str, ...] = tuple(BEGINNINGS)) -> list[str]:
    """Return which kinds of planted values are in some bytes, in which form, with what stands around the first of them."""
    found = []
    for (kind, name), pattern in FORMS.items():
        if kind in kinds and (place := content.find(pattern)) >= 0:
            around = content[max(place - 60, 0) : place + len(pattern) + 40]
            found.append(f"{kind}, {name}: {html.escape(around.decode('utf-8', 'replace'), quote=False)}")
    return found
