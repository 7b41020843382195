"""Which handler answers which call: one table, and the checks before and after each handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from central.domain.errors import DomainError
from central.domain.meter_values import MeterRow
from central.ocpp.charge_point import ACCEPTED, ChargePoint
from central.ocpp.v16 import (
    authorize,
    boot,
    data_transfer,
    firmware,
    heartbeat,
    meter_values,
    security,
    status,
    transactions,
)
from wire.errors import ErrorCode, WireError
from wire.frames import Call, Payload
from wire.schemas import SchemaViolation, is_known, validate_request, validate_response

Handler = Callable[[ChargePoint, Payload], Awaitable[Payload]]
LooseReader = Callable[[Payload], Payload]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """For an action of which nearly all messages are nothing but rows, answered with `STORED`.

    Attributes:
        rows: Gives the rows of a payload whose fields are as the schema wants them; None where
            they are not all that is to be done, which `Route.handle` then does.
        stored: Is told of the rows once they are committed, before the answer.
    """

    rows: Callable[[ChargePoint, Payload], list[MeterRow] | None]
    stored: Callable[[ChargePoint, list[MeterRow]], None]


@dataclass(frozen=True, slots=True)
class Route:
    """How one action is answered.

    Attributes:
        handle: Answers a payload whose fields are as the schema wants them.
        read_loosely: Turns a payload that violates the schema into one that `handle` can
            take, or raises `Unreadable`; None where a violation is always refused.
        shortcut: How most of its payloads are answered without a coroutine, see `Shortcut`.
        before_accepted: Whether a charger may send it whose boot was not accepted yet.
    """

    handle: Handler
    read_loosely: LooseReader | None = None
    shortcut: Shortcut | None = None
    before_accepted: bool = False


ROUTES: dict[str, Route] = {
    "Authorize": Route(authorize.authorize),
    "BootNotification": Route(boot.boot_notification, before_accepted=True),
    "DataTransfer": Route(data_transfer.data_transfer),
    "DiagnosticsStatusNotification": Route(firmware.diagnostics_status_notification),
    "FirmwareStatusNotification": Route(firmware.firmware_status_notification),
    "Heartbeat": Route(heartbeat.heartbeat),
    "LogStatusNotification": Route(security.log_status_notification),
    "MeterValues": Route(
        meter_values.meter_values,
        meter_values.read_loosely,
        Shortcut(meter_values.plain_rows, meter_values.note_stored),
    ),
    "SecurityEventNotification": Route(security.security_event_notification),
    "SignCertificate": Route(security.sign_certificate),
    "SignedFirmwareStatusNotification": Route(security.signed_firmware_status_notification),
    "StartTransaction": Route(transactions.start_transaction, transactions.read_start_loosely),
    "StatusNotification": Route(status.status_notification),
    "StopTransaction": Route(transactions.stop_transaction, transactions.read_stop_loosely),
}
"""Every action that a charger may send: OCPP 1.6 sections 4.1 to 4.10, security whitepaper."""


STORED: Payload = {}
"""The answer to a call whose rows are committed."""


def tolerates(charge_point: ChargePoint, action: str) -> bool:
    """Whether a violation in a message of this action is stored and answered all the same.

    So it is for the messages that carry revenue, unless the strict mode of certification is on.
    """
    route = ROUTES.get(action)
    return (
        route is not None
        and route.read_loosely is not None
        and not charge_point.services.settings.strict
    )


def rows_to_store(charge_point: ChargePoint, call: Call) -> list[MeterRow] | None:
    """Give the rows of a call that is answered with `STORED` as soon as they are committed.

    That is how nearly all messages are. None for every other one, and for one with any flaw:
    `answer_call` finds out what to say to it.
    """
    route = ROUTES.get(call.action)
    if route is None or route.shortcut is None or charge_point.registration != ACCEPTED:
        return None
    try:
        validate_request(call.action, call.payload)
        return route.shortcut.rows(charge_point, call.payload)
    except (WireError, DomainError):
        return None


def note_stored(charge_point: ChargePoint, call: Call, rows: list[MeterRow]) -> None:
    """Do what is left after the rows of a call were committed that `rows_to_store` gave."""
    shortcut = ROUTES[call.action].shortcut
    assert shortcut is not None
    shortcut.stored(charge_point, rows)


async def answer_call(charge_point: ChargePoint, call: Call) -> Payload:
    """Answer one call.

    Raises:
        WireError: The call is refused with this CALLERROR.
    """
    action = call.action
    route = ROUTES.get(action)
    if route is None:
        if is_known(action):
            raise WireError(
                ErrorCode.NOT_SUPPORTED, f"{action} from a charge point is not supported here"
            )
        raise WireError(ErrorCode.NOT_IMPLEMENTED, f"{action[:50]!r} is no action of OCPP 1.6")
    if charge_point.registration != ACCEPTED and not route.before_accepted:
        # OCPP-J 1.6 errata 3.8. Acceptance is kept in the database, so a charger that merely
        # reconnects never comes here.
        raise WireError(
            ErrorCode.SECURITY_ERROR, "send BootNotification first and wait until it is accepted"
        )
    payload = call.payload
    flaw: SchemaViolation | None = None
    try:
        validate_request(action, payload)
    except SchemaViolation as violation:
        if route.read_loosely is None or not tolerates(charge_point, action):
            raise
        payload = route.read_loosely(payload)
        flaw = violation
    try:
        answer = await route.handle(charge_point, payload)
    except DomainError as error:
        where = f"{error.where}: " if error.where else ""
        raise WireError(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, f"{where}{error.what}") from error
    if flaw is not None:
        await charge_point.note_violation(
            action, flaw.code, flaw.description, each_time=action != "MeterValues"
        )
    _check_answer(action, answer)
    return answer


def _check_answer(action: str, answer: Payload) -> None:
    """Refuse to send what the schema of the answer forbids: that would be a bug of ours."""
    try:
        validate_response(action, answer)
    except SchemaViolation as violation:
        raise RuntimeError(
            f"the answer to {action} violates its schema: {violation}"
        ) from violation


for _action, _route in ROUTES.items():
    if _route.shortcut is not None:
        _check_answer(_action, STORED)
