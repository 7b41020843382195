"""Whether a charger may connect: decided on its HTTP request, before the upgrade."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from http import HTTPStatus

from websockets.datastructures import Headers, MultipleValuesError
from websockets.exceptions import InvalidHeaderFormat
from websockets.headers import parse_subprotocol

from central.domain import certificates, chargers, key_change
from central.domain.chargers import Charger
from central.domain.errors import BusyError, ConflictError, InvalidError
from central.domain.security_profile import BASIC, NONE, TLS_BASIC, TLS_CERTIFICATE, confirm_order
from central.ocpp.charge_point import Services
from central.ocpp.credentials import (
    BadCredentialsError,
    BadPathError,
    Credentials,
    charge_point_id_of,
    credentials_of,
)
from central.pki.reading import CertificateFacts

SUBPROTOCOL = "ocpp1.6"
"""OCPP-J 1.6 section 3.1.2."""


class RefusedError(Exception):
    """The charger may not connect.

    Attributes:
        status: The HTTP status of the answer.
        reason: What is wrong and how to mend it, for the log; no secret is in it.
        retry_after_s: When to try again, where that may help.
    """

    def __init__(
        self, status: HTTPStatus, reason: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Admission:
    """A charger that may connect, and the security profile that it uses."""

    charger: Charger
    security_profile: int


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS that a charger came over.

    Attributes:
        certificate: the client's, which the handshake has checked; None if it showed none.
    """

    certificate: CertificateFacts | None


async def admit(path: str, headers: Headers, services: Services, tls: Tls | None) -> Admission:
    """Decide on the request of a charger; `tls` is None on the port without it.

    Raises:
        RefusedError: It may not connect. Nothing has been changed.
    """
    if SUBPROTOCOL not in _subprotocols(headers):
        # OCPP-J 1.6 section 3.1.2 would complete the handshake first; a refusal at once is
        # what the certification tool looks for (TC_088_CSMS).
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, f"the charger does not offer the subprotocol {SUBPROTOCOL}"
        )
    try:
        charge_point_id = charge_point_id_of(path)
    except BadPathError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, str(error)) from error
    charger = await services.storage.look_up(chargers.find_charger, charge_point_id)
    lowest = max(
        services.settings.min_security_profile, charger.min_security_profile if charger else NONE
    )
    # Before a key is looked at, which should not have come this way.
    most = BASIC if tls is None else TLS_BASIC if tls.certificate is None else TLS_CERTIFICATE
    if most < lowest:
        raise _too_low(most, lowest)
    if tls is not None and tls.certificate is not None:
        admission = await _admit_by_certificate(charge_point_id, charger, tls.certificate, services)
    else:
        credentials = _credentials(headers)
        admission = (
            await _admit_unknown(charge_point_id, credentials, services)
            if charger is None
            else await _admit_known(charger, credentials, services)
        )
        if tls is not None:
            # Basic auth within TLS is profile 2; without a key, TLS protects nobody.
            admission = replace(
                admission, security_profile=TLS_BASIC if admission.security_profile else NONE
            )
    if admission.security_profile < lowest:
        raise _too_low(admission.security_profile, lowest)
    if admission.charger.ordered_security_profile is not None:
        await services.storage.write(confirm_order, charge_point_id, admission.security_profile)
    return admission


async def _admit_by_certificate(
    charge_point_id: str,
    charger: Charger | None,
    certificate: CertificateFacts,
    services: Services,
) -> Admission:
    """Admit the charger whose certificate it is; a header with a key plays no part.

    One that was signed here is the charger's that asked for it. Of another one, the common name
    is the charger's serial number (security whitepaper, 2.5), or its identity.
    """
    issued = await services.storage.look_up(
        certificates.find_by_fingerprint, certificate.fingerprint
    )
    if issued is not None and issued.revoked_at is not None:
        raise _unauthorized("the client certificate is revoked")
    if issued is not None and issued.charge_point_id != charge_point_id:
        raise _unauthorized("the client certificate is another charger's")
    if charger is None:
        if not services.settings.accept_unknown_certificates:
            raise _unknown(charge_point_id)
        # What its serial number is, nobody has told yet.
        if certificate.common_name != charge_point_id:
            raise _unauthorized("the client certificate names another charger than the path")
        try:
            charger = await _add_unknown(charge_point_id, None, services)
        except ConflictError:
            # Added meanwhile by another socket of the same charger.
            charger = await services.storage.read(chargers.get_charger, charge_point_id)
        return Admission(charger, TLS_CERTIFICATE)
    if issued is None and certificate.common_name not in (charge_point_id, charger.serial_number):
        raise _unauthorized(
            f"the client certificate is for {certificate.common_name!r}, which is neither the "
            "identity in the path nor the serial number that the charger has told"
        )
    return Admission(charger, TLS_CERTIFICATE)


