"""The deployment's own signatures: PAdES on a PDF (P-256 certificate), Ed25519 on data.

The certificate, its issuer and both keys are made at first use under ``var/keys``; a county puts its own certificate in their
place with ``XINHENG_REPORT_P12``. SM2 is left to the county's own signing service, behind :class:`Signer`.
"""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Protocol

import rfc8785
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from xinheng.adapters.storage import folder, write_once

FIELD = "Xinheng"
_CERTIFICATE = "report-certificate.p12"
_CA_YEARS = 20
_LEAF_YEARS = 5
_PEM = serialization.Encoding.PEM


class Signer(Protocol):
    """Whoever signs documents: the deployment's own keys here, a county's signing service elsewhere."""

    @property
    def trust(self) -> bytes:
        """PEM of what others verify against: the issuing certificate and the data key."""

    def pdf(self, content: bytes, *, reason: str) -> bytes:
        """Return the PDF with a signature over all of it."""

    def data(self, content: bytes) -> bytes:
        """Return the Ed25519 signature of ``content``."""


class CertificateUnusable(Exception):
    """The county's own certificate cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class _Identity:
    key: asn1_keys.PrivateKeyInfo
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]

    @property
    def root(self) -> x509.Certificate:
        return self.issuers[-1] if self.issuers else self.certificate


@dataclass(frozen=True, slots=True)
class TimeStamps:
    """A time-stamp service (RFC 3161), and the certificates under which its stamps are believed."""

    service: TimeStamper
    roots: tuple[x509.Certificate, ...]


class OwnSigner:
    """Signs with the keys of this deployment."""

    def __init__(self, *, identity: _Identity, data_key: Ed25519PrivateKey, time_stamps: TimeStamps | None = None) -> None:
        """Take the certificate's key, the key for data and, where there is one, the time-stamp service."""
        self._identity = identity
        self._data_key = data_key
        self._time_stamps = time_stamps
        store = SimpleCertificateStore()
        store.register_multiple([_asn1(one) for one in identity.issuers])
        # The root is with whoever verifies; a copy of it in the signature could be altered unseen.
        self._signer = SimpleSigner(
            signing_cert=_asn1(identity.certificate), signing_key=identity.key, cert_registry=store, embed_roots=False
        )

    @property
    def trust(self) -> bytes:
        """PEM of the issuing certificate, the roots of the time stamps and the public key for data."""
        public = self._data_key.public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return b"".join(one.public_bytes(_PEM) for one in self._roots) + public

    @property
    def _roots(self) -> tuple[x509.Certificate, ...]:
        return (self._identity.root, *(self._time_stamps.roots if self._time_stamps is not None else ()))

    @property
    def name(self) -> str:
        """Whom the certificate names."""
        found = self._identity.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return self._identity.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def data_key_raw(self) -> bytes:
        """The 32 bytes of the public key for data."""
        return self._data_key.public_key().public_bytes_raw()

    def pdf(self, content: bytes, *, reason: str) -> bytes:
        """Return the PDF with a PAdES signature: B-B, or B-LTA where a time-stamp service is set.

        B-LTA is B-T and B-LT with one more stamp over everything, so that nothing can be added after it unseen.

        The signature says the moment at which it is made; proof of that is the time-stamp service's.
        """
        stamps = self._time_stamps
        roots = [_asn1(one) for one in self._roots]
        context = ValidationContext(trust_roots=roots, allow_fetching=stamps is not None, revocation_mode="soft-fail")
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=reason,
            name=self.name,
            embed_validation_info=stamps is not None,
            use_pades_lta=stamps is not None,
            dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_NEXT_TS),
            validation_context=context if stamps is not None else None,
        )
        out = BytesIO()
        writer = IncrementalPdfFileWriter(BytesIO(content))
        signing = PdfSigner(meta, signer=self._signer, timestamper=stamps.service if stamps else None)
        # In a thread of its own: the library starts an event loop, and the caller may have one running.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(signing.sign_pdf, writer, output=out).result()
        return out.getvalue()

    def data(self, content: bytes) -> bytes:
        """Return the Ed25519 signature of ``content`` (64 bytes)."""
        return self._data_key.sign(content)

    def signed_json(self, member: str, canonical: bytes) -> bytes:
        """Return JSON that holds a document under ``member`` beside its signature, itself in RFC 8785 form.

        ``canonical`` is the document in that form: as its members stand in order, so do those of the whole, and the document
        is written once.
        """
        signature = {
            "algorithm": "Ed25519",
            "canonical": "RFC 8785",
            "public_key": base64.b64encode(self.data_key_raw).decode(),
            "value": base64.b64encode(self.data(canonical)).decode(),
        }
        members = sorted([(member, canonical), ("signature", rfc8785.dumps(signature))])
        return b"{" + b",".join(rfc8785.dumps(name) + b":" + value for name, value in members) + b"}"


