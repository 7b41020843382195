"""Whether a signing certificate has been revoked: by the list it names (RFC 5280, 4.2.1.13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from twin.charge_point.security.checks import BadCertificate, reading
from twin.charge_point.transfer import Location, read_location


def list_location(certificate: x509.Certificate) -> Location | None:
    """Return where the list is that a certificate may be on, None where it names none.

    Raises:
        BadCertificate: It names lists, but none that this charger can fetch.
    """
    try:
        with reading():
            extensions = certificate.extensions
            points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return None
    names = [name for point in points for name in point.full_name or ()]
    for name in names:
        if isinstance(name, x509.UniformResourceIdentifier):
            try:
                return read_location(name.value)
            except ValueError:
                continue
    raise BadCertificate("it names no revocation list that can be fetched")


def is_revoked(
    certificate: x509.Certificate,
    found: bytes,
    issuers: Sequence[x509.Certificate],
    now: datetime,
) -> bool:
    """Whether a certificate is on the list that was fetched.

    Args:
        certificate: Whose list it is.
        found: The list, DER or PEM.
        issuers: Who may have signed the list: what the certificate's chain consists of.
        now: By the charger's clock.

    Raises:
        BadCertificate: The list is none, is out of date, or of somebody else: then
            nobody knows.
    """
    try:
        if found.startswith(b"-----"):
            revoked = x509.load_pem_x509_crl(found)
        else:
            revoked = x509.load_der_x509_crl(found)
    except ValueError as error:
        raise BadCertificate(f"its revocation list cannot be read: {error}") from error
    if revoked.issuer != certificate.issuer or not any(
        issuer.subject == certificate.issuer and _signed_by(revoked, issuer) for issuer in issuers
    ):
        raise BadCertificate("its revocation list is not of its issuer")
    end = revoked.next_update_utc
    if now < revoked.last_update_utc or (end is not None and now > end):
        raise BadCertificate("its revocation list is out of date")
    return revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def _signed_by(revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return revoked.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except TypeError:
        return False
