"""The authority that signs the requests of chargers (Improved security for OCPP 1.6-J, A02)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from central.pki.making import Identity, Validity, distinguished_name, make_client
from central.pki.reading import first_name, read_chain, read_request
from central.pki.strength import PkiError, check_strength

BACKDATED = timedelta(hours=1)
"""A charger whose clock is a little slow takes a new certificate all the same."""


class ChargerAuthority:
    """Signs requests with a key that was read from a file once."""

    def __init__(
        self, chain: list[x509.Certificate], key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    ) -> None:
        """Sign with the key of the first certificate; the others lead from it to a root."""
        self._issuer = Identity(chain[0], key)
        # Chargers have the root installed; what stands between it and them goes along.
        self._between = [each for each in chain if each.subject != each.issuer]

    @classmethod
    def load(cls, certificate: Path, key: Path) -> ChargerAuthority:
        """Read the authority's certificate, with what leads to its root, and its private key.

        Raises:
            PkiError: They cannot be used; the message names the file.
        """
        chain = read_certificates(certificate)
        signing_key = _read_key(key)
        if signing_key.public_key() != chain[0].public_key():
            raise PkiError(f"{key}: it is not the private key of the certificate in {certificate}")
        try:
            check_strength(signing_key.public_key())
            constraints = chain[0].extensions.get_extension_for_class(x509.BasicConstraints)
        except (x509.ExtensionNotFound, ValueError) as error:
            raise PkiError(f"{certificate}: it is no authority: {error}") from error
        if not constraints.value.ca:
            raise PkiError(f"{certificate}: it may not sign other certificates")
        return cls(chain, signing_key)

    def issue(
        self, csr: str, *, wall: datetime, business: datetime, lifetime: timedelta
    ) -> list[x509.Certificate]:
        """Sign a request; gives the certificate and what leads from it to the root.

        Of the request count its key, CN and O, nothing else. TLS here judges by wall time and a
        charger by its own, which is business time: the certificate is good by both.

        Raises:
            PkiError: The request cannot be used.
        """
        request = read_request(csr)
        try:
            subject = distinguished_name(
                first_name(request.subject, NameOID.COMMON_NAME),
                first_name(request.subject, NameOID.ORGANIZATION_NAME),
            )
        except ValueError as error:
            raise PkiError(f"the name in the request cannot be used: {error}") from error
        validity = Validity(
            min(wall, business) - BACKDATED,
            min(max(wall, business) + lifetime, self._issuer.certificate.not_valid_after_utc),
        )
        if validity.not_after <= wall:
            raise PkiError("the certificate of the authority has expired")
        key = request.public_key()
        assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        return [make_client(subject, key, self._issuer, validity), *self._between]


def read_certificates(path: Path) -> list[x509.Certificate]:
    """Read the certificates of a file in PEM.

    Raises:
        PkiError: They cannot be read; the message names the file.
    """
    try:
        return read_chain(path.read_text())
    except (OSError, ValueError) as error:
        raise PkiError(f"{path}: {_reason(error)}") from error


def _read_key(path: Path) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise PkiError(f"{path}: {_reason(error)}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Without the cause: what could not be read is a secret.
        raise PkiError(f"{path}: it is no private key in PEM, or an encrypted one") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise PkiError(f"{path}: the key is neither RSA nor of an elliptic curve")
    return key


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
