"""StartTransaction and StopTransaction (OCPP 1.6 sections 4.8 and 4.10)."""

from __future__ import annotations

from typing import Final

from central.domain import transactions
from central.domain.transactions import StartTransaction, StopTransaction
from central.ocpp.charge_point import ChargePoint
from central.ocpp.tolerance import (
    Unreadable,
    storable_number,
    storable_time,
    text,
    time,
    whole_number,
)
from central.ocpp.v16.authorize import id_tag_info
from central.ocpp.v16.meter_values import read_readings_loosely, rows_of
from wire.frames import Payload

REASONS: Final = frozenset(
    {
        "DeAuthorized",
        "EmergencyStop",
        "EVDisconnected",
        "HardReset",
        "Local",
        "Other",
        "PowerLoss",
        "Reboot",
        "Remote",
        "SoftReset",
        "UnlockCommand",
    }
)
"""OCPP 1.6 section 7.36."""

_MAX_TAG: Final = 255
"""Longest id tag that is kept of a message that violates the 20 characters of the standard."""


async def start_transaction(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Begin a session; the answer carries its number whatever the tag is worth (section 4.8)."""
    services = charge_point.services
    reservation_id = payload.get("reservationId")
    message = StartTransaction(
        charge_point_id=charge_point.charge_point_id,
        connector_id=payload["connectorId"],
        id_tag=payload["idTag"],
        timestamp=storable_time(payload["timestamp"]),
        meter_start_wh=storable_number("meterStart", payload["meterStart"]),
        reservation_id=(
            None if reservation_id is None else storable_number("reservationId", reservation_id)
        ),
    )
    started = await services.storage.write(
        transactions.start,
        message,
        services.clock.now(),
        accept_unknown_tags=services.settings.accept_unknown_tags,
    )
    services.late_messages.note(
        charge_point.charge_point_id, message.timestamp, services.clock.now()
    )
    charge_point.log.info(
        "session started",
        transaction_id=started.transaction_id,
        connector_id=message.connector_id,
        tag_status=started.tag_info.status,
        again=started.is_replay,
    )
    return {
        "transactionId": started.transaction_id,
        "idTagInfo": id_tag_info(started.tag_info),
    }


async def stop_transaction(charge_point: ChargePoint, payload: Payload) -> Payload:
    """End a session; a stop is always answered as if it were in order (section 4.10)."""
    services = charge_point.services
    transaction_id = storable_number("transactionId", payload["transactionId"])
    message = StopTransaction(
        charge_point_id=charge_point.charge_point_id,
        transaction_id=transaction_id,
        timestamp=storable_time(payload["timestamp"]),
        meter_stop_wh=storable_number("meterStop", payload["meterStop"]),
        id_tag=payload.get("idTag"),
        # An omitted reason is Local (OCPP-J errata 2.5).
        reason=payload.get("reason", "Local"),
        # The connector is that of the session, which the domain knows.
        transaction_data=rows_of(
            charge_point.charge_point_id, 0, transaction_id, payload.get("transactionData", [])
        ),
    )
    tag_info = await services.storage.write(
        transactions.stop,
        message,
        services.clock.now(),
        accept_unknown_tags=services.settings.accept_unknown_tags,
    )
    services.late_messages.note(
        charge_point.charge_point_id, message.timestamp, services.clock.now()
    )
    charge_point.log.info("session stopped", transaction_id=transaction_id, reason=message.reason)
    return {} if tag_info is None else {"idTagInfo": id_tag_info(tag_info)}


def read_start_loosely(payload: Payload) -> Payload:
    """Read a StartTransaction that violates its schema.

    Raises:
        Unreadable: Connector, tag, time or register cannot be read.
    """
    loose: Payload = {
        "connectorId": whole_number(payload, "connectorId"),
        "idTag": text(payload, "idTag")[:_MAX_TAG],
        "meterStart": whole_number(payload, "meterStart"),
        "timestamp": time(payload, "timestamp"),
    }
    try:
        loose["reservationId"] = whole_number(payload, "reservationId")
    except Unreadable:
        # Not essential: the session counts without it.
        return loose
    return loose


def read_stop_loosely(payload: Payload) -> Payload:
    """Read a StopTransaction that violates its schema.

    Raises:
        Unreadable: Session, time or register cannot be read.
    """
    loose: Payload = {
        "transactionId": whole_number(payload, "transactionId"),
        "meterStop": whole_number(payload, "meterStop"),
        "timestamp": time(payload, "timestamp"),
        "transactionData": read_readings_loosely(payload.get("transactionData")),
    }
    if payload.get("idTag") is not None:
        loose["idTag"] = text(payload, "idTag")[:_MAX_TAG]
    if (reason := payload.get("reason")) is not None:
        loose["reason"] = reason if reason in REASONS else "Other"
    return loose
