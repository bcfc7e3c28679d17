#!/usr/bin/env python3
"""Verify a credit report (PDF or JSON) or a snapshot offline: this one file needs Python, cryptography and pyhanko, not our package.

    python offline_verifier.py REPORT --trust TRUST.pem

TRUST.pem is published by the platform that issued the report (its issuing certificate and its data key). Exit code: 0 genuine,
1 not to be used, 2 not a report. The platform's own ``xinheng report verify`` and its page run this same code.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentTimestampStatus, validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

FORMAT = "xinheng-report/1"
SNAPSHOT_FORMAT = "xinheng-snapshot/1"
MOST_BYTES = 50 * 2**20
_PEM_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----\n?", re.DOTALL)
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_ALTERED = "内容与出具时不一致，不要采用：签名之后数据被改动过（编辑、转存、重排都会造成）。请取得原始文件再核验。"
_ADDED = "内容与出具时不一致，不要采用：签名之后文件里增加过内容。请取得原始文件再核验。"
_NUMBER = re.compile(r"公共信用信息报告 ([A-Z]+\d{20})")


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a file. ``facts``: label and value of what the genuine report says of itself."""

    is_report: bool
    genuine: bool
    reason: str
    number: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Trust:
    """Whose signatures count: issuing certificates, and the public keys for data."""

    certificates: tuple[x509.Certificate, ...]
    data_keys: tuple[Ed25519PublicKey, ...]


def trust_read(pem: bytes) -> Trust:
    """Return what a published trust file names.

    Raises:
        ValueError: it names no certificate or no key.
    """
    blocks = [(match.group(1), match.group(0)) for match in _PEM_BLOCK.finditer(pem)]
    certificates = tuple(x509.load_pem_x509_certificate(block) for kind, block in blocks if kind == b"CERTIFICATE")
    keys = tuple(load_pem_public_key(block) for kind, block in blocks if kind == b"PUBLIC KEY")
    data_keys = tuple(key for key in keys if isinstance(key, Ed25519PublicKey))
    if not certificates or not data_keys:
        raise ValueError("the trust file needs a certificate and an Ed25519 key")
    return Trust(certificates, data_keys)


def verify(content: bytes, trust: Trust) -> Verdict:
    """Return whether ``content`` is a report as it was issued, and if not, why not."""
    if len(content) > MOST_BYTES:
        return Verdict(False, False, "文件超过50 MB，不是本平台的信用报告。")
    if content[:5] == b"%PDF-":
        return _verify_pdf(content, trust)
    if content[:1] == b"{":
        return _verify_json(content, trust)
    return Verdict(
        False, False, "这不是信用报告：只认PDF和JSON两种文件。照片、扫描件和打印件不能核验签名，请用报告编号和校验码核验。"
    )


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form of JSON that holds texts, whole numbers, true, false and null, under ASCII keys."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class _Refused(Exception):
    """A file that cannot be believed; its one argument is what to say of it."""


def _signed(content: bytes, member: str, form: str, trust: Trust) -> dict[str, Any]:
    """Return the document that stands under ``member`` in signed JSON of the format ``form``.

    Raises:
        _Refused: it is not as it was signed, or something else.
    """
    whole, name = {"report": ("信用报告", "报告"), "manifest": ("快照清单", "清单")}[member]
    try:
        envelope = json.loads(content)
        document, signature = envelope[member], envelope["signature"]
        value, public = _bytes_of(signature["value"]), _bytes_of(signature["public_key"])
        is_ours = document["format"] == form
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        is_ours = content.startswith(f'{{"{member}":'.encode())
        reason = _ALTERED if is_ours else f"这个JSON文件不是{whole}，或者不完整，不能核验。"
        raise _Refused(Verdict(is_ours, False, reason)) from error
    if not is_ours:
        raise _Refused(Verdict(False, False, f"这个JSON文件不是本平台的{whole}。"))
    if not any(public == key.public_bytes_raw() for key in trust.data_keys):
        reason = f"不要采用：{name}不是用所给的签名公钥签的，可能出自别的平台，也可能是伪造的。"
        raise _Refused(Verdict(True, False, reason))
    # One way only to write it: bytes outside the signed text must be as they were issued, too.
    told = {"algorithm": "Ed25519", "canonical": "RFC 8785", "public_key": signature["public_key"], "value": signature["value"]}
    try:
        if canonical(envelope) != content or envelope != {member: document, "signature": told}:
            raise _Refused(Verdict(True, False, _ALTERED))
        Ed25519PublicKey.from_public_bytes(public).verify(value, canonical(document))
    except (InvalidSignature, UnicodeEncodeError) as error:  # half a character (U+D800…) has no canonical form
        raise _Refused(Verdict(True, False, _ALTERED)) from error
    return dict(document)


