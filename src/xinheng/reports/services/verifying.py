"""Verify a report (核验): by its file, with the very code that anybody can run without us."""

from datetime import datetime
from pathlib import Path

from xinheng.reports import offline_verifier
from xinheng.reports.offline_verifier import Verdict
from xinheng.reports.services.printing import report_signer


def trust_file(*, now: datetime) -> bytes:
    """Return the trust file that this platform publishes: its issuing certificate and its data key, as PEM."""
    return report_signer(now=now).trust


def verifier_file() -> bytes:
    """Return the program that verifies a report offline, as everybody may have it."""
    return Path(offline_verifier.__file__).read_bytes()


def report_verify(*, content: bytes, now: datetime, trust: bytes | None = None) -> Verdict:
    """Return whether a file is a report as it was issued; by this platform's own keys where no trust file is given.

    Raises:
        ValueError: the trust file names no certificate or key.
    """
    return offline_verifier.verify(content, offline_verifier.trust_read(trust or trust_file(now=now)))


def manifest_verify(*, path: Path, now: datetime, trust: bytes | None = None) -> Verdict:
    """Return whether a snapshot's manifest is as it was signed, and the files beside it are those that it names.

    Raises:
        ValueError: the trust file names no certificate or key.
    """
    known = offline_verifier.trust_read(trust or trust_file(now=now))
    return offline_verifier.verify_manifest(path.read_bytes(), known, folder=path.parent)
