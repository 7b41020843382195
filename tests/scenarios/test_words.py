"""What is seen of the pilot: four different things at the plug."""

from __future__ import annotations

import pytest

from hil.target import EvseFacts, VehicleFacts
from hil.targets.twin import TwinTarget
from scenarios.words import happen, seen

PILOT = ("steady +12 V", "PWM on", "state F")


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ("nothing", "PWM on"),
        ("permission is withdrawn", "steady +12 V"),
        ("charger is taken out of service", "state F"),
        ("power is cut", None),
        ("fault pilot_short resistance_ohm=0", None),
    ],
)
def test_the_pilot_at_the_plug_is_one_of_these_or_0_v(event: str, shown: str | None) -> None:
    target, evse = TwinTarget(), EvseFacts()
    target.set_up(evse, seed=1)
    target.command(permitted=True, limit_a=16)
    target.plug_in(VehicleFacts("instrument", precise=True))
    target.vehicle_does("pauses")
    target.advance(1_000_000)
    happen(target, event)
    target.advance(10_000)
    assert [word for word in PILOT if seen(target, evse, word)()] == ([shown] if shown else [])
