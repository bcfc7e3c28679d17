"""Any altered byte is refused with the reason: by the platform, by the command, and by one file without our package."""

import ast
import asyncio
import json
import random
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.integration.reports.conftest import NOW

from xinheng.adapters import signing
from xinheng.reports import offline_verifier, services

FLIPS = 40


@pytest.fixture
def made(organisation):
    return services.report_issue(subject=organisation, now=NOW, actor="test")


@pytest.fixture
def trust():
    return offline_verifier.trust_read(services.trust_file(now=NOW))


def test_both_are_genuine_as_issued(made, trust):
    for content in (made.data, made.pdf):
        verdict = offline_verifier.verify(content, trust)
        assert verdict.genuine, verdict.reason
        assert verdict.number == made.number


@pytest.mark.parametrize("form", ["data", "pdf"])
def test_any_altered_byte_is_refused(made, trust, form):
    content = getattr(made, form)
    draws = random.Random(20260401)
    for _ in range(FLIPS):
        place, bit = draws.randrange(len(content)), 1 << draws.randrange(8)
        altered = bytearray(content)
        altered[place] ^= bit
        verdict = offline_verifier.verify(bytes(altered), trust)
        assert not verdict.genuine, (place, bit)
        assert verdict.reason


def test_bytes_all_over_the_data_count(made, trust):
    for place in range(0, len(made.data), 17):
        altered = bytearray(made.data)
        altered[place] ^= 1
        assert not offline_verifier.verify(bytes(altered), trust).genuine, place


@pytest.mark.parametrize("added", [b"\n", b"%%EOF\n", b"\n1 0 obj\n<<>>\nendobj\n"])
@pytest.mark.parametrize("form", ["data", "pdf"])
def test_nothing_may_be_added(made, trust, form, added):
    assert not offline_verifier.verify(getattr(made, form) + added, trust).genuine


def test_data_of_another_way_of_writing_are_not_the_original(made, trust):
    assert not offline_verifier.verify(json.dumps(json.loads(made.data), indent=1).encode(), trust).genuine


def test_a_report_of_another_platform_is_not_ours(made, settings, tmp_path):
    settings.XINHENG_VAR = tmp_path / "another"
    others = offline_verifier.trust_read(services.trust_file(now=NOW))
    for content in (made.data, made.pdf):
        verdict = offline_verifier.verify(content, others)
        assert not verdict.genuine
        assert "别的平台" in verdict.reason


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"{", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"[" * 100_000, b'{"report":1,"signature":2}']
)
def test_what_is_no_report_is_said_so(trust, content):
    verdict = offline_verifier.verify(content, trust)
    assert not verdict.genuine
    assert verdict.reason.endswith(("。", "）"))


def unsigned(pdf):
    """Return the page as it was before it was signed: its first revision."""
    first = PdfFileReader(BytesIO(pdf)).xrefs.get_startxref_for_revision(0)
    return pdf[: pdf.index(b"%%EOF", first) + len(b"%%EOF\n")]


def test_an_unsigned_copy_is_no_original(made, trust):
    verdict = offline_verifier.verify(unsigned(made.pdf), trust)
    assert not verdict.genuine
    assert "没有电子签名" in verdict.reason


def test_bytes_all_over_the_signature_count(made, trust):
    """What a signature leaves out of its range is the signature itself: certificates, attributes, the zeros after it."""
    start, end = (int(number) for number in re.search(rb"/ByteRange \[0 (\d+) (\d+)", made.pdf).groups())
    for place in range(start, end, 53):
        altered = bytearray(made.pdf)
        altered[place] ^= 1 if altered[place : place + 1].isdigit() else 2
        assert not offline_verifier.verify(bytes(altered), trust).genuine, place - start


def test_it_works_where_an_event_loop_is_running(made, trust):
    own, page = signing.signer(now=NOW), unsigned(made.pdf)

    async def within() -> tuple[bool, bytes]:
        return offline_verifier.verify(made.pdf, trust).genuine, own.pdf(page, reason="演示")

    loop = asyncio.new_event_loop()
    genuine, again = loop.run_until_complete(within())
    loop.close()
    assert genuine
    assert offline_verifier.verify(again, trust).genuine


