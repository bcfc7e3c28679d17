"""The list of what a backup holds (备份清单), signed by the deployment that made it."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xinheng.adapters.dumps import Measure
from xinheng.adapters.storage import file_sha256
from xinheng.operations.errors import BackupNotGenuine
from xinheng.operations.services._files import FilesMeasure

NAME: Final = "manifest.json"
DATABASE: Final = "database.dump.age"
FILES: Final = "files.tar.age"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One sealed file of a backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds: the state of the database and of the files at one moment, and the sealed parts."""

    made_at: datetime
    site: str
    version: str
    server: int
    roles: Mapping[str, Sequence[str]]
    tables: Mapping[str, Measure]
    files: FilesMeasure
    parts: tuple[Part, ...]


def part_of(path: Path) -> Part:
    """Return a sealed file as the list names it."""
    return Part(name=path.name, size=path.stat().st_size, sha256=file_sha256(path))


def document(manifest: Manifest) -> dict[str, Any]:
    """Return the list as plain data."""
    return {
        "format": FORMAT,
        "made_at": manifest.made_at.isoformat(),
        "site": manifest.site,
        "version": manifest.version,
        "server": manifest.server,
        "roles": {name: list(groups) for name, groups in manifest.roles.items()},
        "tables": {name: asdict(one) for name, one in manifest.tables.items()},
        "files": asdict(manifest.files),
        "parts": [asdict(part) for part in manifest.parts],
    }


def manifest_read(folder: Path, *, public_key: bytes) -> Manifest:
    """Return a backup's list after its signature was checked against the deployment's key for data.

    Raises:
        BackupNotGenuine: no list, not as it was written, or of another deployment.
    """
    try:
        told = json.loads((folder / NAME).read_bytes())
        signature = base64.b64decode(told["signature"]["value"])
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, rfc8785.dumps(told["backup"]))
    except InvalidSignature:
        raise BackupNotGenuine(why="清单的签名不是这个平台的，或者清单被改过") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupNotGenuine(why=f"读不出清单 {NAME}") from error
    given = told["backup"]
    if given["format"] != FORMAT:
        raise BackupNotGenuine(why=f"清单的格式（{given['format']}）不是本版本的，请用做备份的那个版本恢复")
    return Manifest(
        made_at=datetime.fromisoformat(given["made_at"]),
        site=given["site"],
        version=given["version"],
        server=given["server"],
        roles=given["roles"],
        tables={name: Measure(**one) for name, one in given["tables"].items()},
        files=FilesMeasure(**given["files"]),
        parts=tuple(Part(**part) for part in given["parts"]),
    )


def parts_check(folder: Path, manifest: Manifest) -> None:
    """Compare every sealed file with the list.

    Raises:
        BackupNotGenuine: one is missing, cut off or altered.
    """
    for part in manifest.parts:
        path = folder / part.name
        if not path.is_file():
            raise BackupNotGenuine(why=f"缺 {part.name}")
        if path.stat().st_size != part.size or file_sha256(path) != part.sha256:
            raise BackupNotGenuine(why=f"{part.name} 和清单对不上（不完整，或者被改过）")
