#!/usr/bin/env python3
"""Verify a transparency log or one proof out of it offline: this one file needs Python and cryptography, not our package.

    python verify_log.py log FOLDER --key KEY [--since CHECKPOINT]
    python verify_log.py proof FILE --key KEY

FOLDER is a copy of what the site serves under /log/ (checkpoint and tile/…). KEY is the line that the site publishes. CHECKPOINT is
one that you kept: the log is held to it, so that nothing that you saw can have been changed since. Formats: C2SP tlog-tiles,
tlog-checkpoint, signed-note, tlog-proof; hashes: RFC 6962. Exit code: 0 genuine, 1 not to be believed, 2 cannot be read.
The platform's own ``xinheng log verify`` runs this same code.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
HASH = 32
PROOF = "c2sp.org/tlog-proof@v1"


class Refused(Exception):
    """Something that cannot be believed; the message says why, in Chinese."""


@dataclass(frozen=True)
class Verdict:
    """What is to be said. ``facts``: label and value of what was verified."""

    genuine: bool
    reason: str
    facts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Key:
    """Whose signatures count."""

    name: str
    key_id: bytes
    public: Ed25519PublicKey


@dataclass(frozen=True)
class Head:
    """What a checkpoint says."""

    size: int
    root: bytes


def key_read(text: str) -> Key:
    """Return the key that a line ``name+id+key`` names.

    Raises:
        Refused: it names none.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    content = _base64(encoded)
    if not name or content[:1] != b"\x01" or len(content) != 33:
        raise Refused("公钥写得不对：要整行复制网站公布的公钥。")
    if hashlib.sha256(name.encode() + b"\n" + content).hexdigest()[:8] != key_id:
        raise Refused("公钥写得不对：编号与公钥不符。")
    return Key(name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(content[1:]))


def checkpoint_read(note: bytes, key: Key) -> Head:
    """Return what a checkpoint says, if it is signed by the key.

    Raises:
        Refused: it is not.
    """
    try:
        text, gap, signatures = note.decode().rpartition("\n\n")
        origin, size, root = text.split("\n")
    except ValueError as error:
        raise Refused("检查点写得不对，或者不完整。") from error
    head = Head(_number(size), _base64(root))
    if not gap or not signatures.endswith("\n") or head.size < 0 or len(head.root) != HASH:
        raise Refused("检查点写得不对，或者不完整。")
    if origin != key.name:
        raise Refused(f"检查点是另一个日志的（{origin[:80]}）。")
    is_signed = False
    for line in signatures[:-1].split("\n"):
        dash, name, encoded = line.split(" ") if line.count(" ") == 2 else ("", "", "")
        if dash != "—":
            raise Refused("检查点的签名行写得不对。")
        signature = _base64(encoded)
        if name == key.name and signature[:4] == key.key_id:
            try:
                key.public.verify(signature[4:], text.encode() + b"\n")
            except InvalidSignature as error:
                raise Refused("检查点的签名不对：内容被改动过。") from error
            is_signed = True
    if not is_signed:
        raise Refused("检查点不是用所给的公钥签的。")
    return head


def verify_log(folder: Path, key_text: str, *, since: bytes | None = None) -> Verdict:
    """Return whether every file of a log belongs together under its signed checkpoint, and continues an earlier one."""
    try:
        facts = _log_facts(folder, key_read(key_text), since)
    except Refused as refused:
        return Verdict(False, str(refused))
    return Verdict(True, "日志真实：全部条目和文件与签过的检查点一致。", facts)


def _log_facts(folder: Path, key: Key, since: bytes | None) -> tuple[tuple[str, str], ...]:
    head = checkpoint_read(_file(folder, "checkpoint"), key)
    earlier = checkpoint_read(since, key) if since is not None else None
    if earlier is not None and earlier.size > head.size:
        raise Refused(f"日志变短了：以前有{earlier.size}项，现在只有{head.size}项。")
    _tree_verify(folder, head, earlier)
    facts = [("日志", key.name), ("项数", str(head.size)), ("根", head.root.hex())]
    if earlier is not None:
        facts.append(("接着的检查点", f"{earlier.size}项，没有改写"))
    return tuple(facts)


