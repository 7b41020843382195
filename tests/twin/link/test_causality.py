"""The causality rules of the co-simulation link: each holds, and its test finds a twin without it.

Every rule is a function that plays a scene and asserts. It passes with the twin as it is, and
fails with a ticker, a plant or a controller that breaks just this rule.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from tests.peers.link_controller import Grant, Peer, PlayedFirmware, ReferenceAtTheLink, switched
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.electrics.pilot import PilotGenerator
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.link.controller import LinkController
from twin.link.frames import Changed, LinkError
from twin.link.pins import Inputs, Outputs, PilotMode
from twin.plant import granting
from twin.plant.granting import CausalityError, GrantTicker
from twin.process import TICK_US, Report
from twin.trace import Trace
from twin.vehicle import Vehicle

BOOTED_US = 1_000_000
EXEC_US = 200


class Script:
    """A controller that runs every tick, notes what it saw and drives what a function says."""

    def __init__(self, drive: Callable[[int, Inputs], Outputs] = lambda *_: Outputs()) -> None:
        self._drive = drive
        self.grants: list[Grant] = []
        self.seen: dict[int, Inputs] = {}
        self.permitted: dict[int, bool] = {}
        self.cut_us: int | None = None
        self.hold: Callable[[], object] = lambda: None
        self.skew_us = 0

    def __call__(self, peer: Peer) -> None:
        peer.greet()
        driven = switched(Outputs())
        while (grant := peer.grant()) is not None:
            self.grants.append(grant)
            for tick_us in range(grant.first_tick_us, grant.until_us, TICK_US):
                self.seen.setdefault(tick_us, grant.inputs)
                self.permitted.setdefault(tick_us, grant.command.permitted)
                outputs = self._drive(tick_us, grant.inputs)
                changed = Changed.OUTPUTS if switched(outputs) != driven else Changed.NOTHING
                if changed:
                    driven = switched(outputs)
                    break
            self.hold()
            peer.reply(tick_us + self.skew_us, outputs, Report(), changed)
        self.cut_us = peer.cut_us


class Scene:
    """One EVSE whose controller is a script."""

    open: ClassVar[list[Scene]] = []

    def __init__(self, script: Any, *, clock: Clock | None = None, **facts: Any) -> None:
        self.script = script
        self.clock = clock or Clock()
        self.trace = Trace()
        self.firmware = PlayedFirmware(script)
        self.controller = LinkController(lambda: self.firmware, ControllerSettings(), Hardware())
        self.open.append(self)
        config = EvseConfig(**{"seed": 5, "exec_us": EXEC_US, **facts})
        self.evse = Evse(self.clock, config, self.controller, trace=self.trace)
        self.phase_us = self.evse.parts.tick_phase_us
        if clock is None:
            self.clock.run_until(BOOTED_US)

    def tick_after(self, time_us: int) -> int:
        return time_us + (self.phase_us - time_us) % TICK_US

    def run(self, seconds: float) -> None:
        self.clock.run_for(round(1e6 * seconds))


@pytest.fixture(autouse=True)
def scenes_end() -> Iterator[None]:
    yield
    for scene in Scene.open:
        scene.controller.close()
    Scene.open.clear()


# --- the rules, each with a twin that breaks it -------------------------------------------------


def ticks_are_on_their_grid_and_none_is_left_out() -> None:
    scene = Scene(Script())
    scene.run(0.5)
    scene.evse.plug_in(Vehicle(soc_percent=40))
    scene.run(0.5)
    first_us = scene.tick_after(800_000)
    expected = list(range(first_us, 2_000_000, TICK_US))
    # Not two lists to `assert`: where `CI` is set, pytest works out their whole difference, and
    # over a thousand ticks that all differ take it minutes.
    same = list(scene.script.seen) == expected
    assert same, f"{len(scene.script.seen)} ticks, the first at {next(iter(scene.script.seen))} us"


class OffGrid(GrantTicker):
    def __init__(self, *seat: Any, **more: Any) -> None:
        super().__init__(*seat, **more)
        self._phase_us += 7
        self.controller.phase_us = self._phase_us


class LeavesOneOut(GrantTicker):
    def _next(self, from_us: int) -> None:
        super()._next(from_us + TICK_US)


def an_event_at_the_instant_of_a_tick_comes_before_it() -> None:
    scene = Scene(Script())
    tick_us = scene.tick_after(1_100_000)
    scene.clock.at(tick_us, lambda: scene.evse.press("start"))
    scene.run(0.2)
    assert not scene.script.seen[tick_us - TICK_US].button_start
    assert scene.script.seen[tick_us].button_start


class _Stretches(GrantTicker):
    """Grants further than to the next event."""

    by_us = 0

    def __init__(self, *seat: Any, **more: Any) -> None:
        super().__init__(*seat, **more)
        grant = self.controller.grant
        self.controller.grant = (  # type: ignore[method-assign]
            lambda begin, end, inputs: grant(begin, end + self.by_us, inputs)
        )


class IncludesTheTickOfTheEvent(_Stretches):
    by_us = 1


class BeyondTheEvent(_Stretches):
    by_us = 5 * TICK_US


def inputs_are_those_of_the_tick() -> None:
    scene = Scene(Script())
    scene.run(0.1)
    scene.clock.run_until(scene.tick_after(scene.clock.now_us) + 300)
    pressed_us = scene.clock.now_us
    scene.evse.press("start", 2_500)
    scene.run(0.1)
    saw = [us for us, inputs in scene.script.seen.items() if inputs.button_start]
    assert saw == [pressed_us + 700, pressed_us + 1_700]


class RemembersInputs(GrantTicker):
    """Hands over the inputs of the grant before."""

    def __init__(self, *seat: Any, **more: Any) -> None:
        super().__init__(*seat, **more)
        sample, last = self._sample, [Inputs()]

        def stale(now_us: int) -> tuple[Inputs, int | None]:
            inputs, due_us = sample(now_us)
            last.append(dataclasses.replace(inputs))
            return last[-2], due_us

        self._sample = stale


def outputs_come_exec_us_after_their_tick() -> None:
    tick_us = 1_200_000
    scene = Scene(Script(lambda us, _: Outputs(lock=us >= tick_us)), kind="socket")
    tick_us = scene.tick_after(tick_us)
    scene.run(0.5)
    assert scene.trace.first("lock", 1) == tick_us + EXEC_US


class AtOnce(GrantTicker):
    def __init__(self, *seat: Any, **more: Any) -> None:
        super().__init__(*seat, **more)
        self._exec_us = 0


def a_new_duty_comes_at_the_next_pwm_period() -> None:
    def drive(now_us: int, _: Inputs) -> Outputs:
        duty_ppm = 266_666 if now_us < 1_300_000 else 100_000
        return Outputs(PilotMode.PWM, duty_ppm)

    scene = Scene(Script(drive))
    tick_us = scene.tick_after(1_300_000)
    scene.run(0.5)
    boundary_us = scene.evse.pilot.generator.last_boundary_us(tick_us + EXEC_US)
    expected_us = boundary_us + round(scene.evse.pilot.generator.period_us)
    assert scene.trace.first("pilot_duty_ppm", 100_000, after_us=1_250_000) == expected_us


def a_grant_ends_at_the_next_event() -> None:
    scene = Scene(Script())
    events = [1_100_000, 1_101_000, 1_101_001, 1_177_777]
    for event_us in events:
        scene.clock.at(event_us, lambda: None)
    scene.run(0.5)
    for grant in scene.script.grants:
        assert not any(grant.from_us < event_us < grant.until_us for event_us in events)
    assert max(grant.until_us - grant.from_us for grant in scene.script.grants) > 100_000


def a_grant_ends_at_the_next_command() -> None:
    scene = Scene(Script())
    for _ in range(5):
        scene.clock.run_until(scene.clock.now_us + 77_777)
        scene.evse.command(permitted=not scene.controller.command.permitted)
        ordered_us, permitted = scene.clock.now_us, scene.controller.command.permitted
        scene.run(0.01)
        tick_us = scene.tick_after(ordered_us)
        assert scene.script.permitted[tick_us] is permitted
        assert scene.script.permitted[tick_us - TICK_US] is not permitted


def the_twin_stands_still_until_the_answer_is_there() -> None:
    scene = Scene(script := Script())
    stood: list[tuple[int, int]] = []
    script.hold = lambda: stood.append((script.grants[-1].from_us, scene.clock.now_us))
    scene.evse.plug_in(Vehicle(soc_percent=40))
    scene.run(0.2)
    assert stood
    assert all(from_us == now_us for from_us, now_us in stood)


class AsksAfterwards(GrantTicker):
    """Asks for ticks of the millisecond that has passed already."""

    def __init__(self, *seat: Any, **more: Any) -> None:
        super().__init__(*seat, **more)
        grant = self.controller.grant
        self.controller.grant = (  # type: ignore[method-assign]
            lambda begin, end, inputs: grant(begin - TICK_US, end, inputs)
        )


def who_acts_on_time_that_was_granted_away_is_told() -> None:
    scene = Scene(Script())
    while scene.script.grants[-1].until_us < scene.clock.now_us + TICK_US:
        scene.clock.step()  # moves the clock, and no end of it is in the queue
    with pytest.raises(CausalityError, match="has to put its end into it first"):
        scene.evse.press("start")


class TakesItLate(GrantTicker):
    """Lets pins move under a controller that has run past them."""

    def want(self, time_us: int) -> None:
        if max(time_us, self.clock.now_us + 1) >= self._run_until_us:
            super().want(time_us)


def wall_time_costs_no_virtual_time() -> None:
    def edges(hold: Callable[[], object]) -> list[tuple[int, float]]:
        scene = Scene(ReferenceAtTheLink(hold=hold))
        scene.evse.plug_in(Vehicle(soc_percent=40))
        scene.evse.command(permitted=True, limit_a=16.0)
        scene.run(10)
        scene.controller.close()
        return list(scene.trace.edges("coil_main")) + list(scene.trace.edges("pole_l1"))

    quick = edges(lambda: None)
    assert len(quick) > 2
    assert edges(lambda: sum(range(50_000))) == quick


class CountsWallTime(GrantTicker):
    def _grant(self, until_us: int) -> None:
        begin = time.perf_counter()
        super()._grant(until_us)
        self._exec_us = EXEC_US + int(1e6 * (time.perf_counter() - begin))


def a_power_cut_ends_with_a_last_tick_and_reset_values() -> None:
    on = Outputs(PilotMode.PWM, 266_666, contactor_main=True, ventilation=True)
    scene = Scene(Script(lambda *_: on))
    scene.run(0.3)
    assert scene.evse.outputs == on
    cut_us = scene.clock.now_us
    scene.evse.cut_power()
    scene.run(0.1)
    last_us = scene.tick_after(cut_us + 1)
    assert scene.script.cut_us == last_us == max(scene.script.seen)
    assert scene.evse.outputs == Outputs()
    assert scene.trace.first("ventilation", 0, after_us=cut_us) == last_us
    scene.evse.restore_power()
    scene.run(1)
    assert scene.firmware.starts == 2


class KeepsOutputs(GrantTicker):
    def _halt(self, then: Callable[[], object]) -> None:
        del then
        super()._halt(lambda: None)


def evses_of_one_clock_may_act_upon_each_other_at_once() -> None:
    """What one of them does commands the other: the other's next tick knows it."""
    clock = Clock()
    tick_us = 1_250_000
    scenes = [
        Scene(Script(lambda us, _: Outputs(ventilation=us >= tick_us)), clock=clock, kind=kind)
        for kind in ("socket", "tethered")
    ]
    leader, follower = scenes
    clock.run_until(BOOTED_US)
    drive = leader.evse.ticker._drive

    def tell(outputs: Outputs) -> None:
        drive(outputs)
        follower.evse.command(permitted=True)

    leader.evse.ticker._drive = tell
    clock.run_until(1_500_000)
    told_us = leader.trace.first("ventilation", 1)
    knew_us = min(us for us, permitted in follower.script.permitted.items() if permitted)
    assert knew_us == follower.tick_after(told_us)
    assert knew_us - told_us < TICK_US