def _verify_json(content: bytes, trust: Trust) -> Verdict:
    try:
        document = _signed(content, "report", FORMAT, trust)
    except _Refused as refused:
        return _verdict_of(refused)
    return Verdict(True, True, "报告真实，内容没有改动。", str(document["number"]), _facts(document))


def verify_manifest(content: bytes, trust: Trust, *, folder: Path) -> Verdict:
    """Return whether a snapshot's manifest is as it was signed, and the files in ``folder`` are those that it names."""
    try:
        document = _signed(content, "manifest", SNAPSHOT_FORMAT, trust)
    except _Refused as refused:
        return _verdict_of(refused)
    for one in document["files"]:
        path = folder / Path(one["name"]).name
        if not path.is_file():
            return Verdict(True, False, f"清单真实；旁边缺少文件 {path.name}，没有核验完。")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != one["sha256"]:
                return Verdict(True, False, f"不要采用：文件 {path.name} 与清单不符，被改动过或者没有下载完整。")
    facts = (
        ("快照编号", str(document["number"])),
        ("制作时间", str(document["made_at"])),
        ("发布单位", str(document["publisher"])),
        ("记录数", str(document["records"])),
    )
    return Verdict(True, True, "快照真实，清单和文件都没有改动。", str(document["number"]), facts)


def _verdict_of(refused: _Refused) -> Verdict:
    (verdict,) = refused.args
    assert isinstance(verdict, Verdict)
    return verdict


def _bytes_of(text: str) -> bytes:
    """Return what base 64 says, written the one way it is written (its last letter has bits to spare).

    Raises:
        ValueError: it is written in another way.
    """
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError("not the canonical base 64")
    return found


