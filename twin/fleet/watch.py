"""Watches the frames of a fleet: counts, times to answer, and what OCPP 1.6 does not allow.

It reads every frame for itself, apart from the charge point, which only says
what it made of them.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from twin.fleet.orders import Orders
from wire import frames
from wire.frames import Call, CallError, CallResult, FrameError, UnknownMessageType
from wire.schemas import SchemaViolation, is_known, validate_request, validate_response

MAX_EXAMPLES = 20
"""Examples kept of each kind of complaint."""

RECENT = 1_000
"""Times to answer that count as recent."""

_CALL = f"[{frames.CALL},"


@dataclass(slots=True)
class Findings:
    """What was found so far, over all chargers.

    Attributes:
        sent, received: Frames.
        calls: Calls of the chargers that were sent, by action.
        commands: Calls of the central system, by action.
        answer_s: Times from handing a call to the socket until its answer was read, seconds
            of wall time, by action.
        recent_s: The last of these, of all actions.
        complaints: How often something ought not to have been, by kind (a field of `Allow`).
        examples: Some of each kind, for people.
    """

    sent: int = 0
    received: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    commands: Counter[str] = field(default_factory=Counter)
    answer_s: dict[str, array[float]] = field(default_factory=dict)
    recent_s: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    complaints: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def complain(self, kind: str, text: str) -> None:
        """Count something that ought not to be."""
        self.complaints[kind] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(text)

    def answered(self, action: str, seconds: float) -> None:
        """Count an answer."""
        times = self.answer_s.get(action)
        if times is None:
            times = self.answer_s[action] = array("d")
        times.append(seconds)
        self.recent_s.append(seconds)

    def percentiles_ms(self, action: str | None = None) -> dict[str, float]:
        """Return p50, p95, p99 and max of the times to answer, milliseconds; of all actions."""
        if action is not None:
            return _percentiles_ms(self.answer_s.get(action, ()))
        return _percentiles_ms(second for each in self.answer_s.values() for second in each)

    def recent_ms(self) -> dict[str, float]:
        """Return the same of the last answers alone, which costs little."""
        return _percentiles_ms(self.recent_s)


def _percentiles_ms(seconds: Iterable[float]) -> dict[str, float]:
    times = sorted(seconds)
    if not times:
        return {}
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(1000 * times[max(0, math.ceil(share * len(times)) - 1)], 3)
        for name, share in shares.items()
    }


class Watch:
    """Watches the frames of one charger.

    Args:
        identity: Of the charger, for the examples.
        findings: Where to count.
        now_s: Wall time, seconds from anywhere.
        excused: Whether the fleet itself has just taken the link or the power away.
        orders: Takes in what the frames say of charging profiles.
    """

    __slots__ = (
        "_awaited",
        "_connected",
        "_excused",
        "_findings",
        "_identity",
        "_now_s",
        "_orders",
    )

    def __init__(
        self,
        identity: str,
        findings: Findings,
        now_s: Callable[[], float],
        excused: Callable[[], bool],
        orders: Orders,
    ) -> None:
        self._identity = identity
        self._findings = findings
        self._now_s = now_s
        self._excused = excused
        self._orders = orders
        self._awaited: dict[str, tuple[str, float]] = {}
        self._connected = False

    def frame(self, direction: str, text: str) -> None:
        """Take in one frame: `>` to the central system, `<` from it."""
        findings = self._findings
        if direction == ">":
            findings.sent += 1
            if text.startswith(_CALL):
                call = frames.decode(text)
                assert isinstance(call, Call)
                findings.calls[call.action] += 1
                self._awaited[call.unique_id] = (call.action, self._now_s())
                if call.action == "Heartbeat":
                    self._orders.heartbeat_sent()
            elif self._orders.awaits_answer:
                answer = frames.decode(text)
                if isinstance(answer, CallResult):
                    self._orders.answered(answer.unique_id, answer.payload)
            return
        findings.received += 1
        try:
            frame = frames.decode(text)
        except UnknownMessageType:
            return  # OCPP-J 1.6 section 4.1.3: to be ignored
        except FrameError as error:
            self._violation(f"{error.description}: {text}")
            return
        match frame:
            case Call():
                self._command(frame, text)
            case CallResult() | CallError():
                self._answer(frame, text)

    def _command(self, call: Call, text: str) -> None:
        self._findings.commands[call.action] += 1
        if not is_known(call.action):
            self._violation(f"no action {call.action!r}: {text}")
            return
        try:
            validate_request(call.action, call.payload)
        except SchemaViolation as violation:
            self._violation(f"{violation.description}: {text}")
            return
        self._orders.asked(call)

    def _answer(self, frame: CallResult | CallError, text: str) -> None:
        awaited = self._awaited.pop(frame.unique_id, None)
        if awaited is None:
            self._violation(f"an answer to no call: {text}")
            return
        action, sent_s = awaited
        self._findings.answered(action, self._now_s() - sent_s)
        if isinstance(frame, CallError):
            self._complain("refused_calls", f"{action}: {frame.code} {frame.description}")
            return
        try:
            validate_response(action, frame.payload)
        except SchemaViolation as violation:
            self._violation(f"answer to {action}: {violation.description}: {text}")
            return
        if action == "BootNotification":
            self._orders.boot_answered(frame.payload)
        elif action == "Heartbeat":
            self._orders.heartbeat_answered(frame.payload)

    def event(self, text: str) -> None:
        """Take in what the charge point says of its connection."""
        if text == "connected":
            self._connected = True
            self._forget()
        elif text.startswith("not connected"):
            if not self._excused():
                kind = "connection_losses" if self._connected else "failed_attempts"
                self._complain(kind, text)
                for action, _ in self._awaited.values():
                    self._complain("unanswered_calls", f"{action}: {text}")
            self._connected = False
            self._forget()

    def cut(self) -> None:
        """Expect no answer any more: the fleet has taken the power away."""
        self._forget()
        self._connected = False

    def _forget(self) -> None:
        self._awaited.clear()
        self._orders.disconnected()

    def _violation(self, text: str) -> None:
        self._complain("schema_violations", text)

    def _complain(self, kind: str, text: str) -> None:
        self._findings.complain(kind, f"{self._identity}: {text[:400]}")
