"""The deployment's signing secret, made at first use."""

import secrets
from pathlib import Path

from xinheng.adapters.storage import write_once


def secret_key(path: Path) -> str:
    """Return the secret stored in ``path``; a missing file is made (mode 0600), whole, also when two processes race."""
    if not path.exists():
        path.parent.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, secrets.token_urlsafe(48).encode())
    return path.read_text()
