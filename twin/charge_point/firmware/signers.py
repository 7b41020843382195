"""Whose signature the charger believes: roots, chains and revocation lists together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cryptography.x509 import Certificate

from twin.charge_point.context import Context
from twin.charge_point.firmware.revocation import is_revoked, list_location
from twin.charge_point.firmware.signature import check_signer
from twin.charge_point.security.checks import BadCertificate, read_chain, reading
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.transfer import TransferFailed, Transfers

Verdict = Callable[[str | None], None]
"""Takes None, or the UpdateFirmwareStatus that says what is wrong with a certificate."""


class Signers:
    """Checks signing certificates.

    Args:
        context: Of the running charge point.
        transfers: Fetches revocation lists.
    """

    def __init__(self, context: Context, transfers: Transfers) -> None:
        self._context = context
        self._transfers = transfers

    def signer(self, pem: str) -> Certificate:
        """Return the certificate that signs, revoked or not.

        Raises:
            BadCertificate: It does not lead to an installed root, or is not to sign.
        """
        roots = self._context.roots("ManufacturerRootCertificate")
        return check_signer(pem, roots, self._context.wall.now())

    def judge(self, pem: str, verdict: Verdict) -> None:
        """Call `verdict` as soon as it is known: at once where no revocation list is named."""
        try:
            signer = self.signer(pem)
            location = list_location(signer)
        except BadCertificate as error:
            self._refuse(str(error), verdict)
            return
        if location is None:
            verdict(None)
        else:
            self._transfers.fetch(location, partial(self._listed, pem, signer, verdict))

    def _listed(
        self, pem: str, signer: Certificate, verdict: Verdict, found: bytes | TransferFailed
    ) -> None:
        if isinstance(found, TransferFailed):
            self._refuse(f"its revocation list cannot be had: {found}", verdict)
            return
        issuers = [*read_chain(pem)[1:], *self._context.roots("ManufacturerRootCertificate")]
        try:
            with reading():
                revoked = is_revoked(signer, found, issuers, self._context.wall.now())
        except BadCertificate as error:
            self._refuse(str(error), verdict)
            return
        if revoked:
            self._refuse("it has been revoked", verdict, "RevokedCertificate")
        else:
            verdict(None)

    def _refuse(self, why: str, verdict: Verdict, status: str = "InvalidCertificate") -> None:
        verdict(status)
        self._context.event(0, f"order of firmware not taken, its signing certificate: {why}")
        self._context.security_event(SecurityEvent.INVALID_FIRMWARE_CERTIFICATE, why)
