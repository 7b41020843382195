"""Commands to one charger: on record before they are sent, and their effects when answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from central.domain.charger_link import CommandOutcome, CommandResult, WhenLate
from central.domain.command_effects import NOTED, note_answer
from central.domain.commands import LATE, finish_command, record_command
from central.domain.errors import DomainError
from central.ocpp.charge_point import ChargePoint
from central.ocpp.outgoing import OutgoingCalls
from central.ocpp.v16.commands import without_secrets


class RecordedCalls:
    """Sends commands over one connection, and keeps what becomes of them."""

    def __init__(
        self,
        charge_point: ChargePoint,
        outgoing: OutgoingCalls,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """Take late answers with `spawn`, which must be there while the connection is."""
        self._charge_point = charge_point
        self._services = charge_point.services
        self._outgoing = outgoing
        self._spawn = spawn

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        requested_by: int | None,
        when_late: WhenLate | None = None,
    ) -> CommandResult:
        """Send a command and wait for its end; see `ChargerLink.call`."""
        command_id = await self._services.storage.write(
            record_command,
            self._charge_point.charge_point_id,
            action,
            without_secrets(action, payload),
            self._services.clock.now(),
            requested_by=requested_by,
        )
        told = asyncio.Event()

        def take_late(result: CommandResult, *, is_overtaken: bool) -> None:
            late = replace(result, command_id=command_id)
            self._spawn(self._take_late(action, payload, late, is_overtaken, when_late, told))

        try:
            result = await self._outgoing.call(action, payload, take_late)
            result = replace(result, command_id=command_id)
            await self._keep(action, payload, result, result.outcome)
        finally:
            told.set()
        return result

    async def _take_late(
        self,
        action: str,
        payload: dict[str, Any],
        result: CommandResult,
        is_overtaken: bool,
        when_late: WhenLate | None,
        told: asyncio.Event,
    ) -> None:
        """Keep an answer that came after its time was over, and do as if it had come in time.

        One that was overtaken by the answer to a later command of the same kind is on record
        only: that command is the newer word.
        """
        await told.wait()
        try:
            await self._keep(action, payload, result, LATE, has_effect=not is_overtaken)
            if when_late is not None and not is_overtaken:
                await when_late(result)
        except DomainError as error:
            # What it was about was changed or removed meanwhile.
            self._charge_point.log.warning(
                "late answer without effect", action=action, reason=error.what
            )

    async def _keep(
        self,
        action: str,
        payload: dict[str, Any],
        result: CommandResult,
        outcome: str,
        *,
        has_effect: bool = True,
    ) -> None:
        identity, now = self._charge_point.charge_point_id, self._services.clock.now()
        is_answered = result.outcome is CommandOutcome.ANSWERED
        error = {"code": result.error_code, "description": result.error_description}

        def unit(conn: Connection) -> None:
            if is_answered and has_effect and action in NOTED:
                note_answer(conn, identity, action, payload, result.payload, now)
            assert result.command_id is not None
            finish_command(
                conn,
                result.command_id,
                outcome,
                response=result.payload if is_answered else error,
                latency_us=result.latency_us,
            )

        await self._services.storage.write(unit)
