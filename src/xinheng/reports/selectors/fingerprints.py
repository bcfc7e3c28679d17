"""Fingerprints of a report's data, over their RFC 8785 form."""

import hashlib

import rfc8785

from xinheng.reports.domain import Json

# How far the sources have reported, advice and reasoning move from day to day without saying anything new about anybody.
_MOVING = "sources"
_ADVICE = "十"


def document_canonical(document: Json) -> bytes:
    """Return the RFC 8785 form of a document, which is signed, kept and counted as the document."""
    return rfc8785.dumps(document)


def document_fingerprint(canonical: bytes) -> str:
    """Return the SHA-256 of a whole document's RFC 8785 form, in hexadecimal: it stands on the printed report."""
    return hashlib.sha256(canonical).hexdigest()


def facts_fingerprint(facts: Json) -> str:
    """Return the SHA-256 of what a report says of an organisation; equal for two reports that tell the same."""
    told = {name: value for name, value in facts.items() if name != _MOVING}
    sections = [_told(section) for section in told["sections"] if section["number"] != _ADVICE]
    return hashlib.sha256(rfc8785.dumps(told | {"sections": sections})).hexdigest()


def _told(section: Json) -> Json:
    groups = [
        group
        | {"records": [{name: value for name, value in record.items() if name != "reasons"} for record in group["records"]]}
        for group in section["groups"]
    ]
    return section | {"groups": groups}
