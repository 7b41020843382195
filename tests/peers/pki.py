"""An authority for tests: roots, servers' and chargers' certificates, good ones and others."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.peers.scripted_central import EPOCH
from tests.peers.tcp_server import tcp_server

BEGIN = EPOCH - timedelta(days=1)
END = EPOCH + timedelta(days=3650)
NO_CHECK_TIME = 0x200000  # OpenSSL: these servers live in the twin's time, not in the machine's

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Issued:
    """A certificate, its key, and what leads from it to the root."""

    certificate: x509.Certificate
    key: Any
    between: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        return "".join(
            each.public_bytes(Encoding.PEM).decode() for each in (self.certificate, *self.between)
        )

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()  # type: ignore[no-any-return]


def name(common_name: str, organisation: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organisation:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(attributes)


def sign(
    subject: x509.Name,
    public_key: Any,
    issuer: Issued | None,
    key: Any,
    *,
    ca: bool = False,
    begin: datetime = BEGIN,
    end: datetime = END,
    serial: int | None = None,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(public_key)
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, SHA256())


class Authority:
    """A root, and what it signs."""

    def __init__(self, common_name: str = "Test root", key: Key | None = None, **how: Any) -> None:
        own = key or ec_key()
        how = {"begin": EPOCH - timedelta(days=1000), **how}
        root = sign(name(common_name), own.public_key(), None, own, ca=True, **how)
        self.root = Issued(root, own)

    @property
    def pem(self) -> str:
        return self.root.pem

    def intermediate(self, common_name: str = "Between", **how: Any) -> Issued:
        key = ec_key()
        between = sign(
            name(common_name), key.public_key(), self.root, self.root.key, ca=True, **how
        )
        return Issued(between, key, (between,))

    def server(self, host: str = "127.0.0.1", key: Key | None = None, **how: Any) -> Issued:
        own = key or ec_key()
        try:
            alternative: x509.GeneralName = x509.IPAddress(ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        extensions = (
            x509.SubjectAlternativeName([alternative]),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        )
        certificate = sign(
            name(host), own.public_key(), self.root, self.root.key, extensions=extensions, **how
        )
        return Issued(certificate, own)

    def client(self, common_name: str, organisation: str = "Operator", **how: Any) -> Issued:
        own = ec_key()
        subject = name(common_name, organisation)
        return Issued(sign(subject, own.public_key(), self.root, self.root.key, **how), own)

    def answer(self, csr: str, issuer: Issued | None = None, **how: Any) -> str:
        """Sign a request as it is; return the chain for CertificateSigned."""
        request = x509.load_pem_x509_csr(csr.encode())
        assert request.is_signature_valid
        by = issuer or self.root
        usage = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),)
        certificate = sign(
            how.pop("subject", request.subject),
            how.pop("public_key", request.public_key()),
            by,
            by.key,
            extensions=how.pop("extensions", usage),
            **how,
        )
        return Issued(certificate, None, by.between).pem


def first(chain: str) -> str:
    """Return the first certificate of a chain."""
    end = "-----END CERTIFICATE-----\n"
    return chain.split(end)[0] + end


def server_tls(
    folder: Path, server: Issued, clients: Authority | None = None, **versions: Any
) -> ssl.SSLContext:
    """Return the TLS of a central system; `clients`: who has signed chargers' certificates."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "server.pem"
    path.write_text(server.key_pem + server.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.set_ciphers(versions.pop("ciphers", "ALL"))
    for what, version in versions.items():
        setattr(context, what, version)
    if clients is not None:
        ask_for_certificates(context, clients)
    return context


def too_old_tls(folder: Path, server: Issued) -> ssl.SSLContext:
    """Return the TLS of a central system that speaks 1.1 and nothing newer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return server_tls(
            folder,
            server,
            ciphers="ALL:@SECLEVEL=0",
            minimum_version=ssl.TLSVersion.TLSv1_1,
            maximum_version=ssl.TLSVersion.TLSv1_1,
        )


def ask_for_certificates(context: ssl.SSLContext, authority: Authority) -> None:
    """Have a central system demand chargers' certificates of an authority."""
    context.load_verify_locations(cadata=authority.pem)
    context.verify_flags |= NO_CHECK_TIME
    context.verify_mode = ssl.CERT_REQUIRED


@contextmanager
def blunt_server(context: ssl.SSLContext) -> Iterator[str]:
    """Serve handshakes alone, with the alerts of OpenSSL: servers of asyncio withhold them."""

    def answer(connection: socket.socket) -> None:
        connection.settimeout(30)
        tls = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with tls:
            try:
                tls.do_handshake()
                tls.recv(1)
            except OSError:
                # So that the alert arrives, and not the end of a connection with unread bytes.
                tls.shutdown(socket.SHUT_WR)
                with suppress(OSError):  # it may reset the connection after its alert
                    while tls.recv(4096):
                        pass

    with tcp_server(answer) as address:
        yield f"wss://{address}"
