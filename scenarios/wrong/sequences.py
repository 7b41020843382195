"""EVSEs with a wrong order or pace: closing, duties, wake-up, self-test."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong, controller, settings
from twin.control.diode import DiodeCheck
from twin.control.hardware import Hardware
from twin.control.residual import ResidualGuard
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.control.transitions import Stimulus
from twin.controller import ReferenceController
from twin.link.pins import Inputs, Outputs, PilotMode
from twin.process import Memory, Phase, PilotState, Report

_DAWDLE_US = 3_200_000


class _Reminded(ReferenceController, ABC):
    """Looks again at instants of its own."""

    @abstractmethod
    def _reminders_us(self) -> tuple[int, ...]:
        """Return instants at which to take a step; those that have passed do not count."""

    def _schedule(self) -> None:
        super()._schedule()
        later = [instant for instant in self._reminders_us() if instant > self._now_us]
        self._due_soonest_us = min(self._due_soonest_us, *later, NEVER_US)


class _Dawdles(_Reminded):
    """Waits before it closes for a vehicle that it has, or has not, seen in state B."""

    after_b = True
    _b_seen = False
    _close_from_us = NEVER_US

    def reset(self, now_us: int, memory: Memory) -> None:
        super().reset(now_us, memory)
        self._b_seen = False

    def _enter(self, target: Phase, stimulus: Stimulus) -> None:
        super()._enter(target, stimulus)
        if target is Phase.TESTING:
            dawdles = self._b_seen is self.after_b
            self._close_from_us = self._now_us + (_DAWDLE_US if dawdles else 0)

    def _checked(self) -> bool:
        return super()._checked() and self._now_us >= self._close_from_us

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        outputs = super().step(now_us, inputs)
        self._b_seen = self._b_seen or self._state is PilotState.B
        return outputs

    def _reminders_us(self) -> tuple[int, ...]:
        return (self._close_from_us,) if self._phase is Phase.TESTING else ()


class _DawdlesWithoutB(_Dawdles):
    """Waits for a vehicle that came in state C."""

    after_b = False


class _TrustsWhileOpen(DiodeCheck):
    """Looks for the diode only after the contactor has closed."""

    def update(self, now_us: int, inputs: Inputs, pwm: bool, raw: PilotState | None) -> None:
        super().update(now_us, inputs, pwm and not inputs.mirror_main_open, raw)
        self.proven = True


class _ClosesInD(ReferenceController):
    """Believes that every place is ventilated."""

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        super().__init__(settings, replace(hardware, ventilation=True))


class _IgnoresAvailability(ReferenceController):
    """Goes out of service only when nothing is plugged in."""

    def _made_unavailable(self) -> bool:
        return super()._made_unavailable() and self._state is PilotState.A

    def _withdrawn(self) -> bool:
        available = self.command.available
        self.command.available = True
        try:
            return super()._withdrawn()
        finally:
            self.command.available = available


class _WakesNobody(_Reminded):
    """Tries to wake a vehicle although none is there."""

    _idle_since_us = 0

    def _enter(self, target: Phase, stimulus: Stimulus) -> None:
        super()._enter(target, stimulus)
        self._idle_since_us = self._now_us

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        outputs = super().step(now_us, inputs)
        if self._phase is Phase.IDLE and now_us - self._idle_since_us >= 60_000_000:
            return replace(outputs, pilot_mode=PilotMode.STEADY_NEGATIVE)
        return outputs

    def _reminders_us(self) -> tuple[int, ...]:
        return (self._idle_since_us + 60_000_000,) if self._phase is Phase.IDLE else ()


class _WatchesWhileWaking(ReferenceController):
    """Answers a vehicle that asks while it is being woken."""

    def _asked(self) -> bool:
        waking = self._wake_up.running
        return super()._asked() or (waking and self._state is PilotState.C)


class _ToggleIsAFault(ReferenceController):
    """Reports a fault when a vehicle asks before anybody has permitted it."""

    _ever_permitted = False

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        self._ever_permitted = self._ever_permitted or self.command.permitted
        return super().step(now_us, inputs)

    def report(self) -> Report:
        from twin.process import FaultCode

        report = super().report()
        if report.state is PilotState.C and not self._ever_permitted:
            report.faults = report.faults | {FaultCode.DIODE_MISSING}
        return report


class _TestLasts(ResidualGuard):
    """One self-test serves for every closing within its 60 s."""

    def used(self) -> None:
        """Forget nothing."""


class _LongTest(ResidualGuard):
    """Injects its test current for at least 1.7 s."""

    _until_us = NEVER_US

    def start_test(self, now_us: int, residual_trip: bool) -> None:
        was = self.injecting
        super().start_test(now_us, residual_trip)
        if self.injecting and not was:
            self._until_us = now_us + 1_700_000
            self._given_up_us = self._until_us + 1_000_000
            self.due_us = self._until_us

    def _watch_test(self, now_us: int, residual_trip: bool) -> None:
        if self.injecting and now_us < self._until_us:
            return
        super()._watch_test(now_us, residual_trip)
        if self.due_us == self._until_us:
            self.due_us = now_us + 1_000_000


class _TestsLate(ReferenceController):
    """Tests the monitor only when the vehicle asks."""

    def _begin_test(self) -> None:
        if self._phase is Phase.TESTING:
            super()._begin_test()


class _TestsWhileClosed(_Reminded):
    """Drives the test input once more for a moment after closing, and looks away."""

    _closed_us = NEVER_US

    def _enter(self, target: Phase, stimulus: Stimulus) -> None:
        super()._enter(target, stimulus)
        self._closed_us = self._now_us if target is Phase.CHARGING else NEVER_US

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        since_us = now_us - self._closed_us
        if 5_000_000 <= since_us < 6_000_000 and inputs.residual_trip:
            inputs = replace(inputs, residual_trip=False)
        outputs = super().step(now_us, inputs)
        if 5_000_000 <= since_us < 5_500_000 and self._phase is Phase.CHARGING:
            return replace(outputs, residual_test=True)
        return outputs

    def _reminders_us(self) -> tuple[int, ...]:
        return tuple(self._closed_us + offset for offset in (5_000_000, 5_500_000, 6_000_000))


class _BelievesInTests(ResidualGuard):
    """Takes a test that got no answer for passed."""

    def passed(self, now_us: int) -> bool:
        return super().passed(now_us) or self._failed

    def update(self, now_us: int, residual_trip: bool, closed: bool) -> None:
        super().update(now_us, residual_trip, closed)
        from twin.process import FaultCode

        self._causes.pop(FaultCode.RESIDUAL_TEST_FAILED, None)


class _MaskedAfterClosing(ResidualGuard):
    """Ignores a trip in the first 300 ms after closing."""

    _closed_us = NEVER_US

    def update(self, now_us: int, residual_trip: bool, closed: bool) -> None:
        if not closed:
            self._closed_us = NEVER_US
        elif self._closed_us == NEVER_US:
            self._closed_us = now_us
        masked = closed and now_us - self._closed_us < 300_000
        super().update(now_us, residual_trip and not masked, closed)
        if masked and residual_trip:
            self.due_us = self._closed_us + 300_000
        elif closed:
            self.due_us = NEVER_US


def _part(**parts: type) -> Build:
    return controller(type("_Part", (ReferenceController,), parts))


ENTRIES = (
    Wrong(
        "dawdles-after-b", "IEC61851.CLOSE_AFTER_C", "it waits 3.2 s before it closes",
        controller(_Dawdles), {"IEC61851.ACCEPT_D": "state D waits as long"},
    ),
    Wrong(
        "dawdles-without-b", "EVSELOOP.CLOSE_WHEN_C_COMES_FIRST",
        "it waits 3.2 s for a vehicle that came in C",
        controller(_DawdlesWithoutB),
    ),
    Wrong(
        "diode-after-closing", "IEC61851.DIODE_BEFORE_CLOSING",
        "it looks for the diode only once the contactor has closed",
        _part(diode_type=_TrustsWhileOpen),
        {"EVSELOOP.DIODE_THRESHOLD": "it closes whatever the low plateau is"},
    ),
    Wrong(
        "closes-in-d", "IEC61851.NO_CLOSING_IN_D", "it believes every place is ventilated",
        controller(_ClosesInD),
        {"EVSELOOP.NO_OPEN_UNDER_LOAD": "nor does state D stop a charge that runs"},
    ),
    Wrong(
        "no-ventilation-lead", "EVSELOOP.VENTILATION_FIRST",
        "ventilation and contactor switch together",
        settings(ventilation_lead_us=0),
    ),
    Wrong(
        "ignores-availability", "IEC61851.F_LOCKOUT",
        "it goes out of service only when nothing is plugged in",
        controller(_IgnoresAvailability),
        {"EVSELOOP.NO_OPEN_UNDER_LOAD": "taken out of service while it charges, it never opens"},
    ),
    Wrong(
        "hasty-duties", "IEC61851.DUTY_CHANGE_SPACING", "it changes the duty every second",
        settings(duty_interval_us=1_000_000),
    ),
    Wrong(
        "hasty-restart", "IEC61851.STEADY_BEFORE_PWM", "PWM comes back after 1 s",
        settings(steady_before_pwm_us=1_000_000),
    ),
    Wrong(
        "hasty-wake-up", "IEC61851.WAKE_UP_STEADY", "it wakes after 1 s of steady voltage",
        settings(wake_up_steady_us=1_000_000),
    ),
    Wrong(
        "short-wake-up", "IEC61851.WAKE_UP_F", "it wakes with 1 s of state F",
        settings(wake_up_f_us=1_000_000),
    ),
    Wrong(
        "wakes-nobody", "IEC61851.WAKE_UP_FROM_B_ONLY", "it wakes an empty cable",
        controller(_WakesNobody),
    ),
    Wrong(
        "resumes-after-20-s", "EVSELOOP.RESUME_AFTER_10_S", "it resumes after 20 s",
        settings(retry_delay_us=20_000_000),
    ),
    Wrong(
        "watches-while-waking", "IEC61851.WAKE_UP_SUSPENDED",
        "it believes the pilot in the middle of a wake-up",
        controller(_WatchesWhileWaking),
    ),
    Wrong(
        "toggle-is-a-fault", "EVSELOOP.BCB_TOLERATED", "it takes a toggle for a fault",
        controller(_ToggleIsAFault),
    ),
    Wrong(
        "no-filter", "EVSELOOP.GLITCH", "it believes every sample",
        settings(pilot_filter_us=0),
    ),
    Wrong(
        "one-test-for-all", "EVSELOOP.SELF_TEST_EVERY_CLOSING",
        "one self-test serves for every closing in 60 s",
        _part(residual_type=_TestLasts),
    ),
    Wrong(
        "long-self-test", "EVSELOOP.SELF_TEST_DURATION", "its self-test takes 1.7 s",
        _part(residual_type=_LongTest),
    ),
    Wrong(
        "waits-for-a-dead-monitor", "EVSELOOP.SELF_TEST_DURATION",
        "it gives a monitor 3 s to answer its test",
        settings(residual_test_timeout_us=3_000_000),
    ),
    Wrong(
        "tests-while-closed", "EVSELOOP.SELF_TEST_CONTACTOR_OPEN",
        "it tests once more after closing",
        controller(_TestsWhileClosed),
    ),
    Wrong(
        "tests-late", "EVSELOOP.SELF_TEST_IN_B", "it tests only when the vehicle asks",
        controller(_TestsLate),
    ),
    Wrong(
        "old-self-test", "EVSELOOP.SELF_TEST_60_S", "a self-test is good for an hour",
        settings(residual_test_valid_us=3_600_000_000),
    ),
    Wrong(
        "believes-in-tests", "EVSELOOP.SELF_TEST_FAILED", "an unanswered self-test has passed",
        _part(residual_type=_BelievesInTests),
    ),
    Wrong(
        "masked-after-closing", "EVSELOOP.SELF_TEST_MASK",
        "it masks the trip for 300 ms after closing",
        _part(residual_type=_MaskedAfterClosing),
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
