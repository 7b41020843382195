"""Whether a certificate is good for what it is to be used for, by the charger's own clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey as EcKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey as RsaKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LEAST_RSA_BITS = 2048
LEAST_EC_BITS = 224
"""W section 2.5: keys are at least as long as this."""

OwnKey = EllipticCurvePrivateKey | RSAPrivateKey


class BadCertificate(Exception):  # noqa: N818 -- a verdict, not an error of the program
    """The certificate cannot be used; the message says why."""


@contextmanager
def reading() -> Iterator[None]:
    """Make a verdict of what cannot be read: a certificate is read piece by piece, as it is used.

    Raises:
        BadCertificate: A piece of it is broken, or there twice.
    """
    try:
        yield
    except (
        ValueError,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
        UnsupportedAlgorithm,
    ) as error:
        raise BadCertificate(f"it cannot be read: {error}") from error


def read_chain(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a PEM text, in its order.

    Raises:
        BadCertificate: There is none, or one that cannot be read.
    """
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise BadCertificate(f"no certificate in PEM: {error}") from error


def read_key(pem: str) -> OwnKey:
    """Return a private key.

    Raises:
        BadCertificate: It is none, is encrypted, or of a kind that TLS here has no use for.
    """
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Without the cause: what could not be read is a secret.
        raise BadCertificate("no private key in PEM, or an encrypted one") from None
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise BadCertificate("the private key is neither RSA nor elliptic curve")
    return key


def same_key(one: PublicKeyTypes, other: PublicKeyTypes) -> bool:
    """Whether two public keys are the same."""
    return _der(one) == _der(other)


def _der(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_dates(certificate: x509.Certificate, now: datetime) -> None:
    """See that a certificate is valid at a moment.

    Raises:
        BadCertificate: Not yet, or not any more.
    """
    if now < certificate.not_valid_before_utc:
        raise BadCertificate(f"not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M}")
    if now > certificate.not_valid_after_utc:
        raise BadCertificate(f"expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M}")


def check_root(root: x509.Certificate, now: datetime) -> None:
    """See that a certificate can be a root: a valid authority that has signed itself.

    Raises:
        BadCertificate: It cannot.
    """
    with reading():
        check_dates(root, now)
        _check_length(root)
        _check_authority(root)
        _check_signature(root, root)
        _check_names(root)


def check_own(
    chain: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    *,
    key: OwnKey,
    common_name: str,
    organisation: str,
    now: datetime,
) -> None:
    """See that a chain can be the charger's own certificate (W A02, section 2.5).

    Args:
        chain: Its certificate, then what leads to a root; the root may be left out.
        roots: The installed roots of the central system.
        key: The private key that was made for the request.
        common_name: The charger's serial number.
        organisation: The operator; empty: not looked at.
        now: By the charger's clock.

    Raises:
        BadCertificate: It cannot.
    """
    leaf = chain[0]
    with reading():
        if not same_key(leaf.public_key(), key.public_key()):
            raise BadCertificate("it is for another key than the one that was asked for")
        if _named(leaf, NameOID.COMMON_NAME) != [common_name]:
            raise BadCertificate(f"its common name is not {common_name}")
        if organisation and _named(leaf, NameOID.ORGANIZATION_NAME) != [organisation]:
            raise BadCertificate(f"its organisation is not {organisation}")
        _check_usage(leaf)
    check_chain(chain, roots, now)


def check_chain(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime
) -> None:
    """See that a chain, its first certificate first, leads to an installed root.

    Raises:
        BadCertificate: It does not.
    """
    with reading():
        _check_chain(chain, roots, now)


def _check_chain(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime
) -> None:
    for certificate in chain:
        check_dates(certificate, now)
        _check_length(certificate)
    for number, issuer in enumerate(chain[1:]):
        _check_authority(issuer, below=number)
        _check_signature(chain[number], issuer)
    last = chain[-1]
    if last in roots:
        return
    for root in roots:
        if root.subject == last.issuer:
            try:
                _check_signature(last, root)
                check_dates(root, now)
                _check_authority(root, below=len(chain) - 1)
            except BadCertificate:
                continue
            return
    raise BadCertificate(f"no installed root is its issuer {last.issuer.rfc4514_string()}")


def _named(certificate: x509.Certificate, what: x509.ObjectIdentifier) -> list[str]:
    return [str(each.value) for each in certificate.subject.get_attributes_for_oid(what)]


def _check_names(certificate: x509.Certificate) -> None:
    """See that the central system can be told of it, and name it (GetInstalledCertificateIds).

    A serial number has 40 hexadecimal digits there, and is of 1 to 20 octets and above 0 in
    RFC 5280 4.1.2.2: one that has more could neither be listed nor deleted, nor any beside it.
    """
    if not 0 < certificate.serial_number < 1 << 160:
        raise BadCertificate("its serial number is not above 0 and of at most 20 octets")
    for each in (certificate.subject, certificate.issuer):
        each.rfc4514_string()


def _check_length(certificate: x509.Certificate) -> None:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadCertificate(f"its key cannot be read: {error}") from error
    if isinstance(key, RsaKey) and key.key_size >= LEAST_RSA_BITS:
        return
    if isinstance(key, EcKey) and key.key_size >= LEAST_EC_BITS:
        return
    raise BadCertificate(
        f"its key is neither RSA of {LEAST_RSA_BITS} bits nor elliptic curve of {LEAST_EC_BITS}"
    )


def _check_authority(certificate: x509.Certificate, below: int = 0) -> None:
    """See that it may sign others (RFC 5280 4.2.1.9), with so many authorities in between."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        raise BadCertificate("it is no certificate authority") from None
    if not constraints.ca:
        raise BadCertificate("it is no certificate authority")
    if constraints.path_length is not None and constraints.path_length < below:
        raise BadCertificate("the chain below it is longer than it allows")


def _check_usage(certificate: x509.Certificate) -> None:
    """See that it may identify a client, where it says at all what for (RFC 5280 4.2.1.12)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        raise BadCertificate("it is not for the authentication of a client")


def _check_signature(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        raise BadCertificate(
            f"it is not signed by {issuer.subject.rfc4514_string() or 'its issuer'}"
        ) from None
