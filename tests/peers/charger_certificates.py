"""The certificates that `evseloop central pki` has made, and the private key of a charger."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Pki:
    """A directory that `evseloop central pki` has made, and the settings that it printed."""

    directory: Path
    settings: dict[str, str]

    def pem(self, name: str) -> str:
        return (self.directory / f"{name}.pem").read_text()

    def client(
        self, own: tuple[Path, Path] | None = None, root: str = "central-root"
    ) -> ssl.SSLContext:
        """The TLS of a charger that trusts the central system's root."""
        context = ssl.create_default_context(cafile=str(self.directory / f"{root}.pem"))
        if own is not None:
            context.load_cert_chain(*own)
        return context

    def signed_by(
        self, authority: str, common_name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    ) -> str:
        """A certificate that was signed elsewhere than in the central system."""
        issuer = x509.load_pem_x509_certificate(self.pem(authority).encode())
        issuer_key = load_pem_private_key((self.directory / f"{authority}.key").read_bytes(), None)
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
            .issuer_name(issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(issuer_key, SHA256())
        )
        return certificate.public_bytes(Encoding.PEM).decode()


class ChargerKey:
    """A private key that a charger has made, and what it does with it."""

    def __init__(self, directory: Path, *, rsa_bits: int | None = None) -> None:
        self.key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
            ec.generate_private_key(ec.SECP256R1())
            if rsa_bits is None
            else rsa.generate_private_key(65537, rsa_bits)
        )
        self._directory = directory

    def csr(self, common_name: str, organization: str = "") -> str:
        names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
        if organization:
            names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
        return request.sign(self.key, SHA256()).public_bytes(Encoding.PEM).decode()

    def files(self, chain: str) -> tuple[Path, Path]:
        """Write a chain and this key to files, as TLS wants them."""
        number = x509.load_pem_x509_certificate(chain.encode()).serial_number
        certificate = self._directory / f"{number:x}.pem"
        key = self._directory / f"{number:x}.key"
        certificate.write_text(chain)
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, key
