"""Rules of registration: a boot comes first, and statuses after it (OCPP 1.6 section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from hil.wire.broken import Broken, broken, name
from hil.wire.exchanges import Message, Wire

Standing = Literal["", "Accepted", "Pending", "Rejected"]

STATUSES_WITHIN_US = 10_000_000
"""A policy of ours: a charger has this long after a boot to tell its statuses."""

EARLY_US = 1_000_000
"""How much too early a second boot may come: intervals are whole seconds."""

REMOTE = ("RemoteStartTransaction", "RemoteStopTransaction")


@dataclass(slots=True)
class _Registration:
    """What the central system has said to a charger so far."""

    standing: Standing = ""
    boot_not_before_us: int = 0
    triggered: set[str] = field(default_factory=set)
    resetting: bool = False

    def forget(self) -> None:
        """The charger starts anew."""
        self.standing, self.boot_not_before_us, self.resetting = "", 0, False
        self.triggered.clear()

    def answered(self, message: Message) -> None:
        """Take in an answer, of either side."""
        assert message.call is not None
        if message.action == "BootNotification" and message.number == 3:
            self.standing = message.payload.get("status", "")
            wait_s = message.payload.get("interval")
            wait_us = wait_s * 1_000_000 if isinstance(wait_s, int) else 0
            self.boot_not_before_us = message.line.at_us + wait_us
            self.triggered.clear()
        elif message.payload.get("status") == "Accepted":
            if message.action in {"TriggerMessage", "ExtendedTriggerMessage"}:
                self.triggered.add(message.call.payload.get("requestedMessage", ""))
            elif message.action == "Reset":
                self.resetting = True

    def objection(self, message: Message) -> str | None:
        """Say why a message of the charger must not be sent now; None if it may."""
        if message.number != 2:
            if self.standing == "Rejected":
                return f"gave an {name(message)} although its boot was rejected"
        elif message.action != "BootNotification":
            if not (self.standing == "Accepted" or message.action in self._allowed()):
                said = self.standing.lower() if self.standing else "not answered yet"
                return f"sent {message.action} while its boot is {said}"
        elif self.standing in {"Pending", "Rejected"} and message.action not in self._allowed():
            early_us = self.boot_not_before_us - message.line.at_us
            if early_us > EARLY_US:
                return f"sent BootNotification {early_us / 1e6:.0f} s before it was to ask again"
        return None

    def _allowed(self) -> set[str]:
        return self.triggered if self.standing == "Pending" else set()


def boot_first(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """Nothing but BootNotification is called before a boot is accepted.

    While it is pending, what the central system has triggered as well; it may start and stop
    nothing then. While it is rejected the charger does not even answer.
    """
    state = _Registration()
    for position, line in enumerate(wire.lines):
        if line.kind == "power" or (line.kind == "gone" and state.resetting):
            state.forget()
        message = wire.messages.get(position)
        if message is None:
            continue
        if message.way == ">":
            objection = state.objection(message)
            if objection is not None:
                yield broken(position, message, objection)
        elif message.action in REMOTE and message.number == 2 and state.standing == "Pending":
            yield broken(position, message, f"sent {message.action} while the boot is pending")
        if message.call is not None:
            state.answered(message)


def status_after_boot(wire: Wire, connectors: int) -> Iterator[Broken]:
    """A charger tells the status of itself and of every connector after a boot (errata 3.22)."""
    end_us = wire.lines[-1].at_us if wire.lines else 0
    for position, message in wire.messages.items():
        if message.action != "BootNotification" or message.payload.get("status") != "Accepted":
            continue
        missing = set(range(connectors + 1))
        until_us = min(end_us, message.line.at_us + STATUSES_WITHIN_US)
        for later, line in enumerate(wire.lines[position + 1 :], position + 1):
            if line.kind in {"gone", "power"} or line.at_us > until_us:
                until_us = min(until_us, line.at_us)
                break
            told = wire.messages.get(later)
            if told is not None and told.number == 2 and told.action == "StatusNotification":
                missing.discard(told.payload.get("connectorId", -1))
        if missing and until_us - message.line.at_us >= STATUSES_WITHIN_US:
            which = ", ".join(map(str, sorted(missing)))
            text = f"the charger told no status of connector {which} within 10 s of its boot"
            yield Broken(position, message.line.at_us, text)
