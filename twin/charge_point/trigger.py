"""Remote trigger: messages that the central system asks for (OCPP 1.6 section 5.17).

`ExtendedTriggerMessage` is its counterpart of the security extension, with a few
more messages to ask for.
"""

from __future__ import annotations

from collections.abc import Mapping

from twin.charge_point.calls import Registration, Respond
from twin.charge_point.context import Context
from wire.frames import Payload

_EXTENDED = {"FirmwareStatusNotification": "SignedFirmwareStatusNotification"}
"""What a message is called that ExtendedTriggerMessage asks for by its older name."""


class RemoteTrigger:
    """Answers, then has the block that owns a message send it, by `Context.triggers`."""

    def __init__(self, context: Context, *, plain: bool = True, extended: bool) -> None:
        self._context = context
        if plain:
            context.calls.handlers["TriggerMessage"] = self._trigger
        if extended:
            context.calls.handlers["ExtendedTriggerMessage"] = self._trigger_extended

    def _trigger(self, payload: Payload, respond: Respond) -> None:
        self._send(payload, respond, {})

    def _trigger_extended(self, payload: Payload, respond: Respond) -> None:
        self._send(payload, respond, _EXTENDED)

    def _send(self, payload: Payload, respond: Respond, names: Mapping[str, str]) -> None:
        asked: str = payload["requestedMessage"]
        trigger = self._context.triggers.get(names.get(asked, asked))
        number: int | None = payload.get("connectorId") if asked in _OF_A_CONNECTOR else None
        if trigger is None:
            respond({"status": "NotImplemented"})
        elif self._is_refused(asked, number):
            respond({"status": "Rejected"})
        else:
            respond({"status": "Accepted"})
            trigger(number)

    def _is_refused(self, asked: str, number: int | None) -> bool:
        if asked == "BootNotification":
            # Errata 3.35: who is accepted does not boot again because of a word.
            return self._context.calls.registration is Registration.ACCEPTED
        lowest = 0 if asked == "StatusNotification" else 1
        return number is not None and not lowest <= number <= len(self._context.connectors)


_OF_A_CONNECTOR = frozenset({"MeterValues", "StatusNotification"})
"""Elsewhere a connectorId means nothing, and is left alone (section 5.17)."""
