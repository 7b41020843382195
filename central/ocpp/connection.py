"""One socket of one charger: the order of its messages, both ways."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from central.domain import key_change, presence
from central.domain.charger_link import CommandOutcome, CommandResult
from central.domain.commands import finish_command, record_command
from central.ocpp.charge_point import ChargePoint
from central.ocpp.frame_log import FrameLog
from central.ocpp.inbox import Inbox
from central.ocpp.outgoing import OutgoingCalls
from central.ocpp.repeats import AnswerMemory, fingerprint
from central.ocpp.routing import answer_call, tolerates
from central.ocpp.v16.commands import check_command, new_authorization_key, without_secrets
from wire.errors import ErrorCode, WireError
from wire.frames import (
    UNREADABLE_ID,
    Call,
    FrameError,
    UnknownMessageType,
    decode,
    encode,
    encode_answer,
    encode_refusal,
)

INBOX_CAPACITY = 8
"""Calls that may wait for their turn before the socket is not read any more. A charger has one
outstanding (OCPP-J 1.6 section 4.1.1); the room is for those that keep no count."""

# Answers to a new key after which the charger still has its old one (OCPP 1.6 section 5.3).
_DECLINED = frozenset({"Rejected", "NotSupported"})

# A refusal for one of these reasons may turn out differently when the message comes again.
_PASSING = frozenset({ErrorCode.INTERNAL_ERROR, ErrorCode.SECURITY_ERROR})


class Connections(Protocol):
    """Where a connection stands in for its charger; see `registry`."""

    def is_current(self, connection: ChargerConnection) -> bool:
        """Whether no newer connection has taken its place."""
        ...

    def detach(self, connection: ChargerConnection) -> None:
        """Forget the connection, if it is the current one."""
        ...


class ChargerConnection:
    """A connected charger: answers its calls in order, and carries calls to it.

    Calls from the charger are handled strictly in order, one at a time. Answers from it are
    routed at once, past that queue. A message that was received is handled even when the
    socket ends meanwhile: the charger repeats it on its next socket, whose first message
    waits until the last one of this socket is done.
    """

    def __init__(
        self, socket: ServerConnection, charge_point: ChargePoint, connections: Connections
    ) -> None:
        services = charge_point.services
        self.charge_point = charge_point
        self._socket = socket
        self._connections = connections
        self._services = services
        self._log = charge_point.log
        self._inbox: Inbox[Call | FrameError] = Inbox(INBOX_CAPACITY)
        self._answers = AnswerMemory()
        self._frames = FrameLog(services.message_log, services.clock, charge_point.charge_point_id)
        self._outgoing = OutgoingCalls(self._send_call, services.settings.call_timeout_s, self._log)
        self._changing_key = asyncio.Lock()
        self._drained = asyncio.get_running_loop().create_future()
        self._tasks: asyncio.TaskGroup | None = None
        self._replaced = False
        self._over = False

    @property
    def charge_point_id(self) -> str:
        """The charger's identity."""
        return self.charge_point.charge_point_id

    @property
    def is_open(self) -> bool:
        """Whether calls can be sent."""
        return not self._over

    @property
    def inbox_length(self) -> int:
        """How many of the charger's messages wait for their turn."""
        return len(self._inbox)

    async def run(self, predecessor: ChargerConnection | None) -> None:
        """Serve the charger until its socket ends; `predecessor` is the socket it replaces."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._work(predecessor))
                await self._read()
                self._end()
            if self._connections.is_current(self):
                await self._services.storage.write(
                    presence.record_disconnected, self.charge_point_id, self._services.clock.now()
                )
        finally:
            self._end()
            self._tasks = None
            self._connections.detach(self)
            self._note_drained()

    async def wait_drained(self) -> None:
        """Wait until no message of this socket is being handled, nor will be."""
        await asyncio.shield(self._drained)

    def make_way(self, reason: str = "replaced by a newer connection") -> None:
        """Give up the charger, to a newer socket unless for another reason: take nothing more."""
        if self._over:
            return
        self._replaced = True
        self._end()
        assert self._tasks is not None
        self._tasks.create_task(self._socket.close(CloseCode.POLICY_VIOLATION, reason))

    async def call(
        self, action: str, payload: dict[str, Any], *, requested_by: int | None = None
    ) -> CommandResult:
        """Send a command and wait for its end; see `ChargerLink.call`."""
        check_command(action, payload, self.charge_point.registration)
        new_key = new_authorization_key(action, payload)
        if new_key is not None:
            return await self._change_key(action, payload, new_key, requested_by)
        return await self._record_and_call(action, payload, requested_by)

    async def _record_and_call(
        self, action: str, payload: dict[str, Any], requested_by: int | None
    ) -> CommandResult:
        storage = self._services.storage
        command_id = await storage.write(
            record_command,
            self.charge_point_id,
            action,
            without_secrets(action, payload),
            self._services.clock.now(),
            requested_by=requested_by,
        )
        result = await self._outgoing.call(action, payload)
        response = {"code": result.error_code, "description": result.error_description}
        await storage.write(
            finish_command,
            command_id,
            result.outcome,
            response=result.payload if result.outcome is CommandOutcome.ANSWERED else response,
            latency_us=result.latency_us,
        )
        return replace(result, command_id=command_id)

    async def _change_key(
        self, action: str, payload: dict[str, Any], new_key: str, requested_by: int | None
    ) -> CommandResult:
        storage, keys, identity = self._services.storage, self._services.keys, self.charge_point_id
        # One at a time, so that keys are pending in the order in which they were sent.
        async with self._changing_key:
            pending = await storage.read(key_change.list_pending_keys, identity)
            key_hash = await keys.find(new_key.encode(), pending) or await keys.hash_chosen(new_key)
            await storage.write(key_change.offer_key, identity, key_hash)
            result = await self._record_and_call(action, payload, requested_by)
            if result.status == "Accepted":
                # From now on the charger uses it, and the old one is refused (OCPP-J 1.6
                # section 6.2).
                await storage.write(key_change.settle_key, identity, key_hash)
            elif result.status in _DECLINED and key_hash not in pending:
                await storage.write(key_change.withdraw_key, identity, key_hash)
            # Otherwise it is unknown which one the charger has or, with RebootRequired, from
            # when: all are right until it comes with a new one.
            return result

    def _note_drained(self) -> None:
        if not self._drained.done():
            self._drained.set_result(None)

    def _end(self) -> None:
        self._over = True
        self._inbox.end()
        self._outgoing.abandon()

    async def _read(self) -> None:
        seen, clock = self._services.last_seen, self._services.clock
        while True:
            try:
                data = await self._socket.recv(decode=False)
            except ConnectionClosed as closed:
                self._log_end(closed)
                return
            if self._replaced:
                continue
            now = clock.now()
            seen.touch(self.charge_point_id, now)
            try:
                frame = decode(data)
            except FrameError as error:
                self._frames.received(now, "", data)
                await self._inbox.put(error)
            except UnknownMessageType as unknown:
                self._frames.received(now, "", data)
                self._log.warning("frame ignored", reason=str(unknown))
            else:
                if isinstance(frame, Call):
                    self._frames.received(now, frame.action, data)
                    await self._inbox.put(frame)
                else:
                    action = self._outgoing.action_of(frame.unique_id)
                    self._frames.received(now, action, data)
                    self._outgoing.resolve(frame)

    async def _work(self, predecessor: ChargerConnection | None) -> None:
        if predecessor is not None:
            await predecessor.wait_drained()
            # It may have booted after this socket was admitted.
            self.charge_point.registration = predecessor.charge_point.registration
        if not await self._services.storage.write(
            presence.record_connected, self.charge_point_id, self._services.clock.now()
        ):
            # Taken out of service after its key was checked: nothing it says counts.
            self.make_way("the charger was removed")
            while await self._inbox.get() is not None:
                pass
        while (item := await self._inbox.get()) is not None:
            if isinstance(item, Call):
                await self._send(item.action, await self._answer_call(item))
            elif (answer := await self._answer_malformed(item)) is not None:
                await self._send("", answer)
        if self._replaced:
            self._note_drained()

    async def _answer_malformed(self, item: FrameError) -> str | None:
        self._log.warning("malformed frame", reason=item.description, code=item.code)
        if not item.answerable:
            return None
        if item.call is not None and tolerates(self.charge_point, item.call.action):
            return await self._answer_call(item.call, flaw=item)
        return encode_refusal(item.unique_id or UNREADABLE_ID, item.code, item.description)

    async def _answer_call(self, call: Call, *, flaw: FrameError | None = None) -> str:
        remembered = self._answers.find(call.unique_id)
        if remembered is not None:
            if remembered[0] == fingerprint(call):
                return remembered[1]
            reason = "this message id was used for another message on this connection"
            self._log.warning("message id reused", action=call.action, unique_id=call.unique_id)
            return encode_refusal(call.unique_id, ErrorCode.GENERIC_ERROR, reason)
        try:
            payload = await answer_call(self.charge_point, call)
            if flaw is not None:
                await self.charge_point.note_violation(call.action, flaw.code, flaw.description)
            answer = encode_answer(call.unique_id, payload)
        except WireError as error:
            self._log.warning(
                "call refused", action=call.action, code=error.code, reason=error.description
            )
            answer = encode_refusal(call.unique_id, error.code, error.description)
            if error.code in _PASSING:
                return answer
        except Exception:  # noqa: BLE001 -- the boundary between one charger and all others
            # A message that meets a bug or a broken disk is refused, so that its charger keeps it
            # and sends it again; the traceback goes to the log.
            self._log.exception("call failed", action=call.action)
            return encode_refusal(call.unique_id, ErrorCode.INTERNAL_ERROR, "internal error")
        self._answers.remember(call, answer)
        return answer

    async def _send_call(self, call: Call) -> None:
        shown = without_secrets(call.action, call.payload)
        await self._send(
            call.action,
            encode(call),
            logged=None
            if shown is call.payload
            else encode(Call(call.unique_id, call.action, shown)),
        )

    async def _send(self, action: str, text: str, *, logged: str | None = None) -> None:
        try:
            if self._socket.transport.get_write_buffer_size() == 0:
                # The library's way to send without waiting; a fifth of the cost of the other.
                broadcast((self._socket,), text)
            else:
                # The charger takes its frames slowly, so it has to be waited for.
                await self._socket.send(text)
        except ConnectionClosed:
            self._log.debug("frame not sent, the socket is gone", action=action)
        else:
            self._frames.sent(action, logged or text)

    def _log_end(self, closed: ConnectionClosed) -> None:
        sent, received = closed.sent, closed.rcvd
        if sent is not None and sent.code == CloseCode.MESSAGE_TOO_BIG:
            self._log.warning(
                "frame too large",
                limit_bytes=self._services.settings.max_frame_bytes,
                reason=sent.reason,
            )
            return
        self._log.info(
            "disconnected",
            sent=None if sent is None else sent.code,
            received=None if received is None else received.code,
            replaced=self._replaced,
        )