def _facts(document: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return (
        ("报告编号", str(document["number"])),
        ("单位", f"{document['subject']['name']}（{document['subject']['code']}）"),
        ("出具时间", str(document["issued_at"])),
        ("出具单位", str(document["issuer"])),
        ("用途", str(document["purpose"]["title"])),
        ("数据指纹", hashlib.sha256(canonical(document)).hexdigest()),
    )


def _verify_pdf(content: bytes, trust: Trust) -> Verdict:
    broken = "内容与出具时不一致，不要采用：文件在签名之后被改动过，或者已经损坏。请取得原始文件再核验。"
    if not _contents_as_written(content):
        return Verdict(True, False, broken)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _apart(lambda: _verify_signature(content, trust))
    except _BROKEN_FILE:
        return Verdict(True, False, broken)


# What reading a damaged file ends in; anything else is our own mistake and must not look like one of the file.
_BROKEN_FILE = (
    PdfError,
    ValidationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)


def _apart(call: Callable[[], Verdict]) -> Verdict:
    """Run ``call`` in a thread of its own: the library starts an event loop, and the caller may have one running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def _contents_as_written(content: bytes) -> bool:
    """Return whether the gap that a signature leaves out of its range holds that signature and zeros, nothing else."""
    ranges = _BYTE_RANGE.findall(content)
    if not ranges:
        return True
    start, after, _ = (int(number) for number in ranges[0])
    gap = content[start:after]
    if gap[:1] != b"<" or gap[-1:] != b">":
        return False
    written = gap[1:-1]
    try:
        der = bytes.fromhex(written.decode("ascii"))
    except ValueError:
        return False
    length = _der_length(der)
    if length is None or not _is_as_encoded(der[:length]):
        return False
    return written == (der[:length].hex().upper().encode() + b"0" * (len(written) - 2 * length))


def _is_as_encoded(der: bytes) -> bool:
    """Return whether a signature is written the one way DER writes it, and says once what it says.

    The algorithms named before the signer's own are not signed by anything: they must be the same.
    """
    try:
        info = cms.ContentInfo.load(der, strict=True)
        signed = info["content"]
        (signer,) = signed["signer_infos"]
        named = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
        versions = {signed["version"].native, signer["version"].native}
        plain = versions == {"v1"} and named == [signer["digest_algorithm"].dump()]
        return bool(plain and info.dump(force=True) == der)
    except (ValueError, TypeError, LookupError, AttributeError):
        return False


def _der_length(der: bytes) -> int | None:
    """Return how many bytes the first DER value takes."""
    if len(der) < 2 or der[0] != 0x30:
        return None
    if der[1] < 0x80:
        return 2 + der[1]
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big") if 0 < count <= 4 else None


_NOT_SIGNED_ONCE = {
    False: Verdict(False, False, "这个PDF没有电子签名，不是本平台出具的原件。转存、打印成PDF的副本不能核验。"),
    True: Verdict(True, False, "不要采用：文件上有不止一个签名，不是出具时的样子。"),
}


def _verify_signature(content: bytes, trust: Trust) -> Verdict:
    reader = PdfFileReader(BytesIO(content), strict=True)
    signatures = reader.embedded_regular_signatures
    if len(signatures) != 1:
        return _NOT_SIGNED_ONCE[bool(signatures)]
    signature = signatures[0]
    last = reader.embedded_signatures[-1]
    _, _, start, length = (int(number) for number in last.sig_object["/ByteRange"])
    if start + length != len(content):
        return Verdict(True, False, _ADDED)
    roots = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in trust.certificates]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
    status = validate_pdf_signature(signature, context)
    if not status.intact or not status.valid:
        return Verdict(True, False, "内容与出具时不一致，不要采用：签名之后文件被改动过。请取得原始文件再核验。")
    if not status.trusted:
        return Verdict(True, False, "不要采用：签名证书不是所给的签名单位签发的，可能出自别的平台，也可能是伪造的。")
    # After the signature only what proves it (time stamps, revocation facts) may follow, closed by a stamp over everything.
    stamped = last is not signature
    if stamped and not (status.bottom_line and _is_believed(validate_pdf_timestamp(last, context))):
        return Verdict(True, False, _ADDED)
    found = _NUMBER.search(str(signature.sig_object.get("/Reason", "")))
    number = found.group(1) if found else ""
    signed_at = signature.self_reported_timestamp
    facts = (
        ("报告编号", number),
        ("签名证书", status.signing_cert.subject.human_friendly),
        ("签名时间", signed_at.isoformat(timespec="seconds") if signed_at else ""),
        ("时间戳", "有" if stamped else "没有（签名时间由签名单位自述）"),
    )
    return Verdict(True, True, "报告真实，内容没有改动。", number, facts)


def _is_believed(stamp: DocumentTimestampStatus) -> bool:
    return stamp.intact and stamp.valid and stamp.trusted


def main(arguments: list[str] | None = None) -> int:
    """Verify one file and say what was found."""
    parser = argparse.ArgumentParser(
        description="离线核验信用报告（PDF或JSON），或者开放数据快照（清单 manifest.json 和旁边的文件）。"
    )
    parser.add_argument("report", type=Path, help="报告文件或者快照清单")
    parser.add_argument("--trust", type=Path, required=True, help="出具平台公布的信任文件（PEM）")
    asked = parser.parse_args(arguments)
    content, trust = asked.report.read_bytes(), trust_read(asked.trust.read_bytes())
    is_manifest = content.startswith(b'{"manifest":')
    verdict = verify_manifest(content, trust, folder=asked.report.parent) if is_manifest else verify(content, trust)
    print(("✓ " if verdict.genuine else "✕ ") + verdict.reason)
    for label, value in verdict.facts:
        print(f"  {label}：{value}")
    return 0 if verdict.genuine else 1 if verdict.is_report else 2


if __name__ == "__main__":
    sys.exit(main())