def verify_proof(content: bytes, key_text: str) -> Verdict:
    """Return whether a proof shows that its event is in the log."""
    try:
        facts = _proof_facts(content, key_read(key_text))
    except Refused as refused:
        return Verdict(False, str(refused))
    return Verdict(True, "证明成立：这件事在日志里。", facts)


def _proof_facts(content: bytes, key: Key) -> tuple[tuple[str, str], ...]:
    index, path, checkpoint, extra = _proof_read(content)
    head = checkpoint_read(checkpoint, key)
    try:
        told = json.loads(extra)
        event, opening = str(told["event"]), bytes.fromhex(told["opening"])
        shown = json.loads(event)
        again = _canonical({"event": event, "opening": opening.hex()}).encode()  # half a character (U+D800…) has no such form
        is_canonical = isinstance(shown, dict) and _canonical(shown) == event and again == extra
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("证明里没有写明事件，或者写得不对。") from error
    if not is_canonical:
        raise Refused("证明里的事件不是规范写法（RFC 8785）。")
    leaf = hashlib.sha256(b"\x00" + hashlib.sha256(opening + event.encode()).digest()).digest()
    if _root_from(index, head.size, leaf, path) != head.root:
        raise Refused("证明不成立：这件事不在日志里，或者证明被改动过。")
    facts = [("日志", key.name), ("第几项", f"{index}（共{head.size}项）")]
    facts += [(str(name), str(value)) for name, value in sorted(shown.items())]
    return tuple(facts)


def _canonical(value: dict[str, object]) -> str:
    """Return the RFC 8785 form of JSON that holds texts and whole numbers under ASCII names."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _proof_read(content: bytes) -> tuple[int, list[bytes], bytes, bytes]:
    """Return index, path, checkpoint and extra data of a proof."""
    try:
        head, gap, checkpoint = content.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise Refused("这不是日志的证明。") from error
    lines = head.split("\n")
    if not gap or len(lines) < 3 or lines[0] != PROOF or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Refused("这不是日志的证明，或者不完整。")
    index = lines[2].removeprefix("index ")
    if _number(index) < 0:
        raise Refused("证明里的编号写得不对。")
    path = [_base64(line) for line in lines[3:]]
    if any(len(one) != HASH for one in path):
        raise Refused("证明里的散列值不完整。")
    return _number(index), path, checkpoint.encode(), _base64(lines[1].removeprefix("extra "))


def _root_from(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes | None:
    """Return the root that the path leads to, ``None`` where its length is wrong. From the leaf up, siblings by the tree's shape."""
    if not 0 <= index < size:
        return None
    # The sides of the siblings, from the root down: a tree splits at the largest power of two below its size.
    sides, begin, end = [], 0, size
    while end - begin > 1:
        half = begin + (1 << ((end - begin - 1).bit_length() - 1))
        sides.append(index < half)
        begin, end = (begin, half) if index < half else (half, end)
    if len(sides) != len(path):
        return None
    found = leaf
    for is_left, sibling in zip(reversed(sides), path, strict=True):
        found = _node(found, sibling) if is_left else _node(sibling, found)
    return found


