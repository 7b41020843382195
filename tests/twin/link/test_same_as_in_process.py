"""The reference controller does the same through the link as in process, to the microsecond."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.peers.link_controller import PlayedFirmware, ReferenceAtTheLink
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.evse import ConnectorLockedError, Evse
from twin.evse_config import EvseConfig
from twin.faults import FAULTS
from twin.link.controller import LinkController
from twin.trace import Trace
from twin.vehicle import Vehicle

THERMAL = {"ambient", "terminal_temperature", "contact_resistance", "connector_resistance"}
"""Not in the scripts: a temperature crosses the link in hundredths of a degree and by its quantum,
so its limits are met a little earlier or later than by a controller that sees every digit."""

EDGES = (
    "coil_main",
    "coil_l2l3",
    "pilot_mode",
    "pilot_duty_ppm",
    "lock",
    "residual_test",
    "ventilation",
    "controller_phase",
    "pole_l1",
    "pole_l2",
    "pole_n",
)

Script = list[tuple[tuple[str, Any], int]]

ACTIONS = st.one_of(
    st.tuples(st.just("permit"), st.sampled_from([0.0, 6.0, 10.0, 13.37, 16.0, 32.0])),
    st.tuples(st.just("forbid"), st.none()),
    st.tuples(st.just("phases"), st.sampled_from([1, 3])),
    st.tuples(st.just("plug"), st.sampled_from([20.0, 60.0, 99.2])),
    st.tuples(st.just("unplug"), st.none()),
    st.tuples(st.just("inject"), st.sampled_from(sorted(set(FAULTS) - THERMAL))),
    st.tuples(st.just("mend"), st.none()),
    st.tuples(st.just("press"), st.sampled_from(["start", "stop"])),
    st.tuples(st.just("cut_power"), st.none()),
    st.tuples(st.just("restore_power"), st.none()),
    st.tuples(st.just("reset_controller"), st.none()),
    st.tuples(st.just("hang_controller"), st.none()),
    st.tuples(st.just("available"), st.booleans()),
    st.tuples(st.just("acknowledge"), st.none()),
)
WAITS = st.integers(min_value=1, max_value=6_000_000) | st.sampled_from([1, 999, 1000, 20_000])
CHARGE = [(("plug", 60.0), 1_000_000), (("permit", 16.0), 8_000_000)]
STARTS = st.sampled_from([[], CHARGE])


def act(evse: Evse, action: str, value: Any) -> None:
    command = evse.controller.command
    if action == "permit":
        evse.command(permitted=True, limit_a=value)
    elif action == "forbid":
        evse.command(permitted=False)
    elif action in ("phases", "available"):
        evse.command(**{action: value})
    elif action == "acknowledge":
        evse.command(clear_faults_count=command.clear_faults_count + 1)
    elif action == "plug" and evse.vehicle is None:
        with contextlib.suppress(ValueError):  # the last plug is still on its way out
            evse.plug_in(Vehicle("bmw-i3-120", soc_percent=value, ramp_a_per_s=8.0))
    elif action == "unplug" and evse.vehicle is not None:
        with contextlib.suppress(ConnectorLockedError):  # then it stays where it is, in both runs
            evse.unplug()
    elif action == "inject":
        evse.inject(value)
    elif action == "press":
        evse.press(value)
    elif action == "mend":
        for name in evse.faults:
            evse.clear(name)
    elif action.endswith(("power", "controller")):
        getattr(evse, action)()


def play(script: Script, seed: int, kind: str, *, link: bool) -> tuple[Evse, Trace]:
    clock, trace = Clock(), Trace()
    hardware = Hardware(kind=kind, lock=kind == "socket")
    controller: Any
    if link:
        reference = ReferenceAtTheLink()
        controller = LinkController(
            lambda: PlayedFirmware(reference), ControllerSettings(), hardware
        )
    else:
        controller = ReferenceController(ControllerSettings(), hardware)
    evse = Evse(clock, EvseConfig(seed=seed, kind=kind), controller, trace=trace)
    clock.run_until(2_000_000)
    for (action, value), wait_us in script:
        act(evse, action, value)
        clock.run_for(wait_us)
    if link:
        controller.close()
    return evse, trace


def edges(trace: Trace) -> dict[str, list[tuple[int, float]]]:
    found = {}
    for name in EDGES:
        samples = trace.samples(name)
        found[name] = list(zip(samples.time_us, samples.value, strict=True))
    return found


def compare(script: Script, seed: int, kind: str) -> None:
    evse, trace = play(script, seed, kind, link=False)
    linked, linked_trace = play(script, seed, kind, link=True)
    assert edges(linked_trace) == edges(trace)
    report, linked_report = evse.report(), linked.report()
    for told in ("phase", "state", "plugged", "closed", "locked", "faults", "last_stop"):
        assert getattr(linked_report, told) == getattr(report, told), told
    assert linked_report.offered_a == pytest.approx(report.offered_a, abs=0.001)


SCRIPTS = {
    "script": st.builds(
        list.__add__, STARTS, st.lists(st.tuples(ACTIONS, WAITS), min_size=1, max_size=8)
    ),
    "seed": st.integers(min_value=0, max_value=2**32),
    "kind": st.sampled_from(["tethered", "socket"]),
}


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(**SCRIPTS)
def test_the_same_edges_over_random_scripts(script: Script, seed: int, kind: str) -> None:
    compare(script, seed, kind)


@pytest.mark.full
@settings(max_examples=500, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(**SCRIPTS)
def test_the_same_edges_over_hundreds_of_scripts(script: Script, seed: int, kind: str) -> None:
    compare(script, seed, kind)


@pytest.mark.parametrize("fault", ["residual_dc", "earth_lost", "pilot_converter_dead"])
def test_the_same_edges_through_a_fault_and_a_power_cut(fault: str) -> None:
    script: Script = [
        *CHARGE,
        (("inject", fault), 2_000_000),
        (("cut_power", None), 500_000),
        (("mend", None), 1),
        (("restore_power", None), 3_000_000),
    ]
    compare(script, 7, "socket")