@lru_cache(maxsize=2)
def _signer_of(keys: Path, p12: str, password_file: str, time_stamps: str, time_stamp_roots: str) -> OwnSigner:
    identity = _from_p12(Path(p12), password_file) if p12 else _identity_in((keys / _CERTIFICATE).read_bytes(), None)
    stamps = TimeStamps(HTTPTimeStamper(time_stamps), _certificates(time_stamp_roots)) if time_stamps else None
    return OwnSigner(identity=identity, data_key=_data_key(keys), time_stamps=stamps)


def _certificates(path: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        raise CertificateUnusable(f"XINHENG_REPORT_TSA_ROOTS: {error}") from error


def signer(*, now: datetime) -> OwnSigner:
    """Return what signs this deployment's documents; its keys are made when missing, valid from ``now``.

    Raises:
        CertificateUnusable: ``XINHENG_REPORT_P12`` names a file that cannot be used.
    """
    keys = folder("keys")
    if not settings.XINHENG_REPORT_P12 and not (keys / _CERTIFICATE).exists():
        # Certificate and key in one file, so that none is ever there without the other.
        write_once(keys / _CERTIFICATE, _identity_new(now))
    return _signer_of(
        keys,
        settings.XINHENG_REPORT_P12,
        settings.XINHENG_REPORT_P12_PASSWORD_FILE,
        settings.XINHENG_REPORT_TSA,
        settings.XINHENG_REPORT_TSA_ROOTS,
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key: ec.EllipticCurvePrivateKey) -> asn1_keys.PrivateKeyInfo:
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return asn1_keys.PrivateKeyInfo.load(der)


def _data_key(keys: Path) -> Ed25519PrivateKey:
    path = keys / "report-data.key"
    if not path.exists():
        write_once(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def _from_p12(path: Path, password_file: str) -> _Identity:
    try:
        password = Path(password_file).read_bytes().strip() if password_file else None
        return _identity_in(path.read_bytes(), password)
    except (OSError, ValueError) as error:
        raise CertificateUnusable(str(error)) from error


def _identity_in(content: bytes, password: bytes | None) -> _Identity:
    key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("no certificate with an elliptic-curve key in it")
    return _Identity(_asn1_key(key), certificate, tuple(others))


def _identity_new(now: datetime) -> bytes:
    site = settings.XINHENG_SITE
    organisation = site.get("organiser") or f"{site.get('county', '')}公共信用信息平台"
    if settings.XINHENG_DEMO:
        organisation = f"{organisation}（演示）"
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name(organisation, f"{site.get('name', '')}报告签名根证书")
    ca = (
        _builder(ca_name, ca_name, ca_key, now, _CA_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        _builder(_name(organisation, f"{site.get('name', '')}信用报告"), ca_name, key, now, _LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    # The file is as private as the folder it lies in; the issuer's key is not kept: it signs this one certificate.
    return pkcs12.serialize_key_and_certificates(b"report", key, leaf, [ca], serialization.NoEncryption())


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
