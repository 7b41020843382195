"""`/api/chargers`: which chargers there are and how they are; admitting and removing them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

import structlog
from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from central.api.access import ServicesOf, admin_router, user_router
from central.api.errors import documented
from central.api.fields import PLAIN, ChargePointId, PageSize, PageStart
from central.api.paging import next_page
from central.api.services import Services
from central.domain import charger_keys
from central.domain.chargers import Charger, add_charger, get_charger, list_chargers
from central.domain.connectors import Connector, list_connectors
from central.domain.retirement import finish_retirement, retire_charger

log = structlog.get_logger(__name__)

users = user_router("Chargers")
admins = admin_router("Chargers")

CHARGING = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE"})

Availability = Literal[
    "available", "preparing", "charging", "reserved", "unavailable", "faulted", "unknown"
]


class ConnectorOut(BaseModel):
    """A connector's last status; connector 0 is the charger itself (OCPP 1.6 section 4.9)."""

    connector_id: int
    status: str = Field(examples=["Available"])
    error_code: str = Field(examples=["NoError"])
    info: str | None = None
    since: datetime


class ChargerOut(BaseModel):
    """A charger."""

    id: int
    charge_point_id: str = Field(examples=["CP001"])
    status: Literal["online", "offline"] = Field(description="whether it is connected")
    availability: Availability = Field(description="what its connectors say, the best of them")
    registration: str | None = Field(None, description="answer to its last boot")
    vendor: str | None = None
    model: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    firmware_status: str | None = None
    firmware_request_id: int | None = Field(None, description="of SignedUpdateFirmware")
    diagnostics_status: str | None = None
    log_status: str | None = None
    log_request_id: int | None = Field(None, description="of GetLog")
    security_profile: int | None = Field(
        None, description="by which it is connected, 0 to 3 (whitepaper 2.2); null while it is not"
    )
    min_security_profile: int = Field(description="a lower one is refused; it only goes up")
    ordered_security_profile: int | None = Field(
        None, description="told to the charger, which has not yet come with it"
    )
    connector_count: int
    booted_at: datetime | None = None
    last_seen_at: datetime | None = None
    created_at: datetime
    connectors: list[ConnectorOut]


class NewCharger(BaseModel):
    """A charger to admit."""

    model_config = ConfigDict(extra="forbid")

    charge_point_id: Annotated[
        str, StringConstraints(min_length=1, max_length=64, pattern=PLAIN)
    ] = Field(description="the last part of the URL it connects to", examples=["CP001"])


class AddedCharger(BaseModel):
    """A charger that was admitted, and its key."""

    success: Literal[True] = True
    charger: ChargerOut
    key: str = Field(
        description="AuthorizationKey for Basic auth, hexadecimal; told this once and not kept",
        examples=["4f43415f4f4354545f61646d696e5f7465737400"],
    )


class RemovedCharger(BaseModel):
    """A charger was taken out of service."""

    success: Literal[True] = True
    closed_sessions: list[int] = Field(description="those that were closed provisionally for it")


@users.get("/api/chargers")
async def list_all(
    request: Request,
    response: Response,
    services: ServicesOf,
    limit: PageSize = 1000,
    offset: PageStart = 0,
) -> list[ChargerOut]:
    """List the chargers, in the order in which they were admitted."""

    def read(conn: Connection) -> tuple[list[Charger], list[Connector]]:
        return list_chargers(conn, limit=limit, offset=offset), list_connectors(conn)

    found, connectors = await services.storage.read(read)
    if len(found) == limit:
        response.headers.update(next_page(request, offset=offset + limit))
    of_charger = defaultdict(list)
    for connector in connectors:
        of_charger[connector.charge_point_id].append(connector)
    return [
        _charger_out(services, charger, of_charger[charger.charge_point_id]) for charger in found
    ]


