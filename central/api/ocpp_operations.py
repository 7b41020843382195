"""`POST /api/ocpp/{charge_point_id}/OPERATION`: every command of OCPP 1.6 to a charger."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from central.api import ocpp_bodies as bodies
from central.api import security_bodies
from central.api.access import CurrentUser, ServicesOf, admin_router
from central.api.errors import ErrorDetail, documented
from central.api.fields import ChargePointId
from central.api.file_operations import carry_out
from central.domain.charger_link import CommandResult

router = admin_router("OCPP operations")

WILLING = frozenset({"Accepted", "AcceptedCanceled", "RebootRequired", "Scheduled", "Unlocked"})
"""Answers by which a charger says that it does, or will do, what it was asked."""


class OperationAnswer(BaseModel):
    """What the charger answered.

    `success` is false where it answered but did not agree; `error` then says so.
    """

    success: bool
    message: str = Field(examples=["CP001 answered Reset with Accepted"])
    status: str | None = Field(None, description="the answer's status, where it has one")
    response: dict[str, Any] = Field(description="the answer, as OCPP names its fields")
    command_id: int | None = Field(None, description="its record, see GET /api/admin/commands")
    error: ErrorDetail | None = None


@dataclass(frozen=True)
class Operation:
    """One command: its path, its action, its body, and what it is for."""

    path: str
    action: str
    body: type[bodies.Command]
    purpose: str
    willing: frozenset[str] = WILLING


OPERATIONS = (
    Operation(
        "remote-start-transaction",
        "RemoteStartTransaction",
        bodies.RemoteStartTransaction,
        "Ask for a session with an id tag",
    ),
    Operation(
        "remote-stop-transaction",
        "RemoteStopTransaction",
        bodies.RemoteStopTransaction,
        "Ask for the end of a session",
    ),
    Operation(
        "change-availability",
        "ChangeAvailability",
        bodies.ChangeAvailability,
        "Take a connector out of service, or back",
    ),
    Operation(
        "change-configuration",
        "ChangeConfiguration",
        bodies.ChangeConfiguration,
        "Set a configuration key",
    ),
    Operation(
        "get-configuration", "GetConfiguration", bodies.GetConfiguration, "Read configuration keys"
    ),
    Operation("clear-cache", "ClearCache", bodies.Nothing, "Empty the authorization cache"),
    Operation("reset", "Reset", bodies.Reset, "Restart the charger"),
    Operation("unlock-connector", "UnlockConnector", bodies.UnlockConnector, "Let the cable go"),
    Operation(
        "get-diagnostics", "GetDiagnostics", bodies.GetDiagnostics, "Have diagnostics uploaded"
    ),
    Operation(
        "update-firmware", "UpdateFirmware", bodies.UpdateFirmware, "Have new firmware installed"
    ),
    Operation("reserve-now", "ReserveNow", bodies.ReserveNow, "Reserve a connector for an id tag"),
    Operation(
        "cancel-reservation",
        "CancelReservation",
        bodies.CancelReservation,
        "Take a reservation back",
    ),
    Operation("data-transfer", "DataTransfer", bodies.DataTransfer, "Send a vendor's own message"),
    Operation(
        "get-local-list-version",
        "GetLocalListVersion",
        bodies.Nothing,
        "Ask for the version of the local authorization list",
    ),
    Operation(
        "send-local-list",
        "SendLocalList",
        bodies.SendLocalList,
        "Set or change the local authorization list",
    ),
    Operation(
        "trigger-message",
        "TriggerMessage",
        bodies.TriggerMessage,
        "Have the charger send a message",
    ),
    Operation(
        "get-composite-schedule",
        "GetCompositeSchedule",
        bodies.GetCompositeSchedule,
        "Ask for the limits that come of all profiles together",
    ),
    Operation(
        "clear-charging-profile",
        "ClearChargingProfile",
        bodies.ClearChargingProfile,
        "Take charging profiles back",
    ),
    Operation(
        "set-charging-profile",
        "SetChargingProfile",
        bodies.SetChargingProfile,
        "Set a charging profile",
    ),
    Operation(
        "extended-trigger-message",
        "ExtendedTriggerMessage",
        security_bodies.ExtendedTriggerMessage,
        "Have the charger send a message, or ask for a new certificate",
    ),
    Operation(
        "certificate-signed",
        "CertificateSigned",
        security_bodies.CertificateSigned,
        "Send a certificate chain as it is",
    ),
    Operation(
        "install-certificate",
        "InstallCertificate",
        security_bodies.InstallCertificate,
        "Have a root certificate installed",
    ),
    Operation(
        "get-installed-certificate-ids",
        "GetInstalledCertificateIds",
        security_bodies.GetInstalledCertificateIds,
        "Ask which root certificates are installed",
        WILLING | {"NotFound"},
    ),
    Operation(
        "delete-certificate",
        "DeleteCertificate",
        security_bodies.DeleteCertificate,
        "Have a root certificate deleted",
    ),
    Operation("get-log", "GetLog", security_bodies.GetLog, "Have a log uploaded"),
    Operation(
        "signed-update-firmware",
        "SignedUpdateFirmware",
        security_bodies.SignedUpdateFirmware,
        "Have signed firmware installed",
    ),
)
"""The 19 commands of OCPP 1.6 (sections 5.1 to 5.19), and the 7 of its security whitepaper."""

BY_ACTION = {operation.action: operation for operation in OPERATIONS}


def answer_of(charge_point_id: str, operation: Operation, result: CommandResult) -> OperationAnswer:
    """Tell what the charger answered to an operation."""
    action = operation.action
    willing = result.status is None or result.status in operation.willing
    message = f"{charge_point_id} answered {action}" + (
        f" with {result.status}" if result.status else ""
    )
    return OperationAnswer(
        success=willing,
        message=message,
        status=result.status,
        response=result.payload,
        command_id=result.command_id,
        error=None
        if willing
        else ErrorDetail(
            what=message,
            where="the charger",
            how="its status and its message log may say why it did not agree",
        ),
    )


def _add(to: APIRouter, operation: Operation) -> None:
    body_type = operation.body

    async def run(
        charge_point_id: ChargePointId,
        body: bodies.Command,
        services: ServicesOf,
        user: CurrentUser,
    ) -> OperationAnswer:
        result = await carry_out(
            services, charge_point_id, operation.action, body.payload(), requested_by=user.id
        )
        return answer_of(charge_point_id, operation, result)

    # FastAPI reads what to parse and to document from the annotation.
    run.__annotations__["body"] = body_type
    to.add_api_route(
        f"/api/ocpp/{{charge_point_id}}/{operation.path}",
        run,
        methods=["POST"],
        name=operation.path,
        summary=operation.purpose,
        description=(f"Sends {operation.action} and waits for the answer.\n\n{body_type.__doc__}"),
        response_model_exclude_none=True,
        responses=documented(
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.BAD_GATEWAY,
            HTTPStatus.GATEWAY_TIMEOUT,
        ),
    )


for _operation in OPERATIONS:
    _add(router, _operation)
