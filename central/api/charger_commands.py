"""Sending a command to a charger on behalf of a REST call, and telling how it ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from central.api.errors import ApiError
from central.api.services import Services
from central.domain.charger_link import CommandOutcome, CommandResult, WhenLate
from central.domain.chargers import get_charger
from central.domain.storage.base import StorageBusyError


async def send(
    services: Services,
    charge_point_id: str,
    action: str,
    payload: dict[str, Any],
    *,
    requested_by: int,
    when_late: WhenLate | None = None,
) -> CommandResult:
    """Send a command and return the charger's answer; `when_late` see `ChargerLink.call`.

    Raises:
        NotFoundError: There is no such charger.
        StorageBusyError: The database is behind; nothing was sent.
        InvalidError: The command breaks the schema of OCPP; nothing was sent.
        ApiError: The charger is not connected (409), answered with an error or with
            nonsense (502), or did not answer in time (504).
    """
    await services.storage.read(get_charger, charge_point_id)
    link = await services.links.find(charge_point_id)
    if link is None:
        raise _offline(charge_point_id)
    if not services.storage.has_room:
        # A command whose record cannot be written now would be sent some time later.
        raise StorageBusyError
    result = await link.call(action, payload, requested_by=requested_by, when_late=when_late)
    if result.outcome is CommandOutcome.ANSWERED:
        return result
    raise _failed(charge_point_id, action, result)


def _offline(charge_point_id: str) -> ApiError:
    return ApiError(
        HTTPStatus.CONFLICT,
        f"charger {charge_point_id} is not connected",
        where="path: charge_point_id",
        how=f"wait until it connects; GET /api/chargers/{charge_point_id}/status tells",
    )


def _failed(charge_point_id: str, action: str, result: CommandResult) -> ApiError:
    if result.outcome is CommandOutcome.TIMED_OUT:
        return ApiError(
            HTTPStatus.GATEWAY_TIMEOUT,
            f"charger {charge_point_id} did not answer {action} in time",
            where="the charger",
            how="it may have done it all the same: look at its status before you repeat the call",
        )
    if result.outcome is CommandOutcome.OFFLINE:
        return _offline(charge_point_id)
    told = " ".join(part for part in (result.error_code, result.error_description) if part)
    if result.outcome is CommandOutcome.REFUSED:
        return ApiError(
            HTTPStatus.BAD_GATEWAY,
            f"charger {charge_point_id} answered {action} with the error {told}",
            where="the charger",
            how="see what the error code means in OCPP-J 1.6 section 4.2.3",
        )
    return ApiError(
        HTTPStatus.BAD_GATEWAY,
        f"charger {charge_point_id} answered {action} with what OCPP does not allow: {told}",
        where="the charger",
        how="report it to the charger's maker, with its message log",
    )
