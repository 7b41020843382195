"""A situation that a scenario starts from, and that every repetition builds anew."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from hil.target import EvseFacts, Target, VehicleFacts
from scenarios.words import S, all_closed, happen


@dataclass
class Situation:
    """An EVSE, a vehicle, and how far they have come.

    Attributes:
        evse: the EVSE's facts.
        vehicle: the vehicle that is plugged in; None: nothing is.
        limit_a: what is permitted; None: charging is not permitted.
        cable_rating_a: of the cable, for sockets.
        charging: the contactor has closed and the current has settled.
        settle_s: time given to the current to settle.
        paused: the vehicle stays in state B.
        faults: faults that are there before anything is plugged in.
        history: what happened since: events in the words of `scenarios.words`, and times that
            passed, in microseconds.
    """

    evse: EvseFacts = field(default_factory=EvseFacts)
    vehicle: VehicleFacts | None = None
    limit_a: float | None = None
    cable_rating_a: int | None = None
    charging: bool = False
    paused: bool = False
    settle_s: float = 20.0
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: tuple[str | int, ...] = ()

    def build(self, target: Target, seed: int, *, random_phase: bool = False) -> None:
        """Bring a target into this situation, from power-on.

        `random_phase` lets up to 200 ms more pass, drawn by seed, so that mains, PWM and tick
        stand anywhere.

        Raises:
            AssertionError: the EVSE did not close although it should have.
        """
        target.set_up(self.evse, seed, faults=self.faults)
        if self.limit_a is not None:
            target.command(permitted=True, limit_a=self.limit_a, phases=self.evse.phases)
        if self.vehicle is not None:
            target.plug_in(self.vehicle, self.cable_rating_a)
            if self.paused:
                target.vehicle_does("pauses")
        if self.charging:
            closed = target.wait_for(lambda: all_closed(target, self.evse), 30 * S)
            assert closed is not None, f"the contactor did not close within 30 s: {target.report()}"
            target.advance(int(self.settle_s * S))
        for past in self.history:
            if isinstance(past, int):
                target.advance(past)
            else:
                happen(target, past)
        if random_phase:
            target.advance(random.Random(seed).randrange(1, S // 5))

    def changed(self, **changes: Any) -> Situation:
        """Return a copy with some fields changed."""
        return replace(self, **changes)
