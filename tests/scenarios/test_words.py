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


def test_signals_and_what_the_charging_process_says_are_seen_by_their_values() -> None:
    target, evse = TwinTarget(), EvseFacts()
    target.set_up(evse, seed=1)
    for words, holds in (
        ("signal coil_main 0.0", True),
        ("signal coil_main 1.0", False),
        ("report plugged False", True),
        ("report offered_a 0.00", True),
        ("report last_stop soft", False),
        ("no fault earth-lost", True),
    ):
        assert seen(target, evse, words)() is holds, words
    happen(target, "fault earth_lost and 60 ms pass")
    assert not seen(target, evse, "no fault earth-lost")()
