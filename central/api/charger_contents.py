"""`/api/chargers/{id}/…`: the local list and the charging profiles that a charger holds."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from central.api.access import CurrentUser, ServicesOf, admin_router
from central.api.errors import documented
from central.api.fields import ChargePointId, Tag
from central.api.local_list_sending import bring_up
from central.domain import charger_profiles, local_lists
from central.domain.chargers import get_charger
from central.domain.local_lists import LocalList

router = admin_router("Contents of chargers")

COMMAND_ERRORS = documented(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT,
)


class LocalListOut(BaseModel):
    """The local authorization list of a charger."""

    version: int | None = Field(description="null: not asked yet; 0: empty; -1: not supported")
    entries: list[dict[str, Any]] | None = Field(
        description="in the words of OCPP; null where this central system did not send them"
    )
    changed_at: datetime | None


class LocalListUpdate(BaseModel):
    """Which id tags the charger shall know."""

    model_config = ConfigDict(extra="forbid")

    update_type: Literal["Differential", "Full"] = "Differential"
    id_tags: Annotated[list[Tag], Field(max_length=local_lists.MOST_TAGS)] | None = Field(
        None, description="all that are stored if left out", examples=[["USER001"]]
    )


class ChargerProfileOut(BaseModel):
    """A charging profile that the charger has accepted."""

    connector_id: int
    profile: dict[str, Any] = Field(description="in the words of OCPP")
    set_at: datetime


class CompositeScheduleOut(BaseModel):
    """The last answer to a GetCompositeSchedule for a connector."""

    connector_id: int
    asked_duration_s: int
    answer: dict[str, Any] = Field(description="in the words of OCPP")
    received_at: datetime


@router.get(
    "/api/chargers/{charge_point_id}/local-list", responses=documented(HTTPStatus.NOT_FOUND)
)
async def local_list(charge_point_id: ChargePointId, services: ServicesOf) -> LocalListOut:
    """Tell what is known of a charger's local list, without asking it."""
    known = await services.storage.read(_read_local_list, charge_point_id)
    return _list_out(known)


@router.post("/api/chargers/{charge_point_id}/local-list", responses=COMMAND_ERRORS)
async def send_local_list(
    charge_point_id: ChargePointId,
    body: LocalListUpdate,
    services: ServicesOf,
    user: CurrentUser,
) -> LocalListOut:
    """Bring a charger's local list to what the id tags say.

    The charger is asked for its version first. A differential update says what has changed since
    the last one; where the charger has another list than the one that was sent last, it gets a
    full one. Without a difference nothing is sent. What is more than its key
    SendLocalListMaxLength comes in parts; more than LocalAuthListMaxLength is refused (409).
    """
    now = services.clock.now()
    wanted = await services.storage.read(local_lists.entries_of_tags, now, body.id_tags)
    await bring_up(
        services,
        charge_point_id,
        wanted,
        is_full=body.update_type == "Full",
        requested_by=user.id,
    )
    return _list_out(await services.storage.read(_read_local_list, charge_point_id))


@router.get(
    "/api/chargers/{charge_point_id}/charging-profiles",
    responses=documented(HTTPStatus.NOT_FOUND),
)
async def charging_profiles(
    charge_point_id: ChargePointId, services: ServicesOf
) -> list[ChargerProfileOut]:
    """List the charging profiles that a charger has accepted and that were not cleared."""

    def read(conn: Connection) -> list[charger_profiles.ChargerProfile]:
        get_charger(conn, charge_point_id)
        return charger_profiles.list_profiles(conn, charge_point_id)

    return [
        ChargerProfileOut(connector_id=one.connector_id, profile=one.profile, set_at=one.set_at)
        for one in await services.storage.read(read)
    ]


@router.get(
    "/api/chargers/{charge_point_id}/composite-schedules",
    responses=documented(HTTPStatus.NOT_FOUND),
)
async def composite_schedules(
    charge_point_id: ChargePointId, services: ServicesOf
) -> list[CompositeScheduleOut]:
    """List the last composite schedule of each connector that was asked for one."""

    def read(conn: Connection) -> list[charger_profiles.CompositeSchedule]:
        get_charger(conn, charge_point_id)
        return charger_profiles.list_composite_schedules(conn, charge_point_id)

    return [
        CompositeScheduleOut(
            connector_id=one.connector_id,
            asked_duration_s=one.asked_duration_s,
            answer=one.answer,
            received_at=one.received_at,
        )
        for one in await services.storage.read(read)
    ]


def _read_local_list(conn: Connection, charge_point_id: str) -> LocalList | None:
    get_charger(conn, charge_point_id)
    return local_lists.find_local_list(conn, charge_point_id)


def _list_out(known: LocalList | None) -> LocalListOut:
    if known is None:
        return LocalListOut(version=None, entries=None, changed_at=None)
    return LocalListOut(version=known.version, entries=known.entries, changed_at=known.changed_at)
