"""Calls in both directions over one connection: one outstanding outward, all answered inward."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from random import Random

from twin.charge_point.connection import Connection
from twin.charge_point.timers import Timers
from twin.clock import Handle
from wire import frames
from wire.errors import ErrorCode, WireError
from wire.frames import Call, CallError, CallResult, FrameError, Payload, UnknownMessageType
from wire.schemas import SchemaViolation, is_known, validate_request, validate_response

CALL_TIMEOUT_US = 30_000_000
"""After this long a call counts as unanswered, and the socket as dead; times the driver's
patience."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The CALLRESULT to a call, its payload valid.

    Attributes:
        took_us: From the call's leaving to the answer's coming.
    """

    payload: Payload
    took_us: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The CALLERROR to a call."""

    code: str
    description: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The connection went, or the time ran out, before an answer came."""


Outcome = Answered | Refused | Unanswered
OnOutcome = Callable[[Outcome], None]
Respond = Callable[[Payload], None]
Handler = Callable[[Payload, Respond], None]
"""Handles a call of the central system: calls its second argument with the answer, then acts."""


class CallRefused(WireError):  # noqa: N818 -- named after what the peer is told
    """Raised by a handler: answer with this CALLERROR."""


class Registration(Enum):
    """What the central system has said to BootNotification (OCPP 1.6 section 4.2)."""

    NONE = "none"
    PENDING = "Pending"
    REJECTED = "Rejected"
    ACCEPTED = "Accepted"


@dataclass(slots=True)
class _Outgoing:
    action: str
    payload: Payload
    on_outcome: OnOutcome
    unique_id: str = ""
    sent_us: int = 0
    timeout: Handle | None = None


class Calls:
    """Sends calls one after the other, and hands incoming ones to the functional blocks.

    Attributes:
        registration: Until it is ACCEPTED only a BootNotification leaves.
        handlers: Action to handler, filled by the functional blocks.
        next_queued: Returns the next transaction message, when nothing else is waiting.
        timeout_us: After this long in the twin's time a call counts as unanswered.
        on_frame: Called with the direction (`>` to the central system, `<` from it)
            and the text of every frame.
        on_invalid: Called with what is wrong with a message that is none of OCPP; what the
            message says, which may be secret, is not in it.
    """

    def __init__(self, timers: Timers, random: Random) -> None:
        self.registration = Registration.NONE
        self.handlers: dict[str, Handler] = {}
        self.next_queued: Callable[[], tuple[str, Payload, OnOutcome] | None] = _nothing_queued
        self.on_frame: Callable[[str, str], None] = _unwatched
        self.on_invalid: Callable[[str], None] = _unnoticed
        self.connection: Connection | None = None
        self.timeout_us = CALL_TIMEOUT_US
        self._timers = timers
        self._prefix = f"{random.getrandbits(48):012x}"
        self._count = 0
        self._sockets = 0
        self._waiting: deque[_Outgoing] = deque()
        self._outstanding: _Outgoing | None = None
        self._holds = 0

    @property
    def connection_is_open(self) -> bool:
        """True while there is a socket."""
        return self.connection is not None and self.connection.is_open

    @property
    def idle(self) -> bool:
        """True while no call is outstanding or waiting to be sent; the queue does not count."""
        return self._outstanding is None and not self._waiting

    @property
    def online(self) -> bool:
        """True while there is a socket and the central system has accepted this charger."""
        return self.registration is Registration.ACCEPTED and self.connection_is_open

    def send(
        self, action: str, payload: Payload, on_outcome: OnOutcome, *, triggered: bool = False
    ) -> None:
        """Send a call that is not kept: without a connection it is `Unanswered` at once.

        One that the central system has triggered also leaves while the boot is
        pending (OCPP 1.6 section 4.2).

        Raises:
            SchemaViolation: The payload breaks its schema: a bug of the charge point.
        """
        validate_request(action, payload)
        pending = triggered and self.registration is Registration.PENDING
        early = action == "BootNotification" or pending
        if not (self.online or (early and self.connection_is_open)):
            on_outcome(Unanswered())
            return
        self._waiting.append(_Outgoing(action, payload, on_outcome))
        self.pump()

    def hold(self) -> None:
        """Send no further call until `release`: what is being done is answered, then told."""
        self._holds += 1

    def release(self) -> None:
        """Take one `hold` back."""
        self._holds -= 1
        self.pump()

    def pump(self) -> None:
        """Send the next call, if none is outstanding or held back and there is one."""
        connection = self.connection
        if self._outstanding is not None or connection is None or not connection.is_open:
            return
        if self._holds > 0:
            return
        if self._waiting:
            outgoing = self._waiting.popleft()
        else:
            queued = self.next_queued() if self.online else None
            if queued is None:
                return
            outgoing = _Outgoing(*queued)
            validate_request(outgoing.action, outgoing.payload)
        self._count += 1
        outgoing.unique_id = f"{self._prefix}-{self._count}"
        outgoing.sent_us = self._timers.now_us
        outgoing.timeout = self._timers.after(self.timeout_us, self._time_out)
        self._outstanding = outgoing
        text = frames.encode(Call(outgoing.unique_id, outgoing.action, outgoing.payload))
        self.on_frame(">", text)
        connection.send(text, call=outgoing.action)

    def closed(self) -> None:
        """Give every call back: nobody is there to answer."""
        self._sockets += 1
        lost = [*self._waiting]
        if self._outstanding is not None:
            lost.insert(0, self._outstanding)
            self._disarm(self._outstanding)
        self._outstanding = None
        self._waiting.clear()
        for outgoing in lost:
            outgoing.on_outcome(Unanswered())

    def heard(self, text: str | bytes) -> tuple[Callable[[], None], bool]:
        """Read a text as it comes in: return what to do with it, and whether it is the answer."""
        shown = text if isinstance(text, str) else text.decode(errors="replace")
        self.on_frame("<", shown)
        try:
            frame = frames.decode(text)
        except UnknownMessageType:
            return _ignore, False  # OCPP-J 1.6 section 4.1.3
        except FrameError as error:
            return partial(self._unreadable, error), False
        if isinstance(frame, Call):
            return partial(self._called, frame), False
        outstanding = self._outstanding
        answers = outstanding is not None and frame.unique_id == outstanding.unique_id
        return partial(self._answered, frame), answers

    def _answered(self, frame: CallResult | CallError) -> None:
        outgoing = self._outstanding
        if outgoing is None or outgoing.unique_id != frame.unique_id:
            return  # an answer that nobody waits for any more
        self._outstanding = None
        self._disarm(outgoing)
        outgoing.on_outcome(self._outcome(outgoing, frame))
        self.pump()

    def _outcome(self, outgoing: _Outgoing, frame: CallResult | CallError) -> Outcome:
        if isinstance(frame, CallError):
            return Refused(frame.code, frame.description)
        try:
            validate_response(outgoing.action, frame.payload)
        except SchemaViolation as violation:
            # OCPP-J has no answer to an answer; what breaks the schema is worth no more
            # than a refusal, and goes by the same rules.
            what = f"answer to {outgoing.action}: {violation.code} {violation.path}"
            self.on_invalid(what.strip())
            return Refused(violation.code, f"bad answer: {violation.description}")
        return Answered(frame.payload, self._timers.now_us - outgoing.sent_us)

    def _time_out(self) -> None:
        # The answer may still come, to a question that is asked again by then: only a
        # new socket makes that impossible.
        if self.connection is not None:
            self.connection.drop()
        self.closed()

    @staticmethod
    def _disarm(outgoing: _Outgoing) -> None:
        if outgoing.timeout is not None:
            outgoing.timeout.cancel()

    def _unreadable(self, error: FrameError) -> None:
        self.on_invalid(error.description)
        if error.answerable and error.unique_id is not None:
            self._refuse(error.unique_id[:36], error)

    def _called(self, call: Call) -> None:
        if self.registration is Registration.REJECTED:
            return  # silent until accepted (OCPP 1.6 section 4.2)
        answered = False
        socket = self._sockets

        def respond(payload: Payload) -> None:
            nonlocal answered
            assert not answered, f"{call.action} answered twice"
            answered = True
            validate_response(call.action, payload)
            if socket == self._sockets:
                self._say(frames.encode(CallResult(call.unique_id, payload)))

        try:
            if not is_known(call.action):
                raise CallRefused(ErrorCode.NOT_IMPLEMENTED, f"no action {call.action!r}")
            handler = self.handlers.get(call.action)
            if handler is None:
                raise CallRefused(ErrorCode.NOT_SUPPORTED, f"{call.action} is not supported here")
            validate_request(call.action, call.payload)
            handler(call.payload, respond)
        except (CallRefused, SchemaViolation) as error:
            self._refuse(call.unique_id, error)
            if isinstance(error, SchemaViolation):
                self.on_invalid(f"{call.action}: {error.code} {error.path}".strip())

    def _refuse(self, unique_id: str, error: WireError) -> None:
        self._say(frames.encode_refusal(unique_id, error.code, error.description))

    def _say(self, text: str) -> None:
        self.on_frame(">", text)
        if self.connection is not None:
            self.connection.send(text)


def _nothing_queued() -> None:
    """Return no message: there is no queue yet."""


def _unwatched(direction: str, text: str) -> None:
    """Let a frame pass unseen."""


def _unnoticed(why: str) -> None:
    """Do not mind a message that is none."""


def _ignore() -> None:
    """Do nothing with a frame of an unknown type."""
