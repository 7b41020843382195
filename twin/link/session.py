"""One controller at the other end of the co-simulation link: greeting, grants, end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.link.channel import WALL_TIMEOUT_S, Channel
from twin.link.codec import LinkValueError, codec
from twin.link.frames import GRANT, REPLY, Changed, FrameType, LinkError
from twin.link.pins import Inputs, Outputs
from twin.process import TICK_US, Command, Report

__all__ = ["WALL_TIMEOUT_S", "LinkSession", "Reply"]

_EVERY_REASON = Changed.OUTPUTS | Changed.REPORT


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a grant.

    Attributes:
        tick_us: the last tick that was run.
        changed: why it came back early.
        revision: of the report.
        outputs: what it drives since that tick, by EVSE.
        reports: what it says of itself, by EVSE.
    """

    tick_us: int
    changed: Changed
    revision: int
    outputs: tuple[Outputs, ...]
    reports: tuple[Report, ...]


class LinkSession(Channel):
    """Speaks with one controller that has connected; see `Channel`.

    Attributes:
        exchanges: grants so far.
    """

    exchanges = 0

    def grant(self, from_us: int, until_us: int, seats: Sequence[tuple[Inputs, Command]]) -> Reply:
        """Let the controller run its ticks from `from_us` on and before `until_us`.

        Raises:
            LinkError: it is gone, silent, or its answer breaks the rules of the link.
        """
        parts = [GRANT.pack(from_us, until_us)]
        pack_inputs, pack_command = codec("inputs").pack, codec("command").pack
        for inputs, command in seats:
            parts += [pack_inputs(inputs), pack_command(command)]
        self._send(FrameType.GRANT, b"".join(parts))
        self.exchanges += 1
        kind, evses, body = self._receive()
        outputs_block, report_block = codec("outputs"), codec("report")
        if (
            kind != FrameType.REPLY
            or evses != self.evses
            or len(body) != REPLY.size + evses * (outputs_block.size + report_block.size)
        ):
            raise LinkError(f"{self.name} answered a grant with {kind.name}, {len(body)} bytes")
        tick_us, changed, revision = REPLY.unpack_from(body)
        if changed > _EVERY_REASON:
            raise LinkError(f"{self.name} came back for reasons {changed:#x}, which do not exist")
        if not from_us <= tick_us < until_us or (tick_us - self._phase_us) % TICK_US:
            raise LinkError(
                f"{self.name} says that it ran the tick at {tick_us} us; "
                f"it was granted those from {from_us} and before {until_us} us"
            )
        outputs: list[Outputs] = []
        reports: list[Report] = []
        at = REPLY.size
        try:
            for _ in range(evses):
                outputs.append(outputs_block.unpack(body, at))
                at += outputs_block.size
                reports.append(report_block.unpack(body, at))
                at += report_block.size
        except LinkValueError as error:
            raise LinkError(f"{self.name}: {error}") from error
        return Reply(tick_us, Changed(changed), revision, tuple(outputs), tuple(reports))
