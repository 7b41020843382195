"""TLS of the OCPP port (Improved security for OCPP 1.6-J, section 2.4)."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from central.pki.authority import read_certificates
from central.pki.strength import PkiError, check_strength

CIPHER_SUITES: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
"""For TLS 1.2, by OpenSSL's names, best first. The last two, without forward secrecy, are the
whitepaper's RSA suites: a charger that has no others could not connect. TLS 1.3 has its own."""


def server_context(
    certificates: Sequence[Path], keys: Sequence[Path], client_authority: Path | None
) -> ssl.SSLContext:
    """Make the TLS of a server with a certificate for each family of suites, RSA and EC.

    A client's certificate is asked for where there is an authority for it, and checked; a client
    without one gets through (security profile 2). Sessions are not resumed, so that each
    connection shows its certificate.

    Raises:
        PkiError: A file cannot be used; the message names it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(CIPHER_SUITES))
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_TICKET
    context.num_tickets = 0
    for certificate, key in zip(certificates, keys, strict=True):
        _check(certificate)
        try:
            # A passphrase would be asked for on the terminal.
            context.load_cert_chain(certificate, key, password="")
        except OSError as error:
            raise PkiError(
                f"{key}: it is not there, not readable, encrypted, or not the private key of "
                f"{certificate} ({error.strerror or 'unreadable'})"
            ) from None
    if client_authority is not None:
        read_certificates(client_authority)
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_OPTIONAL
        # The authority of the chargers need not be a root.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _check(path: Path) -> None:
    leaf = read_certificates(path)[0]
    try:
        check_strength(leaf.public_key())
    except PkiError as error:
        raise PkiError(f"{path}: {error}") from error
