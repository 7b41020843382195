"""MeterValues (OCPP 1.6 section 4.7): the hot path, so it is plain data from frame to row."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from central.domain.connectors import check_connector_id
from central.domain.meter_values import METER_ROWS, NO_TRANSACTION, MeterRow, find_differing
from central.domain.transactions import UNNUMBERED
from central.domain.unnumbered import store_meter_values
from central.ocpp.charge_point import ChargePoint
from central.ocpp.tolerance import (
    Unreadable,
    storable_number,
    storable_time,
    text,
    time,
    whole_number,
)
from wire.errors import ErrorCode
from wire.frames import Payload

DEFAULT_CONTEXT: Final = "Sample.Periodic"
"""What an omitted context means (OCPP 1.6 section 7.43)."""

CONTEXTS: Final = frozenset(
    {
        "Interruption.Begin",
        "Interruption.End",
        "Other",
        "Sample.Clock",
        "Sample.Periodic",
        "Transaction.Begin",
        "Transaction.End",
        "Trigger",
    }
)
"""OCPP 1.6 section 7.33."""

_MAX_TEXT: Final = 50
"""Longest enumeration value of a sampled value that is kept when its schema is violated."""

_SHOWN: Final = 800
"""Characters of values that a violation repeats."""

_encode = msgspec.json.Encoder().encode


async def meter_values(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Store sampled values; the same ones again change nothing."""
    services = charge_point.services
    rows = _read(charge_point, payload)
    if payload.get("transactionId") == UNNUMBERED:
        await services.storage.write(store_meter_values, rows, services.clock.now())
    else:
        await services.storage.write_rows(METER_ROWS, rows)
        await _compare(charge_point, rows)
    _note_lateness(charge_point, rows)
    return {}


def plain_rows(charge_point: ChargePoint, payload: Payload) -> list[MeterRow] | None:
    """Give the rows of a message that, once they are stored, needs `note_stored` and no more.

    None for one that takes the database to tell: of a session without a number, with values that
    may have been sent before, or the first on a connection.

    Raises:
        WireError, DomainError: It is to be refused.
    """
    if payload.get("transactionId") == UNNUMBERED:
        return None
    rows = _read(charge_point, payload)
    return rows if charge_point.latest_values.are_surely_new(rows) else None


def note_stored(charge_point: ChargePoint, rows: list[MeterRow]) -> None:
    """Note what `plain_rows` gave and is stored now."""
    charge_point.latest_values.add_new(rows)
    _note_lateness(charge_point, rows)


def _read(charge_point: ChargePoint, payload: Payload) -> list[MeterRow]:
    transaction_id = storable_number("transactionId", payload.get("transactionId", NO_TRANSACTION))
    connector_id = payload["connectorId"]
    check_connector_id(connector_id)
    return rows_of(
        charge_point.charge_point_id, connector_id, transaction_id, payload["meterValue"]
    )


def _note_lateness(charge_point: ChargePoint, rows: list[MeterRow]) -> None:
    if rows and rows[0].transaction_id != NO_TRANSACTION:
        services, identity = charge_point.services, charge_point.charge_point_id
        # The moment of its arrival has been noted already, unless that was written meanwhile.
        now = services.last_seen.get(identity) or services.clock.now()
        services.late_messages.note(identity, rows[0].timestamp, now)


async def _compare(charge_point: ChargePoint, rows: list[MeterRow]) -> None:
    """Note values that were not stored, since other ones of the same key are."""
    unknown, differing = charge_point.latest_values.add(rows)
    if differing is None and unknown:
        differing = await charge_point.services.storage.look_up(find_differing, unknown)
    if differing is not None:
        row = differing.row
        await charge_point.note_violation(
            "MeterValues",
            "MeterValuesDiffer",
            f"other values of the same moment: connector {row.connector_id}, transaction "
            f"{row.transaction_id}, {row.timestamp.isoformat()}, {row.context}; "
            f"stored {differing.stored[:_SHOWN]}, dropped {row.sampled[:_SHOWN]}",
        )


def rows_of(
    charge_point_id: str, connector_id: int, transaction_id: int, readings: list[dict[str, Any]]
) -> list[MeterRow]:
    """Make one row for each moment and context of a list of meterValue elements."""
    if len(readings) == 1 and (sampled_values := readings[0]["sampledValue"]):
        # Nearly always one moment and one context, and then the list is stored as it came.
        sampled = _encode(sampled_values).decode()
        context = sampled_values[0].get("context", DEFAULT_CONTEXT)
        # The text is looked through first, which takes less than a look into each value.
        if '"context"' not in sampled or all(
            value.get("context", DEFAULT_CONTEXT) == context for value in sampled_values
        ):
            moment = storable_time(readings[0]["timestamp"])
            return [
                MeterRow(charge_point_id, moment, connector_id, transaction_id, context, sampled)
            ]
    grouped: dict[datetime, dict[str, list[dict[str, Any]]]] = {}
    for reading in readings:
        contexts = grouped.setdefault(storable_time(reading["timestamp"]), {})
        for sampled in reading["sampledValue"]:
            context = sampled.get("context", DEFAULT_CONTEXT)
            if context in contexts:
                contexts[context].append(sampled)
            else:
                contexts[context] = [sampled]
    return [
        MeterRow(
            charge_point_id, moment, connector_id, transaction_id, context, _encode(values).decode()
        )
        for moment, contexts in grouped.items()
        for context, values in contexts.items()
    ]


def read_loosely(payload: Payload) -> Payload:
    """Read a MeterValues that violates its schema.

    Raises:
        Unreadable: It names no connector, or holds no value with a time.
    """
    loose: Payload = {"connectorId": whole_number(payload, "connectorId")}
    if payload.get("transactionId") is not None:
        loose["transactionId"] = whole_number(payload, "transactionId")
    loose["meterValue"] = read_readings_loosely(payload.get("meterValue"))
    if not loose["meterValue"]:
        raise Unreadable(
            ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION, "meterValue: no value with a time in it"
        )
    return loose


def read_readings_loosely(value: object) -> list[dict[str, Any]]:
    """Read those meterValue elements that have a time and at least one sampled value."""
    if not isinstance(value, list):
        return []
    return [reading for element in value if (reading := _reading(element)) is not None]


def _reading(element: object) -> dict[str, Any] | None:
    if not isinstance(element, dict) or not isinstance(element.get("sampledValue"), list):
        return None
    try:
        moment = time(element, "timestamp")
    except Unreadable:
        return None
    sampled = [read for item in element["sampledValue"] if (read := _sampled(item)) is not None]
    return {"timestamp": moment, "sampledValue": sampled} if sampled else None


def _sampled(item: object) -> dict[str, Any] | None:
    if not isinstance(item, dict):
        return None
    try:
        read = {"value": text(item, "value")}
    except Unreadable:
        return None
    for name in ("context", "format", "measurand", "phase", "location", "unit"):
        given = item.get(name)
        if isinstance(given, str) and 0 < len(given) <= _MAX_TEXT:
            read[name] = given
    if read.get("context", DEFAULT_CONTEXT) not in CONTEXTS:
        read["context"] = "Other"
    return read
