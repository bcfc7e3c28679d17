"""Verify a report (核验): by its file, with the very code that anybody can run without us."""

from xinheng.reports.offline_verifier import Verdict, trust_read, verify
from xinheng.reports.services.issue import report_signer


def trust_file() -> bytes:
    """Return the trust file that this platform publishes: its issuing certificate and its data key, as PEM."""
    return report_signer().trust


def report_verify(*, content: bytes, trust: bytes | None = None) -> Verdict:
    """Return whether a file is a report as it was issued; by this platform's own keys where no trust file is given.

    Raises:
        ValueError: the trust file names no certificate or key.
    """
    return verify(content, trust_read(trust or trust_file()))
