"""Who signed a firmware, and whether it did (security whitepaper, use case L01)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

_DEEPEST = 8
_LEAST_RSA_BITS = 2048
_LEAST_EC_BITS = 224
"""Keys that the whitepaper takes for safe (section on cryptography)."""


class InvalidCertificate(ValueError):  # noqa: N818 -- named as the answer is
    """A signing certificate that is not to be trusted; the message says why."""


def check_certificate(
    pem: str, roots: Sequence[x509.Certificate], now: datetime
) -> x509.Certificate:
    """Return the certificate that signs, once its chain ends at one of the roots.

    Certificates between it and the root follow it in the same text.

    Raises:
        InvalidCertificate: It cannot be read, is not valid at `now`, may not sign,
            or is of nobody that the charger knows.
    """
    try:
        signer, *between = x509.load_pem_x509_certificates(pem.encode())
        _may_sign(signer)
    except ValueError as error:
        raise InvalidCertificate(f"the signing certificate cannot be used: {error}") from error
    if not roots:
        raise InvalidCertificate("no ManufacturerRootCertificate is installed")
    _check_dates(signer, now)
    current = signer
    for _ in range(_DEEPEST):
        root = next((each for each in roots if _issued(current, each)), None)
        if root is not None:
            _check_dates(root, now)
            return signer
        above = next((each for each in between if _issued(current, each)), None)
        if above is None or above == current:
            break
        _check_dates(above, now)
        current = above
    raise InvalidCertificate("its chain ends at no installed ManufacturerRootCertificate")


def is_signed(content: bytes, signature: str, signer: x509.Certificate) -> bool:
    """Whether `signature` (base64) is the signer's of a content: SHA-256 with RSA or ECDSA.

    RSA with PKCS #1 v1.5 or with PSS padding.
    """
    try:
        raw = base64.b64decode("".join(signature.split()), validate=True)
    except binascii.Error:
        return False
    key = signer.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        try:
            key.verify(raw, content, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO)
    return isinstance(key, rsa.RSAPublicKey) and (
        _rsa_verifies(key, raw, content, padding.PKCS1v15())
        or _rsa_verifies(key, raw, content, pss)
    )


def _rsa_verifies(
    key: rsa.RSAPublicKey, signature: bytes, content: bytes, pad: padding.AsymmetricPadding
) -> bool:
    try:
        key.verify(signature, content, pad, SHA256())
    except InvalidSignature:
        return False
    return True


def _may_sign(signer: x509.Certificate) -> None:
    key = signer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        least = _LEAST_RSA_BITS
    elif isinstance(key, ec.EllipticCurvePublicKey):
        least = _LEAST_EC_BITS
    else:
        raise InvalidCertificate("its key is neither RSA nor of an elliptic curve")
    if key.key_size < least:
        raise InvalidCertificate(f"its key has {key.key_size} bits, at least {least} are asked for")
    usage = _extension(signer, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        raise InvalidCertificate("its key usage is not to sign")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    constraints = _extension(issuer, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        return False
    usage = _extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _check_dates(certificate: x509.Certificate, now: datetime) -> None:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        name = certificate.subject.rfc4514_string()
        raise InvalidCertificate(f"{name} is not valid at {now:%Y-%m-%d %H:%M} UTC")
