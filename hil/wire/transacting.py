"""Rules of transactions: their messages come in order, and none after the last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hil.wire.broken import Broken, broken
from hil.wire.exchanges import Message, Wire

ACTIONS = ("StartTransaction", "MeterValues", "StopTransaction")

NEVER_ANSWERED = -1
"""The number of a transaction whose start got no answer (OCPP 1.6 errata 3.18)."""


def order(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """A start precedes its meter values and its stop, and those of a connector come by their time.

    OCPP 1.6 sections 3.7 and 4.8, errata 3.17. A charger may charge at two connectors at once,
    and have a queue for each. A message that is sent again is no new one, and one that the central
    system has triggered may overtake others.
    """
    places: dict[Any, Any] = {}
    before: dict[Any, Message] = {}
    sent: list[tuple[str, dict[str, Any]]] = []
    for position, message in wire.messages.items():
        if message.call is not None and message.action == "StartTransaction":
            number = message.payload.get("transactionId", NEVER_ANSWERED)
            places[number] = message.call.payload.get("connectorId")
        if message.number != 2 or message.action not in ACTIONS:
            continue
        why = _misplaced(message, places)
        if why is not None:
            yield broken(position, message, why)
        if (message.action, message.payload) in sent or _is_triggered(message):
            continue
        sent.append((message.action, message.payload))
        if not _moments(message):
            continue
        connector = _connector(message, places)
        earlier = before.get(connector)
        if earlier is not None and _moments(message)[0] < _moments(earlier)[-1]:
            yield broken(position, message, f"sent {_told(message)} after {_told(earlier)}")
        before[connector] = message


def _misplaced(message: Message, places: dict[Any, Any]) -> str | None:
    """Say what a message has to do with no transaction, or with one of another connector."""
    number = message.payload.get("transactionId")
    if message.action == "StartTransaction" or number is None:
        return None
    if number not in places:
        return f"sent {message.action} of transaction {number}, which has not started"
    connector = _connector(message, places)
    if number != NEVER_ANSWERED and connector != places[number]:
        return (
            f"sent {message.action} of transaction {number} at connector {connector}, which "
            f"started at connector {places[number]}"
        )
    return None


def _connector(message: Message, places: dict[Any, Any]) -> Any:
    """Return the connector of a transaction message; None where nobody can say.

    A stop names its transaction alone, and several may go on without a number.
    """
    number = message.payload.get("transactionId")
    told = places.get(number) if number != NEVER_ANSWERED else None
    return message.payload.get("connectorId", told)


def after_stop(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """Nothing follows the stop of a transaction but the same stop again (section 4.10)."""
    stopped: dict[Any, Message] = {}
    for position, message in wire.messages.items():
        if message.number != 2 or message.action not in {"MeterValues", "StopTransaction"}:
            continue
        number = message.payload.get("transactionId")
        stop = stopped.get(number)
        again = stop is not None and message.payload == stop.payload
        if stop is not None and not (again and not _acknowledged(stop)):
            yield broken(
                position, message, f"sent {message.action} of transaction {number} after its stop"
            )
        if message.action == "StopTransaction" and number != NEVER_ANSWERED:
            stopped[number] = message


def _acknowledged(message: Message) -> bool:
    return message.answer is not None and message.answer.number == 3


def _is_triggered(message: Message) -> bool:
    match message.payload:
        case {"meterValue": [{"sampledValue": [{"context": "Trigger"}, *_]}, *_]}:
            return True
    return False


def _moments(message: Message) -> list[datetime]:
    values = message.payload.get("meterValue") or [message.payload]
    try:
        moments = [datetime.fromisoformat(value["timestamp"]) for value in values]
    except (KeyError, TypeError, ValueError):
        return []  # the schema's affair
    return [m if m.tzinfo is not None else m.replace(tzinfo=UTC) for m in moments]


def _told(message: Message) -> str:
    return f"{message.action} of {_moments(message)[0]:%H:%M:%S}"