def _tree_verify(folder: Path, head: Head, earlier: Head | None) -> None:
    """Read every bundle and tile of the log; everything must follow from the entries."""
    rows: list[list[bytes]] = [[]]
    peaks: list[tuple[int, bytes]] = []
    for index in range(-(-head.size // WIDTH)):
        width = min(head.size - index * WIDTH, WIDTH)
        entries = list(_entries(_file(folder, _path("entries", index, width)), _path("entries", index, width)))
        if len(entries) != width:
            raise Refused(f"文件 {_path('entries', index, width)} 的条数不对。")
        for at, entry in enumerate(entries):
            leaf = hashlib.sha256(b"\x00" + entry).digest()
            rows[0].append(leaf)
            _grow(peaks, leaf)
            if earlier is not None and index * WIDTH + at + 1 == earlier.size and _root(peaks) != earlier.root:
                raise Refused(f"日志改写过：前{earlier.size}项与以前保存的检查点不符。")
        _tiles_verify(folder, rows, index, width)
    for level, row in enumerate(rows):
        if row and level:
            _tile_verify(folder, level, (head.size >> (8 * (level + 1))), row)
    if _root(peaks) != head.root:
        raise Refused("全部条目算出的根与检查点不符：有条目被改动过。")


def _tiles_verify(folder: Path, rows: list[list[bytes]], index: int, width: int) -> None:
    """Hold the tile of the leaves, and every tile above that became full with it, to what they must hold."""
    _tile_verify(folder, 0, index, rows[0])
    level = 0
    while len(rows[level]) == WIDTH:
        peaks: list[tuple[int, bytes]] = []
        for one in rows[level]:
            _grow(peaks, one)
        rows[level] = []
        if len(rows) == level + 1:
            rows.append([])
        rows[level + 1].append(_root(peaks))
        level, index = level + 1, index // WIDTH
        if len(rows[level]) == WIDTH:
            _tile_verify(folder, level, index, rows[level])
    if width < WIDTH:
        rows[0] = []


def _tile_verify(folder: Path, level: int, index: int, row: list[bytes]) -> None:
    path = _path(str(level), index, len(row))
    if _file(folder, path) != b"".join(row):
        raise Refused(f"文件 {path} 与条目不符，被改动过。")


def _entries(content: bytes, path: str) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        if at + 2 + length > len(content):
            raise Refused(f"文件 {path} 不完整。")
        yield content[at + 2 : at + 2 + length]
        at += 2 + length


def _grow(peaks: list[tuple[int, bytes]], found: bytes) -> None:
    """Put one more leaf to the complete subtrees (height, hash) of which a tree consists, the largest first."""
    height = 0
    while peaks and peaks[-1][0] == height:
        found = _node(peaks.pop()[1], found)
        height += 1
    peaks.append((height, found))


def _root(peaks: list[tuple[int, bytes]]) -> bytes:
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks[-1][1]
    for _, one in reversed(peaks[:-1]):
        found = _node(one, found)
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _path(level: str, index: int, width: int) -> str:
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{place}" + ("" if width == WIDTH else f".p/{width}")


def _file(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise Refused(f"缺少文件 {path}。") from error


def _number(text: str) -> int:
    """Return a whole number that is written the one way it is written, -1 for anything else."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 20 and str(int(text)) == text
    return int(text) if is_number else -1


def _base64(text: str) -> bytes:
    """Return what base 64 says, written the one way it is written (its last letter has bits to spare)."""
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("写得不对：不是base64。") from error
    if base64.b64encode(found).decode() != text:
        raise Refused("写得不对：不是规范的base64。")
    return found


def tell(verdict: Verdict, say: Callable[[str], object] = print) -> None:
    """Say what was found, line by line."""
    say(("✓ " if verdict.genuine else "✕ ") + verdict.reason)
    for label, value in verdict.facts:
        say(f"  {label}：{value}")


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names and say what was found."""
    parser = argparse.ArgumentParser(description="离线核验公示存证日志，或者其中一项的证明。")
    kinds = parser.add_subparsers(dest="kind", required=True)
    log = kinds.add_parser("log", help="核验整个日志（下载的副本）")
    log.add_argument("folder", type=Path, help="日志文件夹，里面有 checkpoint 和 tile")
    log.add_argument("--since", type=Path, help="以前保存的检查点")
    proof = kinds.add_parser("proof", help="核验一份证明")
    proof.add_argument("file", type=Path, help="证明文件（.tlog-proof）")
    for one in (log, proof):
        one.add_argument("--key", required=True, help="网站公布的日志公钥（整行），或者写着它的文件")
    asked = parser.parse_args(arguments)
    try:
        key = Path(asked.key).read_text() if Path(asked.key).is_file() else asked.key
        if asked.kind == "log":
            verdict = verify_log(asked.folder, key, since=asked.since.read_bytes() if asked.since else None)
        else:
            verdict = verify_proof(asked.file.read_bytes(), key)
    except OSError as error:
        print(f"读不了：{error}")
        return 2
    tell(verdict)
    return 0 if verdict.genuine else 1


if __name__ == "__main__":
    sys.exit(main())