@admins.post(
    "/api/chargers",
    status_code=HTTPStatus.CREATED,
    responses=documented(HTTPStatus.CONFLICT),
)
async def add(body: NewCharger, services: ServicesOf) -> AddedCharger:
    """Admit a charger and make its key. The key is in this answer and nowhere else."""
    new = charger_keys.generate_key(services.charger_server_key)
    charger = await services.storage.try_write(
        add_charger, body.charge_point_id, services.clock.now(), key_hash=new.key_hash
    )
    return AddedCharger(charger=_charger_out(services, charger, []), key=new.key)


@users.get("/api/chargers/{charge_point_id}/status", responses=documented(HTTPStatus.NOT_FOUND))
async def status(charge_point_id: ChargePointId, services: ServicesOf) -> ChargerOut:
    """Tell how a charger is."""

    def read(conn: Connection) -> tuple[Charger, list[Connector]]:
        return get_charger(conn, charge_point_id), list_connectors(conn, charge_point_id)

    return _charger_out(services, *await services.storage.read(read))


@admins.delete(
    "/api/chargers/{charge_point_id}",
    responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def remove(
    charge_point_id: ChargePointId,
    services: ServicesOf,
    force: Annotated[
        bool, Query(description="close its open sessions from their last meter value")
    ] = False,
) -> RemovedCharger:
    """Take a charger out of service: it is disconnected, and its key is void.

    Its sessions and meter values stay. A charger may be admitted again under
    this identity and gets a new key. 409 while a session is open.
    """
    closed = await services.storage.try_write(
        retire_charger, charge_point_id, services.clock.now(), force=force
    )
    await services.links.disconnect(charge_point_id, "the charger was removed")
    services.last_seen.forget(charge_point_id)
    closed += await services.storage.write(finish_retirement, charge_point_id, services.clock.now())
    log.info(
        "charger removed",
        charge_point_id=charge_point_id,
        closed_sessions=[session.transaction_id for session in closed],
    )
    return RemovedCharger(closed_sessions=[session.transaction_id for session in closed])


def _charger_out(services: Services, charger: Charger, connectors: list[Connector]) -> ChargerOut:
    seen = [
        moment
        for moment in (charger.last_seen_at, services.last_seen.get(charger.charge_point_id))
        if moment is not None
    ]
    return ChargerOut(
        id=charger.id,
        charge_point_id=charger.charge_point_id,
        status="online" if services.links.is_connected(charger.charge_point_id) else "offline",
        availability=_availability(connectors),
        registration=charger.registration,
        vendor=charger.vendor,
        model=charger.model,
        serial_number=charger.serial_number,
        firmware_version=charger.firmware_version,
        firmware_status=charger.firmware_status,
        firmware_request_id=charger.firmware_request_id,
        diagnostics_status=charger.diagnostics_status,
        log_status=charger.log_status,
        log_request_id=charger.log_request_id,
        security_profile=services.links.security_profile(charger.charge_point_id),
        min_security_profile=charger.min_security_profile,
        ordered_security_profile=charger.ordered_security_profile,
        connector_count=charger.connector_count,
        booted_at=charger.booted_at,
        last_seen_at=max(seen, default=None),
        created_at=charger.created_at,
        connectors=[
            ConnectorOut(
                connector_id=connector.connector_id,
                status=connector.status,
                error_code=connector.error_code,
                info=connector.info,
                since=connector.since,
            )
            for connector in connectors
        ],
    )


def _availability(connectors: list[Connector]) -> Availability:
    """Say in one word what a driver may expect: the best of the connectors, unless 0 is out."""
    of_all = {connector.connector_id: connector.status for connector in connectors}
    whole = of_all.pop(0, "Available")
    if whole == "Faulted":
        return "faulted"
    if whole == "Unavailable":
        return "unavailable"
    said = set(of_all.values())
    best: tuple[tuple[Availability, frozenset[str]], ...] = (
        ("available", frozenset({"Available"})),
        ("preparing", frozenset({"Preparing", "Finishing"})),
        ("charging", CHARGING),
        ("reserved", frozenset({"Reserved"})),
        ("unavailable", frozenset({"Unavailable"})),
        ("faulted", frozenset({"Faulted"})),
    )
    return next((word for word, statuses in best if said & statuses), "unknown")
