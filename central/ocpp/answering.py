"""Answering the calls of one connection: strictly in their order, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from websockets.exceptions import ConnectionClosed

from central.domain.meter_values import METER_ROWS, MeterRow
from central.domain.storage import StorageBusyError
from central.ocpp.charge_point import ChargePoint
from central.ocpp.frame_log import FrameLog
from central.ocpp.repeats import AnswerMemory
from central.ocpp.routing import STORED, answer_call, note_stored, rows_to_store, tolerates
from central.ocpp.socket import ChargerSocket
from wire.errors import ErrorCode, WireError
from wire.frames import UNREADABLE_ID, Call, FrameError, encode_answer, encode_refusal

CAPACITY = 8
"""Calls that may wait for their turn before the socket is not read any more. A charger has one
outstanding (OCPP-J 1.6 section 4.1.1); the room is for those that keep no count."""

# A refusal for one of these reasons may turn out differently when the message comes again.
_PASSING = frozenset({ErrorCode.INTERNAL_ERROR, ErrorCode.SECURITY_ERROR})


class Answering:
    """The calls that a charger made on one connection, and their answers.

    The way of a message, from its bytes to the answer:

    1. `ChargerSocket` hands its bytes to `ChargerConnection`, which decodes and logs them. A call
       is `put` here; the answer to a command goes to `OutgoingCalls` at once.
    2. When its turn has come, the shortcut is tried: a MeterValues without a flaw is nothing but
       rows (`rows_to_store`), which go to the storage with a callback. Nobody waits.
    3. Every other call is answered by a task of its own, `_answer`: a repeated one from memory,
       any other by its handler (`answer_call`), which returns after the commit.
    4. After the commit the answer is remembered, sent and logged, and the next call has its turn.
    """

    def __init__(
        self,
        socket: ChargerSocket,
        charge_point: ChargePoint,
        frames: FrameLog,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """Run what has to wait with `spawn`, which must be there until `drained`."""
        self._socket = socket
        self._charge_point = charge_point
        self._frames = frames
        self._spawn = spawn
        self._log = charge_point.log
        self._storage = charge_point.services.storage
        self._room = charge_point.services.waiting_room
        self._remembered = AnswerMemory()
        # A list, because the few items cost less to move than an empty deque costs memory.
        self._waiting: list[tuple[Call | FrameError, bytes]] = []
        self._started = False
        self._busy = False
        self._ended = False
        self._drained = asyncio.get_running_loop().create_future()

    def __len__(self) -> int:
        """Return how many calls wait for their turn."""
        return len(self._waiting)

    def put(self, item: Call | FrameError, frame: bytes) -> None:
        """Take a call, or what is no frame but has to be answered, and how it was sent."""
        if self._started and not self._busy and not self._waiting:
            self._begin(item, frame)
            return
        self._waiting.append((item, frame))
        self._advance()
        if len(self._waiting) >= CAPACITY:
            self._socket.pause_reading()

    def start(self) -> None:
        """Begin to answer; until then calls wait."""
        self._started = True
        self._advance()

    def end(self) -> None:
        """Say that no more calls will come; those that are here are still carried out."""
        self._ended = True
        self._advance()

    def give_up(self) -> None:
        """Drop what still waits, after a bug."""
        self._waiting.clear()
        self._started = True
        self._busy = False
        self.end()

    async def wait_drained(self) -> None:
        """Wait until no call is being answered, nor will be."""
        await asyncio.shield(self._drained)

    def _advance(self) -> None:
        """Begin with the next call, if it may begin."""
        while self._waiting and self._started and not self._busy:
            self._begin(*self._waiting.pop(0))
            if len(self._waiting) == CAPACITY - 1:
                self._socket.resume_reading()
        if self._ended and self._started and not self._busy and not self._drained.done():
            self._drained.set_result(None)

    def _begin(self, item: Call | FrameError, frame: bytes) -> None:
        self._busy = True
        if not self._take_shortcut(item, frame):
            self._spawn(self._answer(item, frame))

    def _done(self) -> None:
        self._busy = False
        if self._waiting or self._ended:
            self._advance()

    def _take_shortcut(self, item: Call | FrameError, frame: bytes) -> bool:
        if type(item) is not Call or item.unique_id in self._remembered:
            return False
        try:
            rows = rows_to_store(self._charge_point, item)
            if rows is None:
                return False
            self._storage.submit_rows(METER_ROWS, rows, partial(self._stored, item, frame, rows))
        except StorageBusyError:
            return False
        except Exception:  # noqa: BLE001 -- as in `_answer_call`, which is tried then
            self._log.exception("shortcut failed", action=item.action)
            return False
        self._room.begin()
        return True

    def _stored(
        self, call: Call, frame: bytes, rows: list[MeterRow], error: BaseException | None
    ) -> None:
        """Answer a call that took the shortcut; its rows are committed, or failed."""
        self._room.end()
        if error is None:
            try:
                note_stored(self._charge_point, call, rows)
            except Exception as bug:  # noqa: BLE001 -- as in `_answer_call`
                error = bug
        if error is not None:
            answer = self._fail(call, error)
        else:
            answer = encode_answer(call.unique_id, STORED)
            self._remembered.remember(call.unique_id, frame, answer)
        if self._socket.is_slow:
            self._spawn(self._finish(call.action, answer))
        else:
            self._send_now(call.action, answer)
            self._done()

    async def _finish(self, action: str, answer: str) -> None:
        await self.send(action, answer)
        self._done()

    async def _answer(self, item: Call | FrameError, frame: bytes) -> None:
        # Without the sending, which may be held up by the charger's end of the link.
        with self._room.work():
            if isinstance(item, Call):
                action = item.action
                answer: str | None = await self._answer_call(item, frame)
            else:
                action, answer = "", await self._answer_malformed(item, frame)
        if answer is not None:
            await self.send(action, answer)
        self._done()

    async def _answer_malformed(self, item: FrameError, frame: bytes) -> str | None:
        self._log.warning("malformed frame", reason=item.description, code=item.code)
        if not item.answerable:
            return None
        if item.call is not None and tolerates(self._charge_point, item.call.action):
            return await self._answer_call(item.call, frame, flaw=item)
        return encode_refusal(item.unique_id or UNREADABLE_ID, item.code, item.description)

    async def _answer_call(
        self, call: Call, frame: bytes, *, flaw: FrameError | None = None
    ) -> str:
        if call.unique_id in self._remembered:
            remembered = self._remembered.answer_to(call.unique_id, frame)
            if remembered is not None:
                return remembered
            reason = "this message id was used for another message on this connection"
            self._log.warning("message id reused", action=call.action, unique_id=call.unique_id)
            await self._charge_point.note_violation(call.action, "MessageIdReused", reason)
            return encode_refusal(call.unique_id, ErrorCode.GENERIC_ERROR, reason)
        try:
            payload = await answer_call(self._charge_point, call)
            if flaw is not None:
                await self._charge_point.note_violation(call.action, flaw.code, flaw.description)
            answer = encode_answer(call.unique_id, payload)
        except WireError as error:
            self._log.warning(
                "call refused", action=call.action, code=error.code, reason=error.description
            )
            answer = encode_refusal(call.unique_id, error.code, error.description)
            await self._charge_point.note_violation(call.action, error.code, error.description)
            if error.code in _PASSING:
                return answer
        except Exception as error:  # noqa: BLE001 -- the boundary between one charger and all others
            return self._fail(call, error)
        self._remembered.remember(call.unique_id, frame, answer)
        return answer

    def _fail(self, call: Call, error: BaseException) -> str:
        """Refuse a call that met a bug or a broken disk, so that its charger sends it again."""
        self._log.error("call failed", action=call.action, exc_info=error)
        return encode_refusal(call.unique_id, ErrorCode.INTERNAL_ERROR, "internal error")

    async def send(self, action: str, text: str, *, logged: str | None = None) -> None:
        """Send a frame and log it; waits only for a charger that takes its frames slowly."""
        if not self._socket.is_slow:
            self._send_now(action, text, logged)
            return
        try:
            await self._socket.send(text)
        except ConnectionClosed:
            self._note_unsent(action)
        else:
            self._frames.sent(action, logged or text)

    def _send_now(self, action: str, text: str, logged: str | None = None) -> None:
        if self._socket.send_now(text):
            self._frames.sent(action, logged or text)
        else:
            self._note_unsent(action)

    def _note_unsent(self, action: str) -> None:
        self._log.debug("frame not sent, the socket is gone", action=action)
