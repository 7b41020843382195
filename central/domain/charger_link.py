"""How the business reaches a charger, whatever protocol the charger speaks.

The app's API asks `ChargerLinks` for a charger and calls it; it does not learn which
protocol answers, nor (later) in which process the charger's socket lives.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class CommandOutcome(StrEnum):
    """How a command to a charger ended."""

    ANSWERED = "answered"
    """The charger answered; whether it agreed stands in the answer's own status."""
    REFUSED = "refused"
    """The charger answered with an error (OCPP: CALLERROR)."""
    INVALID_ANSWER = "invalid_answer"
    """The charger answered with something its protocol does not allow."""
    TIMED_OUT = "timed_out"
    """No answer in time. The charger may have carried the command out all the same."""
    OFFLINE = "offline"
    """The charger was not connected, or its connection was lost before it answered."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What came of a command.

    Attributes:
        outcome: How it ended.
        payload: The charger's answer, as its protocol names the fields; empty unless answered.
        error_code: The charger's error code where it refused, such as `NotSupported`.
        error_description: Its text, or what was wrong with the answer.
        latency_us: From the moment the command was sent to its end, microseconds of
            wall time; 0 if it was never sent.
        command_id: The record of this command, see `central.domain.commands`.
    """

    outcome: CommandOutcome
    payload: dict[str, Any] = field(default_factory=dict)
    error_code: str = ""
    error_description: str = ""
    latency_us: int = 0
    command_id: int | None = None

    @property
    def status(self) -> str | None:
        """The `status` of the answer, such as `Accepted`; None where there is none."""
        status = self.payload.get("status")
        return status if isinstance(status, str) else None


WhenLate = Callable[[CommandResult], Awaitable[None]]
"""Is told of an answer that came after its time was over, in the words of one in time."""


class ChargerLink(Protocol):
    """One connected charger."""

    @property
    def charge_point_id(self) -> str:
        """The charger's identity."""
        ...

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        *,
        requested_by: int | None = None,
        when_late: WhenLate | None = None,
    ) -> CommandResult:
        """Send a command and wait for its end; commands to one charger queue up.

        What it changes in the charger's contents is noted, also if the answer comes late.

        Args:
            action: The command's name in OCPP 1.6, such as `RemoteStartTransaction`.
            payload: Its fields as OCPP 1.6 names them.
            requested_by: The user who asked for it, for the record; None when the central
                system itself did.
            when_late: What else is to be done with an answer that comes after the time-out,
                on the same connection.

        Raises:
            InvalidError: The command or its payload is not allowed; nothing was sent.
        """
        ...


class ChargerLinks(Protocol):
    """All chargers that can be reached now."""

    async def find(self, charge_point_id: str) -> ChargerLink | None:
        """Return the link to that charger, None if it is not connected."""
        ...

    def is_connected(self, charge_point_id: str) -> bool:
        """Whether that charger is connected."""
        ...

    def security_profile(self, charge_point_id: str) -> int | None:
        """Return the security profile that charger is connected by; None while it is not.

        0 to 3, see `central.domain.security_profile`.
        """
        ...

    async def disconnect(self, charge_point_id: str, reason: str) -> None:
        """Close a charger's connection; returns once none of its messages is being handled.

        What was received from it by then is still handled.
        """
        ...

    def connected(self) -> list[str]:
        """Return the identities of all connected chargers, sorted."""
        ...
