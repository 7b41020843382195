"""`/api/chargers/{charge_point_id}/configuration`: what a charger says of it, and changing it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, Field

from central.api.access import CurrentUser, ServicesOf, admin_router
from central.api.charger_commands import send
from central.api.errors import ApiError, documented
from central.api.fields import ChargePointId
from central.api.ocpp_bodies import ChangeConfiguration

admins = admin_router("Chargers")


class ConfigurationEntry(BaseModel):
    """A configuration key of a charger."""

    key: str = Field(examples=["HeartbeatInterval"])
    value: str | None = Field(None, examples=["300"])
    readonly: bool


class ConfigurationOut(BaseModel):
    """The configuration that a charger told."""

    success: Literal[True] = True
    configuration: list[ConfigurationEntry]
    unknown_keys: list[str] = []


class ConfigurationChanged(BaseModel):
    """The charger took the new value."""

    success: Literal[True] = True
    message: str = Field(examples=["Configuration accepted"])
    status: str = Field(description="Accepted, or RebootRequired", examples=["Accepted"])


COMMAND_ERRORS = documented(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT,
)


@admins.get("/api/chargers/{charge_point_id}/configuration", responses=COMMAND_ERRORS)
async def configuration(
    charge_point_id: ChargePointId, services: ServicesOf, user: CurrentUser
) -> ConfigurationOut:
    """Ask a charger for its configuration."""
    result = await send(services, charge_point_id, "GetConfiguration", {}, requested_by=user.id)
    return ConfigurationOut(
        configuration=[
            ConfigurationEntry(**entry) for entry in result.payload.get("configurationKey", [])
        ],
        unknown_keys=result.payload.get("unknownKey", []),
    )


@admins.post("/api/chargers/{charge_point_id}/configuration/change", responses=COMMAND_ERRORS)
async def change_configuration(
    charge_point_id: ChargePointId,
    body: ChangeConfiguration,
    services: ServicesOf,
    user: CurrentUser,
) -> ConfigurationChanged:
    """Set a configuration key of a charger; 409 if the charger does not take the value."""
    result = await send(
        services, charge_point_id, "ChangeConfiguration", body.payload(), requested_by=user.id
    )
    if result.status not in ("Accepted", "RebootRequired"):
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"charger {charge_point_id} answered {result.status} to {body.key}",
            where="body: key" if result.status == "NotSupported" else "body: value",
            how=f"GET /api/chargers/{charge_point_id}/configuration shows what it knows",
        )
    return ConfigurationChanged(
        message="Configuration accepted"
        if result.status == "Accepted"
        else "Configuration accepted, in force after a restart",
        status=result.status,
    )
