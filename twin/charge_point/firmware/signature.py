"""Who signed a firmware, and whether it did (security whitepaper, use case L01)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from twin.charge_point.security.checks import BadCertificate, check_chain, read_chain, reading


def check_signer(pem: str, roots: Sequence[x509.Certificate], now: datetime) -> x509.Certificate:
    """Return the certificate that signs, once its chain ends at one of the roots.

    Certificates between it and the root follow it in the same text.

    Raises:
        BadCertificate: It cannot be read, is not valid at `now`, may not sign,
            or is of nobody that the charger knows.
    """
    chain = read_chain(pem)
    check_chain(chain, roots, now)
    try:
        with reading():
            usage = chain[0].extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return chain[0]
    if not usage.digital_signature:
        raise BadCertificate("its key usage is not to sign")
    return chain[0]


def is_signed(content: bytes, signature: str, signer: x509.Certificate) -> bool:
    """Whether `signature` (base64) is the signer's of a content: SHA-256 with RSA or ECDSA.

    RSA with PKCS #1 v1.5 or with PSS padding.
    """
    try:
        raw = base64.b64decode("".join(signature.split()), validate=True)
    except ValueError:  # of base64, or of a text that is not even ASCII
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
