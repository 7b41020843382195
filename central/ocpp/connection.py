"""One socket of one charger: the order of its messages, both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from websockets.frames import CloseCode

from central.domain import presence
from central.domain.charger_link import CommandResult, WhenLate
from central.ocpp.answering import Answering
from central.ocpp.charge_point import ACCEPTED, ChargePoint
from central.ocpp.frame_log import FrameLog
from central.ocpp.outgoing import OutgoingCalls
from central.ocpp.recorded_calls import RecordedCalls
from central.ocpp.security_changes import SecurityChanges
from central.ocpp.socket import ChargerSocket
from central.ocpp.socket_end import log_end, note_end
from central.ocpp.v16.commands import (
    check_command,
    new_authorization_key,
    new_security_profile,
    without_secrets,
)
from wire.frames import Call, FrameError, UnknownMessageType, decode, encode

_SUPERSEDED = "replaced by a newer connection"


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

    Calls from the charger are answered strictly in order, one at a time: see `Answering`, which
    tells the way of a message. Answers from it are routed at once, past that queue. A message
    that was received is handled even when the socket ends meanwhile: the charger repeats it on
    its next socket, whose first message waits until the last one of this socket is done.
    """

    def __init__(
        self, socket: ChargerSocket, charge_point: ChargePoint, connections: Connections
    ) -> None:
        services = charge_point.services
        self.charge_point = charge_point
        self._socket = socket
        self._connections = connections
        self._services = services
        self._log = charge_point.log
        self._frames = FrameLog(services.message_log, services.clock, charge_point.charge_point_id)
        self._answering = Answering(socket, charge_point, self._frames, self._spawn)
        self._outgoing = OutgoingCalls(
            self._send_call, services.settings.call_timeout_s, self._log, self._note_unasked
        )
        self._calls = RecordedCalls(charge_point, self._outgoing, self._spawn)
        self._security = SecurityChanges(charge_point, self._calls)
        self._heard_at = services.clock.now()
        self._gone = asyncio.get_running_loop().create_future()
        self._tasks: asyncio.TaskGroup | None = None
        self._replaced = False
        self._superseded = False
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
        return len(self._answering)

    async def run(self, predecessor: ChargerConnection | None) -> None:
        """Serve the charger until its socket ends; `predecessor` is the socket it replaces."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._open(predecessor))
                self._socket.hand_over_to(self._receive, self._note_sign_of_life)
                await self._socket.wait_closed()
                log_end(self.charge_point, self._socket, self._heard_at, replaced=self._replaced)
                self._end()
                await self._answering.wait_drained()
                await note_end(self.charge_point, self._socket, superseded=self._superseded)
            if self._connections.is_current(self):
                with self._services.waiting_room.work():
                    await self._services.storage.write(
                        presence.record_disconnected,
                        self.charge_point_id,
                        # A dead link has been so for longer than was known.
                        self._heard_at
                        if self._socket.link_was_dead
                        else self._services.clock.now(),
                    )
        finally:
            self._answering.give_up()
            self._end()
            self._tasks = None
            self._connections.detach(self)
            self._gone.set_result(None)

    async def wait_drained(self) -> None:
        """Wait until no message of this socket is being handled, nor will be."""
        await self._answering.wait_drained()
        if not self._replaced:
            # That it is offline has to be written before its next socket says the contrary.
            await asyncio.shield(self._gone)

    def make_way(self, reason: str = _SUPERSEDED) -> None:
        """Give up the charger, to a newer socket unless for another reason: take nothing more."""
        if self._over:
            return
        self._replaced = True
        self._superseded = reason == _SUPERSEDED
        self._end()
        self._spawn(self._socket.close(CloseCode.POLICY_VIOLATION, reason))

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        *,
        requested_by: int | None = None,
        when_late: WhenLate | None = None,
    ) -> CommandResult:
        """Send a command and wait for its end; see `ChargerLink.call`."""
        check_command(action, payload, self.charge_point.registration)
        new_key = new_authorization_key(action, payload)
        if new_key is not None:
            return await self._security.change_key(action, payload, new_key, requested_by)
        new_profile = new_security_profile(action, payload)
        if new_profile is not None:
            return await self._security.change_profile(action, payload, new_profile, requested_by)
        return await self._calls.call(action, payload, requested_by, when_late)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._tasks is not None
        self._tasks.create_task(work)

    def _end(self) -> None:
        self._over = True
        self._answering.end()
        self._outgoing.abandon()

    async def _open(self, predecessor: ChargerConnection | None) -> None:
        if predecessor is not None:
            await predecessor.wait_drained()
            # It may have booted after this socket was admitted.
            self.charge_point.registration = predecessor.charge_point.registration
        with self._services.waiting_room.work():
            is_known = await self._services.storage.write(
                presence.record_connected, self.charge_point_id, self._services.clock.now()
            )
        if not is_known:
            # Taken out of service after its key was checked: nothing it says counts.
            self.make_way("the charger was removed")
            self._answering.give_up()
        self._answering.start()
        if self.charge_point.registration == ACCEPTED:
            self._services.certificates_due.add(self.charge_point_id)

    def _receive(self, data: bytes) -> None:
        """Take a message in the moment in which it arrives."""
        if self._replaced:
            return
        services = self._services
        self._heard_at = now = services.clock.now()
        services.last_seen.touch(self.charge_point.charge_point_id, now)
        try:
            frame = decode(data)
        except FrameError as error:
            self._frames.received(now, "", data)
            self._answering.put(error, data)
        except UnknownMessageType as unknown:
            self._frames.received(now, "", data)
            self._log.warning("frame ignored", reason=str(unknown))
        else:
            if isinstance(frame, Call):
                self._frames.received(now, frame.action, data)
                self._answering.put(frame, data)
            else:
                action = self._outgoing.action_of(frame.unique_id)
                self._frames.received(now, action, data)
                self._outgoing.resolve(frame)

    def _note_sign_of_life(self) -> None:
        if not self._replaced:
            self._heard_at = self._services.clock.now()
            self._services.last_seen.touch(self.charge_point_id, self._heard_at)

    async def _send_call(self, call: Call) -> None:
        shown = without_secrets(call.action, call.payload)
        await self._answering.send(
            call.action,
            encode(call),
            logged=None
            if shown is call.payload
            else encode(Call(call.unique_id, call.action, shown)),
        )

    def _note_unasked(self, action: str, code: str, detail: str) -> None:
        if not self._over:
            self._spawn(self.charge_point.note_violation(action, code, detail))
