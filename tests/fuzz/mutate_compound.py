"""Damage to an XLS file: the compound file's header, tables and directory, and the records of the workbook."""

import struct
from random import Random

from tests.fuzz.kept import Made, seed_compound

_SECTOR = 512
_CELLS = (0x0203, 0x0204, 0x00FD, 0x027E, 0x0006, 0x0201, 0x00BD, 0x00BE)
_ODD = (0, 1, 2, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD)


def _records(data: bytes) -> list[tuple[int, int, int]]:
    """Return kind, place and length of the records; xlwt writes the workbook from the first sector on, in one piece."""
    at, found = _SECTOR, []
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == 0 and length == 0:
            break
        found.append((kind, at + 4, length))
        at += 4 + length
    return found


def _written(data: bytes, at: int, form: str, value: int) -> bytes:
    changed = bytearray(data)
    size = struct.calcsize(form)
    if 0 <= at <= len(data) - size:
        struct.pack_into(form, changed, at, value & ((1 << (8 * size)) - 1))
    return bytes(changed)


def _header(dice: Random, data: bytes) -> tuple[bytes, str]:
    fields = {
        "sector shift": (30, "<H"), "small shift": (32, "<H"), "directory": (48, "<I"), "cutoff": (56, "<I"), "small table": (60, "<I"),
        "small sectors": (64, "<I"), "difat": (68, "<I"), "difat sectors": (72, "<I"), "first table": (76, "<I"), "second table": (80, "<I"),
        "tables": (44, "<I"), "byte order": (28, "<H"), "version": (26, "<H"),
    }  # fmt: skip
    name = dice.choice(sorted(fields))
    at, form = fields[name]
    value = dice.choice([*_ODD, 3, 9, 12, 31, dice.randrange(len(data) // _SECTOR + 2)])
    return _written(data, at, form, value), f"header {name} = {value}"


def _table(dice: Random, data: bytes) -> tuple[bytes, str]:
    """Make a chain of sectors run in a circle, or nowhere."""
    (number,) = struct.unpack_from("<I", data, 76)
    count = len(data) // _SECTOR
    entry, value = dice.randrange(count), dice.choice([dice.randrange(count), 0, *_ODD])
    return _written(data, (number + 1) * _SECTOR + entry * 4, "<I", value), f"sector {entry} -> {value}"


def _directory(dice: Random, data: bytes) -> tuple[bytes, str]:
    (number,) = struct.unpack_from("<I", data, 48)
    entry = (number + 1) * _SECTOR + 128 * dice.randrange(4)
    offset, form = dice.choice([(64, "<H"), (66, "<B"), (68, "<I"), (72, "<I"), (76, "<I"), (116, "<I"), (120, "<Q")])
    value = dice.choice([*_ODD, dice.randrange(1 << 16)])
    return _written(data, entry + offset, form, value), f"directory {offset} = {value}"


def _cell(dice: Random, data: bytes) -> tuple[bytes, str]:
    cells = [(at, length) for kind, at, length in _records(data) if kind in _CELLS and length >= 6]
    at, _ = dice.choice(cells)
    offset, value = dice.choice([0, 2, 4]), dice.choice([0, 255, 256, 300, 0x3FFF, 0x7FFF, 0xFFFF])
    return _written(data, at + offset, "<H", value), f"cell field {offset} = {value}"


def _length(dice: Random, data: bytes) -> tuple[bytes, str]:
    kind, at, length = dice.choice(_records(data))
    value = dice.choice([0, 1, length - 1, length + 1, length * 2, 8224, 0xFFFF])
    return _written(data, at - 2, "<H", value), f"record {kind:#06x} length {length} -> {value}"


def _content(dice: Random, data: bytes) -> tuple[bytes, str]:
    kind, at, length = dice.choice([record for record in _records(data) if record[2] >= 2])
    offset = dice.randrange(length - 1)
    value = dice.choice([*_ODD, dice.randrange(1 << 16)])
    return _written(data, at + offset, dice.choice(["<H", "<I"]), value), f"record {kind:#06x} at {offset} = {value}"


def _texts(dice: Random, data: bytes) -> tuple[bytes, str]:
    """Say that there are more shared texts, or longer ones, than there are."""
    tables = [(at, length) for kind, at, length in _records(data) if kind == 0x00FC]
    if not tables:
        return _content(dice, data)
    at, length = tables[0]
    offset, form = dice.choice([(0, "<I"), (4, "<I"), (8, "<H"), (10, "<B"), (8 + dice.randrange(max(1, length - 12)), "<H")])
    value = dice.choice([*_ODD, 0x0F, 0x08, 0x04])
    return _written(data, at + offset, form, value), f"shared texts at {offset} = {value}"


def _inserted(dice: Random, data: bytes) -> tuple[bytes, str]:
    """Put a record in, or one of the records a second time; what follows moves on."""
    kind, at, length = dice.choice(_records(data))
    records = {
        "password": struct.pack("<HHHHH", 0x002F, 6, 0, 0x1234, 0x5678),
        "again": data[at - 4 : at + length],
        "1904": struct.pack("<HHH", 0x0022, 2, 1),
        "end": struct.pack("<HH", 0x000A, 0),
        "far cell": struct.pack("<HHHHHd", 0x0203, 14, 0xFFFF, 0x3FFF, 0, 1e308),
        "merge": struct.pack("<HHHHHHH", 0x00E5, 10, 1, 0, 0xFFFF, 0, 255),
        "date out of range": struct.pack(
            "<HHHHHd", 0x0203, 14, 1, 11, 21, dice.choice([-1.0, 1e300, float("nan"), 2958466.0, 0.5])
        ),
        "continued": struct.pack("<HH", 0x003C, 40) + b"x" * 40,
        "unknown": struct.pack("<HH", 0x7777, 3) + b"abc",
    }
    name = dice.choice(sorted(records))
    return data[: at - 4] + records[name] + data[at - 4 :], f"{name} before record {kind:#06x}"


_CHANGES = (_header, _table, _directory, _cell, _cell, _length, _content, _content, _texts, _texts, _inserted)


def compound(dice: Random) -> Made:
    """Damage one or several of those."""
    seed = seed_compound(dice)
    content, told = seed.content, []
    for _ in range(dice.choice([1, 1, 2, 4])):
        content, said = dice.choice(_CHANGES)(dice, content)
        told.append(said)
    return seed.made(content, "; ".join(told))
