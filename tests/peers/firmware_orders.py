"""Orders of signed firmware: who signs, what, and how."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests.peers.pki import Authority, Issued, ec_key, name, sign
from tests.peers.scripted_central import EPOCH

_PADDINGS: dict[str, Any] = {
    "pkcs1": padding.PKCS1v15(),
    "pss": padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH),
}


def signer(
    authority: Authority,
    key: Any = None,
    *,
    by: Issued | None = None,
    may: bool = True,
    revocations: str = "",
    **how: Any,
) -> Issued:
    """A certificate that signs firmware, or (`may`) must not."""
    own, issuer = key or ec_key(), by or authority.root
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(revocations)], None, None, None)
    lists = (x509.CRLDistributionPoints([point]),) if revocations else ()
    certificate = sign(
        name("Firmware of the manufacturer"),
        own.public_key(),
        issuer,
        issuer.key,
        extensions=(_usage(may), *lists),
        **how,
    )
    return Issued(certificate, own, issuer.between)


def _usage(may: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=may,
        content_commitment=False,
        key_encipherment=not may,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def revocation_list(by: Issued, *revoked: Issued, days: int = 30) -> bytes:
    """What is revoked by an authority, from a day before the twin's time 0 on."""
    begin = EPOCH - timedelta(days=1)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(begin)
        .next_update(begin + timedelta(days=days))
    )
    for each in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(begin).build())
    return builder.sign(by.key, SHA256()).public_bytes(Encoding.DER)


def signature(content: bytes, by: Issued, how: str = "pkcs1") -> str:
    if isinstance(by.key, ec.EllipticCurvePrivateKey):
        raw = by.key.sign(content, ec.ECDSA(SHA256()))
    else:
        raw = by.key.sign(content, _PADDINGS[how], SHA256())
    return base64.b64encode(raw).decode()


def order(
    location: str,
    content: bytes,
    by: Issued,
    *,
    request_id: int = 1,
    how: str = "pkcs1",
    **more: Any,
) -> dict[str, Any]:
    """The payload of SignedUpdateFirmware."""
    return {
        "requestId": request_id,
        "retries": 0,
        "firmware": {
            "location": location,
            "retrieveDateTime": "2026-01-01T00:00:00Z",
            "signingCertificate": by.pem,
            "signature": signature(content, by, how),
            **more,
        },
    }