def test_our_own_mistakes_do_not_look_like_the_files(made, trust, monkeypatch):
    def broken(*_args):
        raise RuntimeError("演示")

    monkeypatch.setattr(offline_verifier, "validate_pdf_signature", broken)
    with pytest.raises(RuntimeError):
        offline_verifier.verify(made.pdf, trust)


def test_one_file_is_enough(made, tmp_path):
    source = tmp_path / "verify_report.py"
    source.write_bytes(Path(offline_verifier.__file__).read_bytes())
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source.read_text()))
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert "xinheng" not in imported
    (tmp_path / "trust.pem").write_bytes(services.trust_file(now=NOW))
    altered = bytearray(made.pdf)
    altered[2000] ^= 4
    for content, name, code in (
        (made.pdf, "a.pdf", 0),
        (made.data, "a.json", 0),
        (bytes(altered), "b.pdf", 1),
        (b"?", "c.txt", 2),
    ):
        (tmp_path / name).write_bytes(content)
        run = subprocess.run(
            [sys.executable, "-I", source, tmp_path / name, "--trust", tmp_path / "trust.pem"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == code, run.stdout + run.stderr


def time_stamp_authority():
    """Return root, certificate and key of an invented time-stamp service (pyHanko's test one knows RSA only)."""
    from datetime import UTC, datetime, timedelta

    from asn1crypto import keys
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root_name, name = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in ("演示时间戳根证书", "演示时间戳")
    )
    begin, end = datetime.now(UTC) - timedelta(1), datetime.now(UTC) + timedelta(9)
    root = x509.CertificateBuilder(root_name, root_name, root_key.public_key(), 1, begin, end)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(root_key, hashes.SHA256())
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = x509.CertificateBuilder(root_name, name, key.public_key(), 2, begin, end).add_extension(usage, critical=True)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return root, leaf.sign(root_key, hashes.SHA256()), keys.PrivateKeyInfo.load(der)


def test_a_time_stamp_service_makes_it_b_lt(organisation, trust, monkeypatch):
    from pyhanko.sign.timestamps import DummyTimeStamper

    own = signing.signer(now=NOW)
    root, certificate, key = time_stamp_authority()
    service = DummyTimeStamper(tsa_cert=signing._asn1(certificate), tsa_key=key)
    stamps = signing.TimeStamps(service, (root,))
    stamped = signing.OwnSigner(identity=own._identity, data_key=own._data_key, time_stamps=stamps)
    monkeypatch.setattr("xinheng.reports.services.printing.signer", lambda now: stamped)
    made = services.report_issue(subject=organisation, now=NOW, actor="test")
    assert b"/DSS" in made.pdf
    everybody = offline_verifier.trust_read(stamped.trust)
    verdict = offline_verifier.verify(made.pdf, everybody)
    assert verdict.genuine, verdict.reason
    assert ("时间戳", "有") in verdict.facts
    assert not offline_verifier.verify(made.pdf + b"\n", everybody).genuine
    assert not offline_verifier.verify(made.pdf, trust).genuine, "a stamp by nobody we know"


def test_the_countys_own_certificate_takes_its_place(organisation, settings, tmp_path):
    settings.XINHENG_VAR = tmp_path / "county"
    p12 = tmp_path / "county.p12"
    p12.write_bytes(signing._identity_new(NOW))
    settings.XINHENG_REPORT_P12 = str(p12)
    made = services.report_issue(subject=organisation, now=NOW, actor="test")
    assert services.report_verify(content=made.pdf, now=NOW).genuine
    assert not (tmp_path / "county" / "keys" / "report-certificate.p12").exists()


def test_a_certificate_that_cannot_be_used_is_said_so(organisation, settings, tmp_path):
    from xinheng.reports.errors import SigningKeyMissing

    settings.XINHENG_REPORT_P12 = str(tmp_path / "没有.p12")
    with pytest.raises(SigningKeyMissing, match="XINHENG_REPORT_P12"):
        services.report_issue(subject=organisation, now=NOW, actor="test")


def test_so_it_is_when_a_report_is_made_again(made, settings, tmp_path):
    from xinheng.reports.errors import SigningKeyMissing

    settings.XINHENG_REPORT_P12 = str(tmp_path / "没有.p12")
    with pytest.raises(SigningKeyMissing, match="XINHENG_REPORT_P12"):
        services.report_remake(number=made.number, check_code=made.check_code, now=NOW)
