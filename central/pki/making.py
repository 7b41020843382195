"""Making certificates: authorities, servers, chargers, signers of firmware.

All are signed with SHA-256; an RSA authority signs with PKCS #1 v1.5, as the certification tool
expects it, rather than with PSS.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

CA_RSA_BITS: Final = 3072
RSA_BITS: Final = 2048


@dataclass(frozen=True)
class Identity:
    """A certificate and the private key to it, which `repr` does not show."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)


@dataclass(frozen=True)
class Validity:
    """From when to when a certificate is good."""

    not_before: datetime
    not_after: datetime


def new_rsa_key(bits: int = RSA_BITS) -> rsa.RSAPrivateKey:
    """Make an RSA key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def new_ec_key() -> ec.EllipticCurvePrivateKey:
    """Make a key on the curve P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def make_root(common_name: str, validity: Validity, *, path_length: int) -> Identity:
    """Make an authority that signs itself, with so many authorities below it at most."""
    key = new_rsa_key(CA_RSA_BITS)
    subject = distinguished_name(common_name)
    builder = _begin(subject, subject, key.public_key(), key, validity)
    return Identity(_as_authority(builder, path_length).sign(key, SHA256()), key)


def make_authority(common_name: str, issuer: Identity, validity: Validity) -> Identity:
    """Make an authority below another one; it signs no further authorities."""
    key = new_rsa_key(CA_RSA_BITS)
    builder = _begin(
        distinguished_name(common_name),
        issuer.certificate.subject,
        key.public_key(),
        issuer.key,
        validity,
    )
    return Identity(_as_authority(builder, 0).sign(issuer.key, SHA256()), key)


def make_server(
    hosts: list[str], key: PrivateKey, issuer: Identity, validity: Validity
) -> Identity:
    """Make a server's certificate; its common name is the first host (section 2.5)."""
    names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
    builder = _begin(
        distinguished_name(hosts[0]),
        issuer.certificate.subject,
        key.public_key(),
        issuer.key,
        validity,
    ).add_extension(names, critical=False)
    # A plain RSA key exchange, of which the whitepaper has two suites, enciphers with the key.
    usage = _usage(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey))
    builder = _as_leaf(builder, usage, ExtendedKeyUsageOID.SERVER_AUTH)
    return Identity(builder.sign(issuer.key, SHA256()), key)


def make_signer(common_name: str, issuer: Identity, validity: Validity) -> Identity:
    """Make a certificate that signs firmware (use case L01)."""
    key = new_rsa_key()
    builder = _begin(
        distinguished_name(common_name),
        issuer.certificate.subject,
        key.public_key(),
        issuer.key,
        validity,
    )
    usage = _usage(digital_signature=True)
    builder = _as_leaf(builder, usage, ExtendedKeyUsageOID.CODE_SIGNING)
    return Identity(builder.sign(issuer.key, SHA256()), key)


def make_client(
    subject: x509.Name, key: CertificatePublicKeyTypes, issuer: Identity, validity: Validity
) -> x509.Certificate:
    """Make a charger's certificate for the key that it has asked for."""
    builder = _begin(subject, issuer.certificate.subject, key, issuer.key, validity)
    usage = _usage(digital_signature=True)
    return _as_leaf(builder, usage, ExtendedKeyUsageOID.CLIENT_AUTH).sign(issuer.key, SHA256())


def distinguished_name(common_name: str, organization: str = "") -> x509.Name:
    """Make a name of CN and, where there is one, O."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


def _begin(
    subject: x509.Name,
    issuer: x509.Name,
    key: CertificatePublicKeyTypes,
    issuer_key: PrivateKey,
    validity: Validity,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )


def _as_authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    ).add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _as_leaf(
    builder: x509.CertificateBuilder, usage: x509.KeyUsage, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )


def _usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_encipherment=key_encipherment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
