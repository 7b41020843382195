"""Calls from the central system to one charger, over one connection."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from structlog.typing import FilteringBoundLogger

from central.domain.charger_link import CommandOutcome, CommandResult
from wire.frames import Call, CallError, CallResult
from wire.schemas import SchemaViolation, validate_response

MOST_UNANSWERED: Final = 16
"""Calls whose late answers are still known for what they are."""


class TakeLate(Protocol):
    """Is told of an answer that came after its time was over."""

    def __call__(self, result: CommandResult, *, is_overtaken: bool) -> None:
        """`is_overtaken`: a later call of the same action has been answered meanwhile."""
        ...


@dataclass(slots=True)
class _Unanswered:
    """A call whose time is over."""

    action: str
    sent_at: float
    take_late: TakeLate
    is_overtaken: bool = False


@dataclass(frozen=True, slots=True)
class _Pending:
    """The call that is outstanding; None as its answer means that the connection ended first."""

    unique_id: str
    action: str
    answer: asyncio.Future[CallResult | CallError | None]


class OutgoingCalls:
    """One call outstanding at a time (OCPP-J errata 3.4); the others wait their turn.

    Ids begin with a word of this connection's own, so that a charger that answers on it what it was
    asked on the one before answers no other call that has the same number.

    Times are those of the event loop.
    """

    def __init__(
        self,
        send: Callable[[Call], Awaitable[None]],
        timeout_s: float,
        log: FilteringBoundLogger,
        note_unasked: Callable[[str, str, str], None],
    ) -> None:
        """Use `send` for the calls; it does nothing once the connection is gone.

        `note_unasked` is told of answers that nobody waits for: the action if known, a code,
        and a text for people.
        """
        self._send = send
        self._note_unasked = note_unasked
        self._unanswered: dict[str, _Unanswered] = {}
        self._timeout_s = timeout_s
        self._log = log
        self._turn = asyncio.Lock()
        self._word = secrets.token_hex(4)
        self._count = 0
        self._pending: _Pending | None = None
        self._over = False

    async def call(
        self, action: str, payload: dict[str, Any], take_late: TakeLate
    ) -> CommandResult:
        """Send a call and wait for its answer, its time-out or the end of the connection.

        The payload must be valid already. An answer that comes after the time-out goes to
        `take_late`.
        """
        loop = asyncio.get_running_loop()
        async with self._turn:
            if self._over:
                return CommandResult(CommandOutcome.OFFLINE)
            self._count += 1
            unique_id = f"{self._word}-{self._count}"
            answer: asyncio.Future[CallResult | CallError | None] = loop.create_future()
            self._pending = _Pending(unique_id, action, answer)
            sent_at = time.monotonic()
            try:
                async with asyncio.timeout(self._timeout_s):
                    await self._send(Call(unique_id, action, payload))
                    frame = await answer
            except TimeoutError:
                self._unanswered[unique_id] = _Unanswered(action, sent_at, take_late)
                if len(self._unanswered) > MOST_UNANSWERED:
                    del self._unanswered[next(iter(self._unanswered))]
                return CommandResult(CommandOutcome.TIMED_OUT, latency_us=_since_us(sent_at))
            finally:
                self._pending = None
            if frame is None:
                return CommandResult(CommandOutcome.OFFLINE, latency_us=_since_us(sent_at))
            self._overtake(action, sent_at)
            return _result_of(action, frame, _since_us(sent_at))

    def action_of(self, unique_id: str) -> str:
        """Return the action of the call that waits under this id, empty if there is none."""
        pending = self._pending
        return pending.action if pending is not None and pending.unique_id == unique_id else ""

    def resolve(self, frame: CallResult | CallError) -> None:
        """Hand an answer to the call that waits for it; log one that nobody waits for."""
        pending = self._pending
        if (
            pending is not None
            and pending.unique_id == frame.unique_id
            and not pending.answer.done()
        ):
            pending.answer.set_result(frame)
            return
        self._log.warning(
            "answer to no call", unique_id=frame.unique_id[:64], late=self._was_sent(frame)
        )
        late = self._unanswered.pop(frame.unique_id, None)
        if late is not None:
            told = frame.code if isinstance(frame, CallError) else str(frame.payload)
            self._note_unasked(
                late.action, "LateAnswer", f"it came after its time was over: {told}"
            )
            self._overtake(late.action, late.sent_at)
            if not self._over:
                latency_us = _since_us(late.sent_at)
                late.take_late(
                    _result_of(late.action, frame, latency_us), is_overtaken=late.is_overtaken
                )
        else:
            self._note_unasked(
                "", "AnswerToNoCall", "answered what it was not asked, or answered twice"
            )

    def abandon(self) -> None:
        """End all calls, waiting and future ones, because the connection is gone."""
        self._over = True
        if self._pending is not None and not self._pending.answer.done():
            self._pending.answer.set_result(None)

    def _overtake(self, action: str, sent_at: float) -> None:
        """Note that the answer to a call has come before those to earlier ones of its kind."""
        for earlier in self._unanswered.values():
            if earlier.action == action and earlier.sent_at < sent_at:
                earlier.is_overtaken = True

    def _was_sent(self, frame: CallResult | CallError) -> bool:
        """Whether a call had this id once: then its answer came late or twice."""
        word, _, text = frame.unique_id.partition("-")
        is_number = text.isascii() and text.isdigit() and len(text) < 18
        return word == self._word and is_number and 0 < int(text) <= self._count


def _result_of(action: str, frame: CallResult | CallError, latency_us: int) -> CommandResult:
    if isinstance(frame, CallError):
        return CommandResult(
            CommandOutcome.REFUSED,
            error_code=frame.code,
            error_description=frame.description,
            latency_us=latency_us,
        )
    try:
        validate_response(action, frame.payload)
    except SchemaViolation as violation:
        return CommandResult(
            CommandOutcome.INVALID_ANSWER,
            error_code=violation.code,
            error_description=violation.description,
            latency_us=latency_us,
        )
    return CommandResult(CommandOutcome.ANSWERED, payload=frame.payload, latency_us=latency_us)


def _since_us(moment: float) -> int:
    # Not by the event loop's clock: that of uvloop counts whole milliseconds.
    return round((time.monotonic() - moment) * 1_000_000)
