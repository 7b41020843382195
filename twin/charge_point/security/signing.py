"""The charger's own certificate: asked for, signed, taken into use, renewed (W A02, A03).

SignCertificate carries a request for a fresh key pair; its answer is but a
receipt. The certificate comes later, in a call CertificateSigned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from twin.charge_point.calls import Answered, Outcome, Refused, Respond
from twin.charge_point.context import Context
from twin.charge_point.security.checks import BadCertificate, OwnKey, check_own, read_chain
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.security.identity import Identities
from twin.charge_point.security.keys import MAX_CHAIN_SIZE
from twin.charge_point.security.roots import CENTRAL, Roots
from wire.frames import Payload

RENEW_BEFORE = timedelta(days=30)
"""A certificate is renewed so long before it expires, one that lives for less than three times
that in the last third of its life (W A03: in time, by the charger itself)."""

LOOK_US = 86_400_000_000
"""How often the charger looks whether it is time: at each boot, and then daily."""

TRIGGER = "SignChargePointCertificate"


class Signing:
    """Asks for certificates and takes them into use.

    Args:
        context: The charge point.
        identities: The certificate in use, and the key that was asked for.
        roots: Whom the charger believes.
        serial_number: Its common name.
        renewed: Called when another certificate is in use.
    """

    def __init__(
        self,
        context: Context,
        identities: Identities,
        roots: Roots,
        serial_number: str,
        renewed: Callable[[], None],
    ) -> None:
        self._context = context
        self._identities = identities
        self._roots = roots
        self._serial_number = serial_number
        self._renewed = renewed
        context.triggers[TRIGGER] = lambda number: self._ask()  # noqa: ARG005
        context.calls.handlers["CertificateSigned"] = self._signed
        context.signals.accepted.append(self._look)
        context.signals.resumed.append(self._resume)

    def power_on(self) -> None:
        """Look daily from now on whether the certificate is to be renewed."""
        self._context.timers.after(LOOK_US, self._daily)

    def _daily(self) -> None:
        self._context.timers.after(LOOK_US, self._daily)
        self._look()

    def _look(self) -> None:
        if self._identities.unsent:
            self._ask()
            return
        current = self._identities.current
        if current is None:
            return
        certificate = current.certificate
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if self._context.wall.now() >= end - min(RENEW_BEFORE, (end - begin) / 3):
            self._ask()

    def _resume(self) -> None:
        if self._identities.unsent:
            self._ask()

    def _ask(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self._identities.request(key)
        csr = self._request(key)
        self._context.calls.send("SignCertificate", {"csr": csr}, self._asked, triggered=True)

    def _request(self, key: OwnKey) -> str:
        """Return the PEM of a certificate signing request (RFC 2986; W A02 for the names)."""
        names = [x509.NameAttribute(NameOID.COMMON_NAME, self._serial_number)]
        organisation = self._context.configuration.text("CpoName")
        if organisation:
            names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
        return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()

    def _asked(self, outcome: Outcome) -> None:
        match outcome:
            case Answered({"status": "Accepted"}):
                self._identities.request_sent()
            case Answered() | Refused():
                self._identities.forget_request()
                self._context.event(0, "the central system does not sign certificates")
            case _:
                pass  # asked again on the next connection

    def _signed(self, payload: Payload, respond: Respond) -> None:
        key = self._identities.requested
        try:
            if key is None:
                raise BadCertificate("it was not asked for")
            text: str = payload["certificateChain"]
            if len(text) > MAX_CHAIN_SIZE:
                raise BadCertificate(f"longer than {MAX_CHAIN_SIZE} characters")
            chain = read_chain(text)
            check_own(
                chain,
                self._roots.of(CENTRAL),
                key=key,
                common_name=self._serial_number,
                organisation=self._context.configuration.text("CpoName"),
                now=self._context.wall.now(),
            )
        except BadCertificate as error:
            respond({"status": "Rejected"})
            self._context.event(0, f"certificate not taken: {error}")
            self._context.security_event(SecurityEvent.INVALID_OWN_CERTIFICATE, str(error))
            return
        between = [each for each in chain[1:] if each.issuer != each.subject]
        self._identities.replace([chain[0], *between], key)
        respond({"status": "Accepted"})
        self._context.security_event(
            SecurityEvent.RECONFIGURATION,
            f"new certificate of the charge point, valid until"
            f" {chain[0].not_valid_after_utc:%Y-%m-%d}",
        )
        self._renewed()
