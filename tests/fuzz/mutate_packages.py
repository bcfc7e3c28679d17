"""Damage to the package of a workbook: its parts, its directory, its sizes, its names."""

import io
import struct
import zipfile
from collections.abc import Callable
from random import Random

from tests.fuzz.kept import Made, seed_any, seed_package

Parts = list[tuple[str, bytes]]
_STAMP = (1980, 1, 1, 0, 0, 0)


def parts_of(data: bytes) -> Parts:
    """Return the parts of a sound package in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def packed(parts: Parts, *, stored: bool = False) -> bytes:
    """Return a package of these parts; names may be there twice."""
    out = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in parts:
            info = zipfile.ZipInfo(name, _STAMP)
            package._didModify = True
            # ``writestr`` warns of a second part of one name, which is what some mutants are about.
            package.NameToInfo.pop(info.filename, None)
            package.writestr(info, content, method)
    return out.getvalue()


def _drop(dice: Random, parts: Parts) -> Parts:
    at = dice.randrange(len(parts))
    return parts[:at] + parts[at + 1 :]


def _swap(dice: Random, parts: Parts) -> Parts:
    one, two = dice.randrange(len(parts)), dice.randrange(len(parts))
    contents = [content for _, content in parts]
    contents[one], contents[two] = contents[two], contents[one]
    return [(name, content) for (name, _), content in zip(parts, contents, strict=True)]


def _twice(dice: Random, parts: Parts) -> Parts:
    name, _ = dice.choice(parts)
    return [*parts, (name, dice.choice(parts)[1])]


def _empty(dice: Random, parts: Parts) -> Parts:
    at = dice.randrange(len(parts))
    return [(name, b"" if number == at else content) for number, (name, content) in enumerate(parts)]


def _garbled(dice: Random, parts: Parts) -> Parts:
    at = dice.randrange(len(parts))
    return [(name, dice.randbytes(len(content)) if number == at else content) for number, (name, content) in enumerate(parts)]


def _cut(dice: Random, parts: Parts) -> Parts:
    at = dice.randrange(len(parts))
    return [
        (name, content[: dice.randrange(len(content) + 1)] if number == at else content)
        for number, (name, content) in enumerate(parts)
    ]


def _renamed(dice: Random, parts: Parts) -> Parts:
    at = dice.randrange(len(parts))
    name = parts[at][0]
    ways = [
        name.upper(),
        name.lower(),
        name.replace("/", "\\"),
        "/" + name,
        "../" * 8 + name,
        name + "\0x",
        name + " ",
        "a" * 60_000,
    ]
    return [(dice.choice(ways) if number == at else old, content) for number, (old, content) in enumerate(parts)]


def _slip(dice: Random, parts: Parts) -> Parts:
    names = [
        "../../../../tmp/slipped",
        "/tmp/slipped",
        "..\\..\\slipped",
        "C:\\slipped",
        "xl/../../slipped",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "CON",
        "xl/",
    ]
    return [*parts, (dice.choice(names), b"slipped")]


def _nested(dice: Random, parts: Parts) -> Parts:
    inner = packed(parts)
    return [("inner.xlsx", inner)] if dice.random() < 0.5 else [*parts, ("xl/embeddings/inner.xlsx", inner)]


def _many(dice: Random, parts: Parts) -> Parts:
    return [*parts, *((f"xl/worksheets/x{number}.xml", b"<a/>") for number in range(dice.choice([200, 5_100])))]


def _other_kind(dice: Random, parts: Parts) -> Parts:
    extra = [
        [("xl/workbook.bin", b"\x83\x01\x00")],
        [("mimetype", b"application/x"), ("content.xml", b"<a/>")],
        [("word/document.xml", b"<w/>")],
    ]
    return [*parts, *dice.choice(extra)]


_PARTS: tuple[Callable[[Random, Parts], Parts], ...] = (
    _drop, _drop, _swap, _twice, _empty, _garbled, _cut, _renamed, _slip, _nested, _many, _other_kind,
)  # fmt: skip


def _field(dice: Random, data: bytes, signature: bytes, fields: dict[str, tuple[int, str]]) -> tuple[bytes, str]:
    """Write something else into one field of one header of the package."""
    places = [at for at in range(len(data)) if data.startswith(signature, at)]
    at, name = dice.choice(places), dice.choice(sorted(fields))
    offset, form = fields[name]
    largest = (1 << (8 * struct.calcsize(form))) - 1
    (now,) = struct.unpack_from(form, data, at + offset)
    value = dice.choice([0, 1, largest, largest >> 1, now + 1, now * 2, max(now - 1, 0), dice.randrange(largest)]) & largest
    changed = bytearray(data)
    struct.pack_into(form, changed, at + offset, value)
    return bytes(changed), f"{name} {now} -> {value}"


_LOCAL = {
    "local flags": (6, "<H"),
    "local method": (8, "<H"),
    "local size": (22, "<I"),
    "local name length": (26, "<H"),
    "local extra": (28, "<H"),
    "local crc": (14, "<I"),
}
_CENTRAL = {
    "flags": (8, "<H"), "method": (10, "<H"), "crc": (16, "<I"), "packed size": (20, "<I"), "size": (24, "<I"),
    "name length": (28, "<H"), "extra length": (30, "<H"), "comment length": (32, "<H"), "offset": (42, "<I"), "disk": (34, "<H"),
}  # fmt: skip
_END = {
    "entries": (10, "<H"),
    "directory size": (12, "<I"),
    "directory offset": (16, "<I"),
    "comment": (20, "<H"),
    "disk": (4, "<H"),
}


def packages(dice: Random) -> Made:
    """Damage parts, or fields of the package's own headers, or put something before or behind it."""
    seed = seed_package(dice)
    way = dice.random()
    if way < 0.5:
        change = dice.choice(_PARTS)
        content = packed(change(dice, parts_of(seed.content)), stored=dice.random() < 0.2)
        return seed.made(content, f"parts{change.__name__}")
    if way < 0.85:
        content, told = seed.content, []
        for _ in range(dice.choice([1, 1, 3])):
            group = dice.choice([(b"PK\x03\x04", _LOCAL), (b"PK\x01\x02", _CENTRAL), (b"PK\x05\x06", _END)])
            content, said = _field(dice, content, *group)
            told.append(said)
        return seed.made(content, "; ".join(told))
    other = seed_any(dice).content
    ways = {"something before": other + seed.content, "something behind": seed.content + other, "twice": seed.content * 2}
    story = dice.choice(sorted(ways))
    return seed.made(ways[story], story)