RULES: list[tuple[Callable[[], None], type[GrantTicker] | None]] = [
    (ticks_are_on_their_grid_and_none_is_left_out, OffGrid),
    (ticks_are_on_their_grid_and_none_is_left_out, LeavesOneOut),
    (an_event_at_the_instant_of_a_tick_comes_before_it, IncludesTheTickOfTheEvent),
    (inputs_are_those_of_the_tick, RemembersInputs),
    (outputs_come_exec_us_after_their_tick, AtOnce),
    (a_grant_ends_at_the_next_event, BeyondTheEvent),
    (a_grant_ends_at_the_next_command, BeyondTheEvent),
    (the_twin_stands_still_until_the_answer_is_there, AsksAfterwards),
    (who_acts_on_time_that_was_granted_away_is_told, TakesItLate),
    (wall_time_costs_no_virtual_time, CountsWallTime),
    (a_power_cut_ends_with_a_last_tick_and_reset_values, KeepsOutputs),
    (evses_of_one_clock_may_act_upon_each_other_at_once, None),
]


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _ in RULES), ids=lambda r: r.__name__)
def test_the_rule_holds(rule: Callable[[], None]) -> None:
    rule()


@pytest.mark.parametrize(
    ("rule", "broken"),
    [(rule, broken) for rule, broken in RULES if broken is not None],
    ids=lambda each: each.__name__,
)
def test_the_rules_test_finds_a_ticker_without_it(
    rule: Callable[[], None], broken: type[GrantTicker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(granting, "GrantTicker", broken)
    with pytest.raises((AssertionError, CausalityError, LinkError, pytest.fail.Exception)):
        rule()


def test_the_rule_of_the_duty_holds_and_its_test_finds_a_generator_that_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_new_duty_comes_at_the_next_pwm_period()
    monkeypatch.setattr(PilotGenerator, "boundary_us", lambda _, now_us: now_us)
    with pytest.raises(AssertionError):
        a_new_duty_comes_at_the_next_pwm_period()


def test_the_rule_of_one_clock_finds_controllers_that_are_granted_time_as_if_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Alone(dict[Clock, int]):
        def __getitem__(self, clock: Clock) -> int:
            return 1

    monkeypatch.setattr(granting, "_GRANTED", Alone())
    monkeypatch.setattr(Clock, "peek_us", lambda _: None)
    with pytest.raises((AssertionError, CausalityError)):
        evses_of_one_clock_may_act_upon_each_other_at_once()


def test_a_controller_that_says_a_tick_off_its_grid_is_refused() -> None:
    script = Script()
    script.skew_us = 1
    with pytest.raises(LinkError, match="says that it ran the tick at"):
        Scene(script)


def test_the_phase_of_the_ticks_is_drawn_by_the_seed() -> None:
    drawn = set()
    for seed in range(5):
        script = Script()
        scene = Scene(script, seed=seed)
        assert {tick_us % TICK_US for tick_us in script.seen} == {scene.phase_us}
        drawn.add(scene.phase_us)
    assert len(drawn) == 5


def test_a_controller_that_is_granted_tick_by_tick_may_be_acted_upon_at_any_instant() -> None:
    """As a central system does, whose messages are in no queue."""
    scene = Scene(Script())
    scene.controller.tick_by_tick = lambda: True
    scene.run(0.01)
    for _ in range(200):
        scene.clock.step()
        scene.evse.command(permitted=not scene.controller.command.permitted)
        ordered_us, permitted = scene.clock.now_us, scene.controller.command.permitted
        while max(scene.script.seen) <= ordered_us:
            scene.clock.step()
        assert scene.script.permitted[scene.tick_after(ordered_us + 1)] is permitted


def test_who_has_come_up_again_is_heard_at_its_first_tick() -> None:
    """Also where that tick changes nothing: what was told before the reset is over."""
    scene = Scene(Script())
    told: list[int] = []
    scene.evse.on_report(lambda now_us, _: told.append(now_us))
    scene.evse.reset_controller()
    reset_us = scene.tick_after(BOOTED_US)
    scene.run(2)
    assert told == [scene.tick_after(reset_us + scene.evse.config.boot_delay_us)]
