"""Which public keys are long enough (Improved security for OCPP 1.6-J, section 2.5)."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

LEAST_RSA_BITS: Final = 2048
LEAST_EC_BITS: Final = 224


class PkiError(ValueError):
    """A key, certificate, request or file that cannot be used.

    The message says why, and holds no secret.
    """


def check_strength(key: object) -> None:
    """Refuse a public key that is too short, or neither RSA nor of an elliptic curve.

    Raises:
        PkiError: It is.
    """
    if isinstance(key, RSAPublicKey):
        least = LEAST_RSA_BITS
    elif isinstance(key, EllipticCurvePublicKey):
        least = LEAST_EC_BITS
    else:
        raise PkiError("the key is neither RSA nor of an elliptic curve")
    if key.key_size < least:
        raise PkiError(f"the key has {key.key_size} bits, at least {least} are needed")
