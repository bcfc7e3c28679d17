"""Damage that knows nothing of formats: bits, bytes, encodings, file names."""

from collections.abc import Sequence
from random import Random

from tests.factories.intake_files import RESIDENT_ID
from tests.fuzz.kept import Made, seed_any, seed_text

_HOSTILE = (
    b"\0",
    b"\xff" * 8,
    b"\xff\xfe",
    b'"',
    b"\r",
    b"\n",
    b",",
    b"PK\x03\x04",
    b"\x1a",
    b"\xef\xbb\xbf",
    b"\x80",
    b"\xd0\xcf\x11\xe0",
)


def bits(dice: Random) -> Made:
    """Flip 1 to 64 bits."""
    seed = seed_any(dice)
    content, flips = bytearray(seed.content), dice.choice([1, 1, 2, 4, 16, 64])
    for _ in range(flips):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return seed.made(bytes(content), f"{flips} bits flipped")


def _insert(dice: Random, content: bytes) -> bytes:
    at = dice.randrange(len(content) + 1)
    piece = dice.choice([dice.choice(_HOSTILE), dice.randbytes(dice.choice([1, 7, 300])), b"A" * dice.choice([100, 70_000])])
    return content[:at] + piece + content[at:]


def _delete(dice: Random, content: bytes) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + content[at + dice.choice([1, 2, 50, 512, 2000]) :]


def _duplicate(dice: Random, content: bytes) -> bytes:
    at, length = dice.randrange(len(content)), dice.choice([1, 40, 512, 3000])
    return content[: at + length] + content[at : at + length] * dice.choice([1, 2, 50]) + content[at + length :]


def _truncate(dice: Random, content: bytes) -> bytes:
    return content[: dice.choice([dice.randrange(len(content)), 1, 4, 8, 63, 512, len(content) - 1])]


def _overwrite(dice: Random, content: bytes) -> bytes:
    at, piece = dice.randrange(len(content)), dice.choice([dice.choice(_HOSTILE), dice.randbytes(16), b"\0" * 64])
    return content[:at] + piece + content[at + len(piece) :]


def _splice(dice: Random, content: bytes) -> bytes:
    other = seed_any(dice).content
    return content[: dice.randrange(len(content))] + other[dice.randrange(len(other)) :]


def _swap(dice: Random, content: bytes) -> bytes:
    block = dice.choice([16, 512])
    pieces = [content[at : at + block] for at in range(0, len(content), block)]
    one, two = dice.randrange(len(pieces)), dice.randrange(len(pieces))
    pieces[one], pieces[two] = pieces[two], pieces[one]
    return b"".join(pieces)


_WITHOUT_OTHERS = (_insert, _delete, _duplicate, _truncate, _overwrite, _swap)
_BYTES = (*_WITHOUT_OTHERS, _splice)


def many_bytes(dice: Random) -> Made:
    """Insert, delete, double, cut off, overwrite, swap or splice pieces, once or several times."""
    seed = seed_any(dice)
    content, told = seed.content, []
    for _ in range(dice.choice([1, 1, 2, 4])):
        change = dice.choice(_BYTES)
        content = change(dice, content) or b"x"
        told.append(change.__name__.strip("_"))
    return seed.made(content, ", ".join(told))


def mangle(dice: Random, content: bytes, grafts: Sequence[bytes]) -> bytes:
    """Return ``content`` after one to four changes: of bytes, or one of ``grafts`` put in somewhere, or in place of a part."""
    for _ in range(dice.choice([1, 1, 2, 4])):
        if dice.random() < 0.5:
            content = dice.choice(_WITHOUT_OTHERS)(dice, content) or b"x"
            continue
        at = dice.randrange(len(content) + 1)
        content = content[:at] + dice.choice(grafts) + content[at + dice.choice([0, 0, 1, 5, 40]) :]
    return content or b"x"


def encodings(dice: Random) -> Made:
    """Put a text into another encoding, a wrong one, two at once, or cut its characters in two."""
    seed = seed_text(dice)
    text = seed.text
    lines = text.splitlines(keepends=True)
    where = dice.randrange(1, len(lines))
    ways = {
        "utf-7": lambda: text.encode("utf-7"),
        "utf-32 with its mark": lambda: text.encode("utf-32"),
        "big5 where it can": lambda: text.encode("big5", "ignore"),
        "utf-8 marked as utf-16": lambda: b"\xff\xfe" + text.encode(),
        "gb18030 marked as utf-8": lambda: b"\xef\xbb\xbf" + text.encode("gb18030"),
        "utf-16 without a mark": lambda: text.encode("utf-16-le"),
        "utf-16 of odd length": lambda: text.encode("utf-16")[:-1],
        "utf-16 with a lone surrogate": lambda: (text[:-20] + "\ud83d" + text[-20:]).encode("utf-16", "surrogatepass"),
        "utf-16 with nul characters": lambda: text.replace("罚", "\0").encode("utf-16"),
        "utf-8 surrogates": lambda: text.replace("罚", "\ud800").encode("utf-8", "surrogatepass"),
        "overlong utf-8": lambda: text.encode().replace(b"/", b"\xc0\xaf").replace(b"2", b"\xe0\x80\xb2", 3),
        "two encodings": lambda: "".join(lines[:where]).encode() + "".join(lines[where:]).encode("gb18030"),
        "two encodings, the other first": lambda: "".join(lines[:where]).encode("gb18030") + "".join(lines[where:]).encode(),
        "half a character at the end": lambda: text.encode().rstrip(b"\r\n,") + "罚".encode()[:2],
        "half a gb character at the end": lambda: text.encode("gb18030") + b"\x81",
        "four-byte gb characters": lambda: text.replace("演示", "演\U00020000示\u3400\u1e3f").encode("gb18030"),
        "a broken four-byte gb character": lambda: text.encode("gb18030").replace(b"\xd1\xdd", b"\x81\x30\x81"),
        "two marks": lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(),
        "mojibake": lambda: text.encode().decode("gb18030", "replace").encode(),
        "latin-1 bytes": lambda: text.encode("ascii", "ignore") + bytes(range(128, 256)),
    }
    story = dice.choice(sorted(ways))
    return seed.made(ways[story](), story)


def names(dice: Random) -> Made:
    """Give a good or a damaged file a name that no clerk would think of."""
    seed = seed_any(dice)
    suffix = dice.choice(["", ".csv", ".xlsx", ".xls", ".CSV", ".pdf", ".csv.gz", "."])
    stems = [
        "表\x1b[31m红",
        "换\n行",
        "表\udcff\udce4",
        f"张三{RESIDENT_ID}",
        "演" * 80,
        "a" * 240,
        "..",
        "...",
        " ",
        "%(file)s%s%n",
        "{0.__class__}",
        "-rf",
        "=cmd|calc",
        "表\u202egpj",
        "CON",
        "~$表",
        "表'; DROP TABLE x;--",
        "$(id)`id`",
        "a\\..\\b",
        "\ufeff表",
    ]
    name = dice.choice(stems) + suffix
    made = seed.made(seed.content, f"named {name!a}")
    return made.named(name if name.strip(".") else name + "x")
