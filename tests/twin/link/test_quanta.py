"""A grant ends before any analogue pin that moves by itself has left its quantum.

What stands still between two events (pilot, proximity, residual current) needs no quantum: every
event ends a grant.
"""

from __future__ import annotations

from bisect import bisect_right
from math import sqrt

import pytest

from tests.peers.link_controller import Grant, PlayedFirmware, ReferenceAtTheLink
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.link.controller import LinkController
from twin.link.pins import QUANTA, Inputs
from twin.plant import granting
from twin.plant.mains_cycle import Cycle
from twin.process import Controller
from twin.vehicle import Vehicle

NEVER = 1e9
STEP_US = 50_000

Truth = list[tuple[int, float]]


def value(pin: str, inputs: Inputs) -> float:
    """Return what a controller makes of a pin: root mean squares, or the pin itself."""
    if pin in ("cycle_v2", "cycle_i2"):
        n = inputs.cycle_n[0]
        return sqrt(getattr(inputs, pin)[0] / n) if n else 0.0
    return float(getattr(inputs, pin))


def truth(pin: str, evse: Evse) -> float:
    """Return what the pin would show now."""
    if pin in ("cycle_v2", "cycle_i2"):
        cycle: Cycle = evse.path.cycle(evse.clock.now_us)
        squares = cycle[1] if pin == "cycle_v2" else cycle[2]
        return sqrt(squares[0] / cycle[0][0]) if cycle[0][0] else 0.0
    first_c, second_c = evse.path.temperatures_c()
    return first_c if pin == "temperature_contactor_c" else second_c


def charge(controller: Controller, pin: str) -> tuple[Evse, Truth]:
    """Charge with a slow ramp, on contacts that heat up; note what the pin would have shown."""
    clock = Clock()
    evse = Evse(clock, EvseConfig(seed=11, line_ohm=0.5), controller)
    evse.inject("contact_resistance", resistance_mohm=60.0)
    evse.inject("connector_resistance", resistance_mohm=30.0)
    clock.run_until(2_000_000)
    evse.plug_in(Vehicle("bmw-i3-120", soc_percent=60.0, ramp_a_per_s=0.7))
    evse.command(permitted=True, limit_a=32.0)
    shown: Truth = []

    def note() -> None:
        shown.append((clock.now_us, truth(pin, evse)))
        clock.after(STEP_US, note)

    if isinstance(controller, ReferenceController):  # over the link each look would end a grant
        note()
    clock.run_for(120_000_000)
    return evse, shown


def farthest(pin: str) -> float:
    """Return by how much the pin was farther from what was sent than its quantum, at most."""
    _, shown = charge(ReferenceController(ControllerSettings(), Hardware()), pin)
    assert max(v for _, v in shown) - min(v for _, v in shown) > 10 * QUANTUM[pin]
    reference = ReferenceAtTheLink()
    linked = LinkController(lambda: PlayedFirmware(reference), ControllerSettings(), Hardware())
    charge(linked, pin)
    linked.close()
    grants: list[Grant] = reference.grants
    begins = [grant.from_us for grant in grants]
    apart = 0.0
    for time_us, shows in shown:
        grant = grants[bisect_right(begins, time_us) - 1]
        if grant.first_tick_us <= time_us:
            apart = max(apart, abs(value(pin, grant.inputs) - shows))
    return apart - QUANTUM[pin]


CONTINUOUS = ("cycle_i2", "cycle_v2", "temperature_contactor_c", "temperature_connector_c")
QUANTUM = dict(QUANTA)
ROUNDING = 0.006
"""Hundredths of a degree on the wire."""


@pytest.fixture(params=CONTINUOUS)
def pin(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """One pin, which alone ends grants: no other quantum does, nor the second between them."""
    monkeypatch.setattr(granting, "LIVE_GRANT_US", 1 << 60)
    for other in CONTINUOUS:
        if other != request.param:
            monkeypatch.setitem(QUANTA, other, NEVER)
    return str(request.param)


def test_no_tick_sees_a_pin_farther_from_the_truth_than_its_quantum(pin: str) -> None:
    assert farthest(pin) <= ROUNDING


def test_a_twin_whose_grants_end_at_four_quanta_is_found(
    pin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(QUANTA, pin, 4 * QUANTUM[pin])
    assert farthest(pin) > QUANTUM[pin]


def test_pins_that_only_events_move_are_the_others_with_a_quantum() -> None:
    assert set(QUANTA) - set(CONTINUOUS) == {
        "pilot_high_mv",
        "pilot_low_mv",
        "proximity_mv",
        "residual_ma",
    }
