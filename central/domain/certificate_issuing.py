"""Signing what chargers ask for, and sending it to them (use cases A02 and A03).

The answer to a SignCertificate is only a receipt. What comes of the request is decided here, by
one task for the whole central system, and sent to the charger as a call of its own.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from cryptography import x509

from central.domain import certificates
from central.domain.certificates import ChargerCertificate, State
from central.domain.charger_link import ChargerLinks, CommandOutcome, CommandResult
from central.domain.clock import BusinessClock
from central.domain.errors import BusyError, ConflictError, DomainError
from central.domain.storage import Storage
from central.pki.authority import ChargerAuthority
from central.pki.reading import facts_of, is_for_key_of, read_chain, read_request, to_pem
from central.pki.strength import PkiError

log = structlog.get_logger(__name__)

LONGEST_CHAIN: Final = 10_000
"""Characters that CertificateSigned takes."""


class CertificatesDue:
    """The chargers for which something may have to be signed or sent."""

    def __init__(self) -> None:
        self._charge_point_ids: set[str] = set()
        self._any = asyncio.Event()

    def add(self, charge_point_id: str) -> None:
        """Say that a charger has asked, or can be reached again."""
        self._charge_point_ids.add(charge_point_id)
        self._any.set()

    async def take(self) -> set[str]:
        """Wait until there are some, and give them."""
        await self._any.wait()
        self._any.clear()
        taken, self._charge_point_ids = self._charge_point_ids, set()
        return taken


class CertificateIssuer:
    """Signs requests with the authority, where there is one, and sends certificates."""

    def __init__(
        self,
        storage: Storage,
        links: ChargerLinks,
        clock: BusinessClock,
        due: CertificatesDue,
        authority: ChargerAuthority | None,
        *,
        lifetime: timedelta,
        organization: str | None,
    ) -> None:
        """`organization`: the O that is signed for unasked; None: any."""
        self._storage = storage
        self._links = links
        self._clock = clock
        self._due = due
        self._authority = authority
        self._lifetime = lifetime
        self._organization = organization
        self._sending: set[int] = set()

    async def run(self) -> None:
        """Do what is due, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                charge_point_ids = await self._due.take()
                try:
                    for found in await self._storage.read(certificates.list_due, charge_point_ids):
                        ready = await self._sign_if_due(found)
                        if ready is not None and ready.id not in self._sending:
                            self._sending.add(ready.id)
                            tasks.create_task(self._send(ready))
                except Exception:
                    # What was asked for is kept; a charger's next connection brings it up.
                    log.exception("certificates not looked at", chargers=len(charge_point_ids))

    async def sign(self, certificate_id: int) -> ChargerCertificate:
        """Sign a request with the authority, whatever name it is in: an operator wants it.

        Raises:
            NotFoundError: there is no such request.
            ConflictError: it is not waiting, there is no authority, or it cannot be signed.
        """
        found = await self._storage.read(certificates.get_certificate, certificate_id)
        if self._authority is None:
            raise ConflictError(
                "there is no authority here that could sign",
                where="settings: OCPP_CHARGER_CA_CERT",
                how="send the certificate_chain that yours has signed",
            )
        try:
            chain = self._issue(self._authority, found)
        except PkiError as error:
            raise ConflictError(str(error), where="the request") from error
        return await self._keep(found, chain)

    async def take_signed(self, certificate_id: int, pem: str) -> ChargerCertificate:
        """Take what an authority elsewhere has signed.

        Raises:
            NotFoundError: there is no such request.
            ConflictError: it is not waiting, or the certificate is not for its key.
        """
        found = await self._storage.read(certificates.get_certificate, certificate_id)
        try:
            chain = read_chain(pem)
            fits = is_for_key_of(chain[0], read_request(found.csr))
        except PkiError as error:
            raise ConflictError(str(error), where="body: certificate_chain") from error
        if not fits:
            raise ConflictError(
                "the first certificate is for another key than the one of the request",
                where="body: certificate_chain",
                how="begin with the charger's own certificate, then what leads to its root",
            )
        return await self._keep(found, chain)

    async def _sign_if_due(self, found: ChargerCertificate) -> ChargerCertificate | None:
        """Give the certificate if it can be sent now."""
        if found.state is State.SIGNED:
            return found
        try:
            why = await self._why_held(found)
            if why is not None:
                await self._storage.write(certificates.set_held, found.id, why)
                log.warning(
                    "certificate request waits for an operator",
                    charge_point_id=found.charge_point_id,
                    certificate_id=found.id,
                    reason=why,
                )
                return None
            assert self._authority is not None
            try:
                return await self._keep(found, self._issue(self._authority, found))
            except PkiError as error:
                await self._storage.write(certificates.decline, found.id, str(error))
                log.warning(
                    "certificate request declined",
                    charge_point_id=found.charge_point_id,
                    certificate_id=found.id,
                    reason=str(error),
                )
        except BusyError:
            raise
        except DomainError as error:
            # The charger has asked again meanwhile, or was removed.
            log.info("certificate request is gone", certificate_id=found.id, reason=error.what)
        return None

    async def _why_held(self, found: ChargerCertificate) -> str | None:
        if self._authority is None:
            return "there is no authority here: OCPP_CHARGER_CA_CERT is not set"
        if self._organization is not None and found.organization != self._organization:
            return f"its O is {found.organization!r}, not {self._organization!r}"
        if not await self._storage.read(
            certificates.is_named, found.charge_point_id, found.common_name
        ):
            return (
                f"its CN is {found.common_name!r}, which is neither the identity nor the serial "
                "number of this charger alone"
            )
        return None

    def _issue(
        self, authority: ChargerAuthority, found: ChargerCertificate
    ) -> list[x509.Certificate]:
        return authority.issue(
            found.csr,
            wall=datetime.now(UTC),
            business=self._clock.now(),
            lifetime=self._lifetime,
        )

    async def _keep(
        self, found: ChargerCertificate, chain: list[x509.Certificate]
    ) -> ChargerCertificate:
        pem = to_pem(chain)
        if len(pem) > LONGEST_CHAIN:
            raise ConflictError(
                f"the chain has {len(pem)} characters, at most {LONGEST_CHAIN} can be sent",
                where="certificate_chain",
                how="leave out the root",
            )
        facts = facts_of(chain[0])
        kept = await self._storage.write(certificates.set_signed, found.id, pem, facts)
        log.info(
            "certificate signed",
            charge_point_id=found.charge_point_id,
            certificate_id=found.id,
            serial_number=facts.serial_number,
            not_after=facts.not_after.isoformat(),
        )
        return kept

    async def _send(self, certificate: ChargerCertificate) -> None:
        identity = certificate.charge_point_id
        try:
            link = await self._links.find(identity)
            if link is None:
                return
            payload: dict[str, Any] = {"certificateChain": certificate.chain}
            result = await link.call(
                "CertificateSigned", payload, when_late=partial(self._note_answer, certificate)
            )
            if result.outcome is CommandOutcome.OFFLINE:
                # It may have come back while this was on its way.
                if await self._links.find(identity) not in (None, link):
                    self._due.add(identity)
            elif result.outcome is not CommandOutcome.TIMED_OUT:
                await self._note_answer(certificate, result)
        except Exception:
            # It stays signed, and due at the charger's next connection; others are sent.
            log.exception("certificate not sent", charge_point_id=identity)
        finally:
            self._sending.discard(certificate.id)

    async def _note_answer(self, certificate: ChargerCertificate, result: CommandResult) -> None:
        accepted = result.status == "Accepted"
        detail = (
            ""
            if accepted
            else result.status or f"{result.error_code} {result.error_description}".strip()
        )
        await self._storage.write(
            certificates.set_answered, certificate.id, accepted=accepted, detail=detail
        )
        log.log(
            20 if accepted else 30,
            "certificate installed" if accepted else "certificate rejected by its charger",
            charge_point_id=certificate.charge_point_id,
            certificate_id=certificate.id,
            reason=detail,
        )
