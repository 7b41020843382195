"""Every phase against everything that can happen to it at the pins, and the table itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.control.transitions import TRANSITIONS, Stimulus
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.process import FaultCode, Memory, Phase

UN, ID, PL, OF, TE, CH, ST, RE, FA = (
    Phase.UNAVAILABLE,
    Phase.IDLE,
    Phase.PLUGGED,
    Phase.OFFERING,
    Phase.TESTING,
    Phase.CHARGING,
    Phase.STOPPING,
    Phase.RECOVERING,
    Phase.FAULTED,
)


def _reach(bench: Any, phase: Phase) -> None:
    bench.run(300)
    if phase is UN:
        bench.command(available=False)
    elif phase is PL:
        bench.plug("B")
    elif phase is OF:
        bench.plug("B")
        bench.command(permitted=True, limit_a=16.0)
        bench.run(500)
    elif phase is TE:
        bench.monitor_delay_us = 700_000
        bench.plug("C")
        bench.command(permitted=True, limit_a=16.0)
    elif phase is CH:
        bench.charge()
    elif phase is ST:
        bench.charge()
        bench.command(permitted=False)
    elif phase is RE:
        bench.plug("C")
        bench.inputs.earth_sense = False
        bench.run(100)
        bench.inputs.earth_sense = True
        bench.run(500)
    elif phase is FA:
        bench.charge()
        bench.leak = True
        bench.run(100)
        bench.leak = False
        bench.amps(0.0)
        bench.command(permitted=False)
        bench.run(500)
    bench.run(50)
    assert bench.phase is phase


def _set(bench: Any, **inputs: Any) -> None:
    for name, value in inputs.items():
        setattr(bench.inputs, name, value)


EVENTS: dict[str, tuple[Callable[[Any], object], int]] = {
    # what happens, and how many ms later the phase is looked at
    "state A": (lambda bench: setattr(bench, "pilot", "A"), 30),
    "state B": (lambda bench: setattr(bench, "pilot", "B"), 30),
    "state C": (lambda bench: setattr(bench, "pilot", "C"), 30),
    "state D": (lambda bench: setattr(bench, "pilot", "D"), 30),
    "state E": (lambda bench: setattr(bench, "pilot", "E"), 30),
    "permitted": (lambda bench: bench.command(permitted=True, limit_a=16.0), 5),
    "withdrawn": (lambda bench: bench.command(permitted=False), 5),
    "no current": (lambda bench: bench.command(limit_a=0.0), 5),
    "out of service": (lambda bench: bench.command(available=False), 5),
    "in service": (lambda bench: bench.command(available=True), 400),
    "earth lost": (lambda bench: _set(bench, earth_sense=False), 30),
    "sag": (lambda bench: bench.volts(190.0), 600),
    "weld": (lambda bench: setattr(bench, "welded", [True, False]), 250),
    "stop button": (lambda bench: _set(bench, button_stop=True), 5),
    "unlock": (lambda bench: bench.command(unlock_count=1), 5),
    "acknowledged": (lambda bench: bench.command(clear_faults_count=1), 5),
    "10 s": (lambda bench: None, 10_000),
}

EXPECTED: dict[Phase, list[Phase]] = {
    #   A   B   C   D   E   perm with no_c oos ins ear sag weld stop unl ack 10s
    UN: [UN, UN, UN, UN, UN, UN, UN, UN, UN, ID, RE, RE, FA, UN, UN, UN, UN],
    ID: [ID, PL, PL, PL, RE, ID, ID, ID, UN, ID, RE, RE, FA, ID, ID, ID, ID],
    PL: [ID, PL, PL, PL, RE, OF, PL, PL, UN, PL, RE, RE, FA, PL, PL, PL, PL],
    OF: [ID, OF, CH, RE, RE, OF, PL, PL, UN, OF, RE, RE, FA, PL, PL, OF, OF],
    TE: [ID, OF, TE, RE, RE, TE, PL, PL, UN, TE, RE, RE, FA, PL, PL, TE, CH],
    CH: [ID, OF, CH, ST, RE, CH, ST, ST, ST, CH, RE, ST, CH, ST, ST, CH, CH],
    ST: [ID, PL, ST, ST, RE, ST, ST, ST, ST, ST, RE, ST, ST, ST, ST, ST, PL],
    RE: [RE, RE, RE, RE, RE, RE, RE, RE, RE, RE, RE, RE, FA, RE, RE, PL, PL],
    FA: [ID, FA, FA, FA, FA, FA, FA, FA, FA, FA, FA, FA, FA, FA, FA, PL, FA],
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("phase", EXPECTED, ids=lambda phase: phase.name)
def test_a_phase_and_what_happens_at_the_pins_lead_to_the_phase_of_the_table(
    make_bench: Callable[..., Any], phase: Phase, event: str
) -> None:
    bench = make_bench()
    _reach(bench, phase)
    happen, after_ms = EVENTS[event]
    happen(bench)
    bench.run(after_ms)
    assert bench.phase is EXPECTED[phase][list(EVENTS).index(event)]
    assert bench.coil is (bench.phase in (CH, ST))


@pytest.mark.parametrize("stimulus", Stimulus, ids=lambda stimulus: stimulus.name)
@pytest.mark.parametrize("phase", Phase, ids=lambda phase: phase.name)
def test_a_stimulus_that_the_table_does_not_list_leaves_the_phase_as_it_is(
    phase: Phase, stimulus: Stimulus
) -> None:
    waiting: list[Stimulus] = []

    class OneStimulus(ReferenceController):
        def __init__(self) -> None:
            super().__init__(ControllerSettings(), Hardware())
            self._rows = self._calm_rows = [
                tuple((self._is(on), on, target) for _, on, target in row) for row in self._rows
            ]

        @staticmethod
        def _is(on: Stimulus) -> Callable[[], bool]:
            def predicate() -> bool:
                if on in waiting:
                    waiting.remove(on)
                    return True
                return False

            return predicate

    controller = OneStimulus()
    controller.reset(0, Memory())
    controller._phase = phase
    waiting.append(stimulus)
    controller._move()
    transition = TRANSITIONS[phase].get(stimulus)
    assert controller._phase is (transition.target if transition else phase)


def test_the_contactor_is_closed_only_after_checks_and_a_soft_stop_only_begins_while_closed() -> (
    None
):
    into = {(phase, on, to.target) for phase, row in TRANSITIONS.items() for on, to in row.items()}
    assert {entry for entry in into if entry[2] is CH} == {(TE, Stimulus.CHECKED, CH)}
    assert {entry[0] for entry in into if entry[2] is ST} == {CH}
    assert {entry[0] for entry in into if entry[2] is TE} == {OF}


def test_every_transition_names_its_clause_and_rows_try_stimuli_in_their_order() -> None:
    order = list(Stimulus)
    for row in TRANSITIONS.values():
        assert [on for on in order if on in row] == list(row)
        assert all(
            transition.clause.startswith(("IEC 61851-1 ", "policy: "))
            for transition in row.values()
        )


def test_an_over_temperature_that_gets_worse_during_a_soft_stop_opens_at_once(bench: Any) -> None:
    bench.charge()
    bench.celsius(76.0)
    bench.run(100)
    assert (bench.phase, bench.coil) == (ST, True)
    bench.celsius(85.0)
    bench.run(2)
    assert (bench.phase, bench.coil) == (RE, False)
    assert bench.faults == {FaultCode.OVER_TEMPERATURE}
