"""The deployment's signing secret, made at first use."""

import os
import secrets
from pathlib import Path


def secret_key(path: Path) -> str:
    """Return the secret stored in ``path``; a missing file is made (mode 0600), safely when two processes race."""
    path.parent.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("x", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
