"""Whether a charger may connect: decided on its HTTP request, before the upgrade."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from http import HTTPStatus

from websockets.datastructures import Headers, MultipleValuesError
from websockets.exceptions import InvalidHeaderFormat
from websockets.headers import parse_subprotocol

from central.domain import chargers, key_change
from central.domain.chargers import Charger
from central.domain.errors import BusyError, ConflictError, InvalidError
from central.ocpp.charge_point import Services
from central.ocpp.credentials import (
    BadCredentialsError,
    BadPathError,
    Credentials,
    charge_point_id_of,
    credentials_of,
)

SUBPROTOCOL = "ocpp1.6"
"""OCPP-J 1.6 section 3.1.2."""

PROFILE_NONE = 0
PROFILE_BASIC = 1
"""Security profiles without and with Basic auth (Improved security for OCPP 1.6-J, 2.2, 2.3)."""


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


async def admit(path: str, headers: Headers, services: Services) -> Admission:
    """Decide on the request of a charger.

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
    credentials = _credentials(headers)
    charger = await services.storage.read(chargers.find_charger, charge_point_id)
    if charger is None:
        return await _admit_unknown(charge_point_id, credentials, services)
    return await _admit_known(charger, credentials, services)


async def _admit_known(
    charger: Charger, credentials: Credentials | None, services: Services
) -> Admission:
    if credentials is None:
        reason = "no Authorization header"
    elif credentials.user != charger.charge_point_id:
        reason = "the name in the Authorization header is not the one in the path"
    elif await _has_right_key(charger, credentials.key, services):
        return Admission(charger, PROFILE_BASIC)
    else:
        reason = "wrong key"
    # A charger that has a key must use it, also where others may come without: a lower profile
    # is refused after a higher one (Improved security for OCPP 1.6-J, A05).
    if charger.key_hash is not None:
        raise _unauthorized(reason)
    if services.settings.min_security_profile > PROFILE_NONE:
        raise _unauthorized("the charger has no key here; give it one")
    return Admission(charger, PROFILE_NONE)


async def _has_right_key(charger: Charger, presented: bytes, services: Services) -> bool:
    """Check the charger's key; coming with one that is pending makes that its key."""
    keys, storage, identity = services.keys, services.storage, charger.charge_point_id
    try:
        if charger.key_hash is not None and await keys.verify(presented, charger.key_hash):
            return True
        pending = await keys.find(
            presented, await storage.read(key_change.list_pending_keys, identity)
        )
    except BusyError as error:
        raise _busy(error) from error
    if pending is None:
        return False
    return await storage.write(key_change.confirm_key, identity, pending)


async def _admit_unknown(
    charge_point_id: str, credentials: Credentials | None, services: Services
) -> Admission:
    """Add a charger where the settings allow it; it keeps the key that it came with."""
    if not services.settings.accept_unknown_chargers:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            # Quoted, as the identity is a stranger's text that an operator copies into a shell.
            "unknown charger; admit it with: "
            f"evseloop central add-charger {shlex.quote(charge_point_id)}",
        )
    if credentials is None and services.settings.min_security_profile > PROFILE_NONE:
        raise _unauthorized("no Authorization header")
    if credentials is not None and credentials.user != charge_point_id:
        raise _unauthorized("the name in the Authorization header is not the one in the path")
    try:
        key_hash = (
            None if credentials is None else await services.keys.hash_presented(credentials.key)
        )
    except BusyError as error:
        raise _busy(error) from error
    except InvalidError as error:
        raise _unauthorized(error.what) from error
    try:
        charger = await services.storage.write(
            chargers.add_charger, charge_point_id, services.clock.now(), key_hash=key_hash
        )
    except InvalidError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, error.what) from error
    except ConflictError:
        # Added meanwhile by another socket of the same charger.
        added = await services.storage.read(chargers.get_charger, charge_point_id)
        return await _admit_known(added, credentials, services)
    return Admission(charger, PROFILE_NONE if credentials is None else PROFILE_BASIC)


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


def _busy(error: BusyError) -> RefusedError:
    return RefusedError(
        HTTPStatus.SERVICE_UNAVAILABLE, error.what, retry_after_s=error.retry_after_s
    )