async def _admit_known(
    charger: Charger, credentials: Credentials | None, services: Services
) -> Admission:
    if credentials is None:
        reason = "no Authorization header"
    elif credentials.user != charger.charge_point_id:
        reason = "the name in the Authorization header is not the one in the path"
    elif await _has_right_key(charger, credentials.key, services):
        return Admission(charger, BASIC)
    else:
        reason = "wrong key"
    # A charger that has a key must use it, also where others may come without: a lower profile
    # is refused after a higher one (Improved security for OCPP 1.6-J, A05).
    if charger.key_hash is not None:
        raise _unauthorized(reason)
    if services.settings.min_security_profile > NONE:
        raise _unauthorized("the charger has no key here; give it one")
    return Admission(charger, NONE)


async def _has_right_key(charger: Charger, presented: bytes, services: Services) -> bool:
    """Check the charger's key; coming with one that is pending makes that its key."""
    keys, storage, identity = services.keys, services.storage, charger.charge_point_id
    try:
        if charger.key_hash is not None and await keys.verify(presented, charger.key_hash):
            return True
        pending = await keys.find(
            presented, await storage.look_up(key_change.list_pending_keys, identity)
        )
    except BusyError as error:
        raise try_later(error) from error
    if pending is None:
        return False
    return await storage.write(key_change.confirm_key, identity, pending)


async def _admit_unknown(
    charge_point_id: str, credentials: Credentials | None, services: Services
) -> Admission:
    """Add a charger where the settings allow it; it keeps the key that it came with."""
    if not services.settings.accept_unknown_chargers:
        raise _unknown(charge_point_id)
    if credentials is None and services.settings.min_security_profile > NONE:
        raise _unauthorized("no Authorization header")
    if credentials is not None and credentials.user != charge_point_id:
        raise _unauthorized("the name in the Authorization header is not the one in the path")
    try:
        key_hash = (
            None if credentials is None else await services.keys.hash_presented(credentials.key)
        )
    except BusyError as error:
        raise try_later(error) from error
    except InvalidError as error:
        raise _unauthorized(error.what) from error
    try:
        charger = await _add_unknown(charge_point_id, key_hash, services)
    except ConflictError:
        # Added meanwhile by another socket of the same charger.
        added = await services.storage.read(chargers.get_charger, charge_point_id)
        return await _admit_known(added, credentials, services)
    return Admission(charger, NONE if credentials is None else BASIC)


def _unknown(charge_point_id: str) -> RefusedError:
    return RefusedError(
        HTTPStatus.NOT_FOUND,
        # Quoted, as the identity is a stranger's text that an operator copies into a shell.
        "unknown charger; admit it with: "
        f"evseloop central add-charger {shlex.quote(charge_point_id)}",
    )


async def _add_unknown(charge_point_id: str, key_hash: str | None, services: Services) -> Charger:
    """Add a charger; ConflictError: another socket was faster."""
    try:
        return await services.storage.write(
            chargers.add_charger, charge_point_id, services.clock.now(), key_hash=key_hash
        )
    except InvalidError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, error.what) from error


def _subprotocols(headers: Headers) -> list[str]:
    try:
        return [
            name
            for value in headers.get_all("Sec-WebSocket-Protocol")
            for name in parse_subprotocol(value)
        ]
    except InvalidHeaderFormat:
        return []


def _credentials(headers: Headers) -> Credentials | None:
    try:
        header = headers.get("Authorization")
        return None if header is None else credentials_of(header)
    except MultipleValuesError as error:
        raise _unauthorized("more than one Authorization header") from error
    except BadCredentialsError as error:
        raise _unauthorized(str(error)) from error


def _unauthorized(reason: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNAUTHORIZED, reason)


def _too_low(profile: int, lowest: int) -> RefusedError:
    return RefusedError(
        HTTPStatus.FORBIDDEN,
        f"security profile {lowest} or above is needed, the charger came with {profile}",
    )


def try_later(error: BusyError) -> RefusedError:
    """Refuse a charger that may be admitted a little later."""
    return RefusedError(
        HTTPStatus.SERVICE_UNAVAILABLE, error.what, retry_after_s=error.retry_after_s
    )
