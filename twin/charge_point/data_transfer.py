"""DataTransfer: vendor messages, of which this charger knows none (OCPP 1.6 4.3, 5.6)."""

from __future__ import annotations

from twin.charge_point.calls import OnOutcome, Respond
from twin.charge_point.context import Context
from wire.frames import Payload


class DataTransfer:
    """Answers vendor messages, and sends them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        context.calls.handlers["DataTransfer"] = self._answer

    def send(self, payload: Payload, on_outcome: OnOutcome) -> None:
        """Send a vendor message: `vendorId`, and where wanted `messageId` and `data`."""
        self._context.calls.send("DataTransfer", payload, on_outcome)

    @staticmethod
    def _answer(payload: Payload, respond: Respond) -> None:  # noqa: ARG004
        respond({"status": "UnknownVendorId"})  # the wire's spelling, not that of section 4.3
