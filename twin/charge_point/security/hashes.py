"""What identifies a certificate in GetInstalledCertificateIds and DeleteCertificate.

W section 5, certificateHashData, as its edition 3 makes clear: the hash of the
issuer's name is over its DER, the hash of the issuer's key over the bit string
of the key without tag, length and count of unused bits, the serial number is
hexadecimal without leading zeros.
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wire.frames import Payload

_ALGORITHMS = {"SHA256": hashlib.sha256, "SHA384": hashlib.sha384, "SHA512": hashlib.sha512}


def hash_data(
    certificate: x509.Certificate, issuer: x509.Certificate, algorithm: str = "SHA256"
) -> Payload:
    """Return the certificateHashData of a certificate; a root is its own issuer.

    Raises:
        TypeError: The issuer's key is neither RSA nor elliptic curve.
    """
    digest = _ALGORITHMS[algorithm]
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": digest(certificate.issuer.public_bytes()).hexdigest(),
        "issuerKeyHash": digest(_bit_string(issuer)).hexdigest(),
        "serialNumber": f"{certificate.serial_number:x}",
    }


def is_meant(certificate: x509.Certificate, issuer: x509.Certificate, asked: Payload) -> bool:
    """Whether hash data, in whatever case and algorithm, is that of a certificate."""
    own = hash_data(certificate, issuer, asked["hashAlgorithm"])
    # Some write the serial number with leading zeros after all.
    serial = asked["serialNumber"].lower().lstrip("0") or "0"
    return serial == own["serialNumber"] and all(
        asked[name].lower() == own[name] for name in ("issuerNameHash", "issuerKeyHash")
    )


def _bit_string(certificate: x509.Certificate) -> bytes:
    key = certificate.public_key()
    if isinstance(key, RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise TypeError(f"a key of kind {type(key).__name__} is never installed")
