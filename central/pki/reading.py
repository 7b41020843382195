"""What stands in a certificate or in a request for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from central.pki.strength import PkiError, check_strength


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What is kept of a certificate beside its text.

    Attributes:
        common_name: whom it is for; empty where it does not say.
        serial_number: hexadecimal, lower case, no leading zeros.
        fingerprint: SHA-256 of the whole, hexadecimal.
    """

    common_name: str
    serial_number: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Read what is kept of a certificate."""
    return CertificateFacts(
        common_name=first_name(certificate.subject, NameOID.COMMON_NAME),
        serial_number=f"{certificate.serial_number:x}",
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def facts_of_der(der: bytes) -> CertificateFacts:
    """Read what is kept of a certificate from its bytes, as TLS gives them.

    Raises:
        PkiError: It cannot be read.
    """
    try:
        return facts_of(x509.load_der_x509_certificate(der))
    except ValueError as error:
        raise PkiError(f"the certificate cannot be read: {error}") from error


def read_chain(pem: str) -> list[x509.Certificate]:
    """Read certificates in PEM, in their order.

    Raises:
        PkiError: There is none, or one that cannot be read.
    """
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise PkiError("this is no certificate in PEM") from error


def to_pem(chain: list[x509.Certificate]) -> str:
    """Write certificates in PEM, one after the other."""
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)


def read_request(pem: str) -> x509.CertificateSigningRequest:
    """Read a request of a charger in PEM; its key is long enough, and its own signature right.

    Raises:
        PkiError: It cannot be used.
    """
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        is_right = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise PkiError("this is no certificate signing request in PEM (PKCS #10)") from error
    check_strength(key)
    if not is_right:
        raise PkiError("the request is not signed with the key that it is for")
    return request


def first_name(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    """Give the first part of a kind of a distinguished name, empty where there is none."""
    parts = name.get_attributes_for_oid(kind)
    return str(parts[0].value) if parts else ""


def is_for_key_of(certificate: x509.Certificate, request: x509.CertificateSigningRequest) -> bool:
    """Say whether a certificate is for the key of a request."""
    return _der(certificate) == _der(request)


def _der(holder: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
