"""What others need to verify the log: its public key, and the one-file program."""

from pathlib import Path

from xinheng.adapters.log_key import log_key
from xinheng.tlog import offline_verifier
from xinheng.tlog.domain import LogKey


def known_key() -> LogKey:
    """Return this deployment's log key as others know it; made when missing."""
    signing = log_key()
    return LogKey(signing.origin, signing.key.public_key().public_bytes_raw())


def verifier_file() -> bytes:
    """Return the program that verifies the log and its proofs offline, one file without a line of ours beside it."""
    return Path(offline_verifier.__file__).read_bytes()
