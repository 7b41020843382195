"""A small authority for scenarios: a central system's certificates, and those of impostors.

Everything is on P-256 and signed with SHA-256. Dates are the twin's: they begin a day before its
clock, and last for twenty years, so that what judges by the machine's date is content as well.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=20 * 365)


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate and the private key to it, which `repr` does not show."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """The private key, not encrypted."""
        text = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return text.decode()

    def signature(self, content: bytes) -> bytes:
        """Sign a content: ECDSA with SHA-256."""
        return self.key.sign(content, ec.ECDSA(SHA256()))

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write `name.pem` and `name.key`, the key for its owner alone; return both."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_text(self.pem, encoding="ascii")
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self.key_pem)
        return certificate, key


class Authority:
    """A root that signs itself, and what it signs.

    Args:
        common_name: of the root.
        epoch: UTC when the twin's clock stands at 0.
    """

    def __init__(self, common_name: str, epoch: datetime) -> None:
        self._begin = epoch - timedelta(days=1)
        key = ec.generate_private_key(ec.SECP256R1())
        self.root = Certified(self._sign(common_name, key, None, path_length=1), key)

    def authority(self, common_name: str) -> Certified:
        """Make an authority below it, for the certificates of chargers."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Certified(self._sign(common_name, key, self.root, path_length=0), key)

    def server(self, *hosts: str, end: datetime | None = None) -> Certified:
        """Make a server's certificate for hosts, names or addresses, good until `end`."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        return Certified(self._sign(hosts[0], key, self.root, (names, usage), end=end), key)

    def client(self, common_name: str, issuer: Certified | None = None) -> Certified:
        """Make a charger's certificate, signed by the root or by an authority below it."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return Certified(self._sign(common_name, key, issuer or self.root, (usage,)), key)

    def signer(self, common_name: str) -> Certified:
        """Make the certificate of one who signs firmware."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        return Certified(self._sign(common_name, key, self.root, (usage,)), key)

    def _sign(
        self,
        common_name: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: Certified | None,
        extensions: tuple[x509.ExtensionType, ...] = (),
        *,
        path_length: int | None = None,
        end: datetime | None = None,
    ) -> x509.Certificate:
        is_authority = path_length is not None
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        issuer_key = key if issuer is None else issuer.key
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._begin)
            .not_valid_after(end or self._begin + LIFETIME)
            .add_extension(x509.BasicConstraints(is_authority, path_length), critical=True)
            .add_extension(_usage(is_authority), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
            )
        )
        for extension in extensions:
            made = made.add_extension(extension, critical=False)
        return made.sign(issuer_key, SHA256())


def _usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
