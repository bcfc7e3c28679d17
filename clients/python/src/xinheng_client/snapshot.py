"""A downloaded snapshot: is it genuine, and what is in it."""

import base64
import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

FORMAT = "xinheng-snapshot/1"
_KEY = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n?", re.DOTALL)
_MADE_SAFE = re.compile("'(?='*[ ]*[=+\\-@\t\r\n＝＋－＠|%])")
_NULLABLE_TEXTS = frozenset({"list_title", "severity.code", "severity.label", "severity.confidence"})
_OBJECTS = ("severity", "dispute")


class NotGenuine(Exception):
    """A snapshot that must not be used; the message says why."""


@dataclass(frozen=True)
class Snapshot:
    """A verified snapshot in a folder. ``manifest`` says everything about it, the terms of use among it."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def number(self) -> str:
        """The place in the change feed from which its changes follow."""
        return str(self.manifest["number"])

    @classmethod
    def verified(cls, folder: Path, *, trust: bytes) -> "Snapshot":
        """Return the snapshot in ``folder`` once its signature and the files that are there are verified, without a network.

        Raises:
            NotGenuine: another key, an altered byte, an incomplete file.
        """
        manifest = _verified((folder / "manifest.json").read_bytes(), trust)
        for file in manifest["files"]:
            path = folder / Path(file["name"]).name
            if not path.exists():
                continue
            with path.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != file["sha256"]:
                    raise NotGenuine(f"{path.name} is not the file that the manifest names")
        return cls(folder, manifest)

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield every record as the change feed tells it, read from ``records.csv``."""
        types = {column["name"]: column["type"] for column in self.manifest["columns"]}
        with (self.folder / "records.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield _record(row, types)


def _record(row: dict[str, str], types: dict[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, text in row.items():
        holder = record
        *members, last = name.split(".")
        for member in members:
            holder = holder.setdefault(member, {})
        holder[last] = _value(name, text, types[name])
    for name in _OBJECTS:
        if all(value is None for value in record[name].values()):
            record[name] = None
    return record


def _value(name: str, text: str, kind: str) -> Any:
    if kind == "text":
        if not text and name in _NULLABLE_TEXTS:
            return None
        return text[1:] if _MADE_SAFE.match(text) else text
    if kind == "day":
        return text or None
    if kind == "boolean":
        return text == "true"
    return int(text) if kind == "integer" else json.loads(text)


def _verified(content: bytes, trust: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(content)
        manifest, signature = dict(envelope["manifest"]), envelope["signature"]
        public, value = base64.b64decode(signature["public_key"]), base64.b64decode(signature["value"])
        form = manifest["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotGenuine("this is no manifest of a snapshot") from error
    if form != FORMAT:
        raise NotGenuine(f"the manifest's format is {form!r}, not {FORMAT!r}")
    keys = [load_pem_public_key(block) for block in _KEY.findall(trust)]
    if not any(isinstance(key, Ed25519PublicKey) and key.public_bytes_raw() == public for key in keys):
        raise NotGenuine("the manifest was not signed with a key of the trust file")
    # RFC 8785 of JSON that holds texts, whole numbers, true and false under ASCII keys.
    try:
        signed = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        Ed25519PublicKey.from_public_bytes(public).verify(value, signed)
    except (InvalidSignature, UnicodeEncodeError) as error:  # half a character has no signed form
        raise NotGenuine("the manifest was altered after it was signed") from error
    return manifest
