"""EVSEs whose protection is wrong: contactor, current, temperature, supply, earth."""

from __future__ import annotations

from dataclasses import replace

from scenarios.wrong.entry import Wrong, controller, settings
from twin.control.current import CurrentGuard
from twin.control.earth import EarthGuard
from twin.control.residual import ResidualGuard
from twin.control.supply import SupplyGuard
from twin.control.sustained import NEVER_US
from twin.controller import ReferenceController
from twin.link.pins import Inputs, Outputs
from twin.process import FaultCode, Phase, PilotState, Report


class _PolledTrip(ResidualGuard):
    """Asks for the monitor's trip output every 8 ms."""

    _trip_since_us = NEVER_US

    def update(self, now_us: int, residual_trip: bool, closed: bool) -> None:
        if not (residual_trip and closed):
            self._trip_since_us = NEVER_US
        elif self._trip_since_us == NEVER_US:
            self._trip_since_us = now_us
        late = closed and now_us - self._trip_since_us < 8_000
        super().update(now_us, residual_trip and not late, closed)
        if residual_trip and late:
            self.due_us = self._trip_since_us + 8_000
        elif closed and self.due_us <= now_us:
            self.due_us = NEVER_US


class _MainMirrorOnly(ReferenceController):
    """Looks at the mirror contact of the main contactor alone."""

    def reset(self, now_us, memory):  # type: ignore[no-untyped-def]
        super().reset(now_us, memory)
        self._l2l3.update = lambda *_: None  # type: ignore[method-assign]


class _ChargesOnWelds(ReferenceController):
    """Takes a weld for mended when the vehicle has gone, and the mirror contacts for dirty."""

    _forgiven = False

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        if FaultCode.CONTACTOR_WELDED in self._book.codes and self._state is PilotState.A:
            self._forgiven = True
            self.command.clear_faults_count += 1
        if self._forgiven:
            opened = not self._outputs.contactor_main
            inputs = replace(inputs, mirror_main_open=opened, mirror_l2l3_open=opened)
        return super().step(now_us, inputs)


class _MisnamesStuckOpen(ReferenceController):
    """Calls a contactor that does not close a ground fault."""

    def report(self) -> Report:
        report = super().report()
        if FaultCode.CONTACTOR_STUCK_OPEN in report.faults:
            others = report.faults - {FaultCode.CONTACTOR_STUCK_OPEN}
            report.faults = others | {FaultCode.EARTH_LOST}
        return report


class _EarthByEdge(EarthGuard):
    """Notices an earth that goes away, and not one that never was there."""

    _seen = False

    def update(self, now_us: int, earth_sense: bool) -> None:
        self._seen = self._seen or earth_sense
        super().update(now_us, earth_sense or not self._seen)


class _WatchesL1(SupplyGuard):
    """Takes the voltage of L1 for that of every phase."""

    def update(self, now_us: int, present: bool, volts: tuple[float, ...]) -> None:
        super().update(now_us, present, volts[:1] * len(volts))


class _WatchesCurrentOfL1(CurrentGuard):
    """Takes the current of L1 for that of every phase."""

    def update(self, now_us: int, amps: tuple[float, ...], limit_a: float, stopping: bool) -> None:
        super().update(now_us, (amps[0],) * len(amps), limit_a, stopping)


class _ResumesBlindly(ReferenceController):
    """After a fault of the supply it closes without asking what the vehicle wants."""

    _blind = False

    def _move(self) -> None:
        if self._phase is Phase.RECOVERING:
            self._blind = True
        elif self._phase is Phase.IDLE:
            self._blind = False
        super()._move()

    def _asked(self) -> bool:
        return super()._asked() or (self._blind and self._state is PilotState.B)

    def _paused(self) -> bool:
        return super()._paused() and not self._blind


ENTRIES = (
    Wrong(
        "polled-trip", "EVSELOOP.TRIP_TO_COIL", "it polls the trip output every 8 ms",
        controller(type("_Polled", (ReferenceController,), {"residual_type": _PolledTrip})),
    ),
    Wrong(
        "slow-weld-check", "IEC61851.WELD_SEEN", "it looks for a weld after 700 ms",
        settings(weld_timeout_us=700_000),
    ),
    Wrong(
        "main-mirror-only", "IEC61851.WELD_ONE_POLE", "it watches one of its two contactors",
        controller(_MainMirrorOnly),
    ),
    Wrong(
        "weld-ignored", "EVSELOOP.WELD_NO_SESSION", "it forgets a weld when the vehicle goes",
        controller(_ChargesOnWelds),
    ),
    Wrong(
        "slow-stuck-open-check", "EVSELOOP.STUCK_OPEN_SEEN",
        "it waits 800 ms for a contactor to close",
        settings(stuck_open_timeout_us=800_000),
    ),
    Wrong(
        "misnames-stuck-open", "EVSELOOP.STUCK_OPEN_NAMED",
        "it calls a stuck contactor a lost earth",
        controller(_MisnamesStuckOpen),
    ),
    Wrong(
        "no-grace", "EVSELOOP.OVER_CURRENT_GRACE", "a reduced limit counts after 1 s",
        settings(over_current_grace_us=1_000_000),
    ),
    Wrong(
        "over-current-never-trips", "EVSELOOP.OVER_CURRENT_STOP", "over-current never stops it",
        settings(over_current_us=NEVER_US // 2),
        {"EVSELOOP.OVER_CURRENT_THRESHOLD": "no current leads to a stop",
         "EVSELOOP.OVER_CURRENT_GRACE": "the grace never ends",
         "EVSELOOP.NO_OPEN_UNDER_LOAD": "over-current never opens"},
    ),
    Wrong(
        "over-current-late", "EVSELOOP.OVER_CURRENT_STOP", "over-current may last 10 s",
        settings(over_current_us=10_000_000),
        {"EVSELOOP.OVER_CURRENT_GRACE": "the stop after the grace is as late"},
    ),
    Wrong(
        "over-current-generous", "EVSELOOP.OVER_CURRENT_THRESHOLD", "it allows 1.3 × limit",
        settings(over_current_factor=1.3),
    ),
    Wrong(
        "short-circuit-slow", "EVSELOOP.SHORT_CIRCUIT", "a short circuit may last 400 ms",
        settings(short_circuit_us=400_000),
    ),
    Wrong(
        "watches-current-of-l1", "EVSELOOP.SHORT_CIRCUIT", "it measures the current of L1 alone",
        controller(type("_L1Amps", (ReferenceController,), {"current_type": _WatchesCurrentOfL1})),
        {"EVSELOOP.OVER_CURRENT_STOP": "the same measurement"},
    ),
    Wrong(
        "short-circuit-without-floor", "EVSELOOP.SHORT_CIRCUIT_THRESHOLD",
        "20 A are a short circuit to it where it offers 10 A",
        settings(short_circuit_floor_a=6.0),
    ),
    Wrong(
        "no-inrush", "EVSELOOP.INRUSH", "inrush is a short circuit to it",
        settings(inrush_us=0),
    ),
    Wrong(
        "derates-at-70", "EVSELOOP.DERATE_65_C", "it derates from 70 degC",
        settings(temperature_derate_c=70.0),
    ),
    Wrong(
        "stops-at-80", "EVSELOOP.SOFT_STOP_75_C", "it stops at 80 degC",
        settings(temperature_soft_c=80.0),
    ),
    Wrong(
        "opens-hot-softly", "EVSELOOP.OPEN_ON_85_C", "heat is never more than a soft stop to it",
        settings(temperature_immediate_c=200.0),
        {"EVSELOOP.IMMEDIATE_85_C": "no temperature opens at once",
         "EVSELOOP.COIL_OFF_IMMEDIATE": "nor does its coil go off"},
    ),
    Wrong(
        "opens-at-88", "EVSELOOP.IMMEDIATE_85_C", "it opens at once at 88 degC",
        settings(temperature_immediate_c=88.0),
        dict.fromkeys(
            ("EVSELOOP.OPEN_ON_85_C", "EVSELOOP.COIL_OFF_IMMEDIATE"),
            "those are measured at 86 degC",
        ),
    ),
    Wrong(
        "resumes-hot", "EVSELOOP.RESUME_60_C", "it resumes at 70 degC",
        settings(temperature_resume_c=70.0),
    ),
    Wrong(
        "sag-to-80", "EVSELOOP.UNDER_VOLTAGE", "under-voltage is below 80 % to it",
        settings(under_voltage_below=0.80),
    ),
    Wrong(
        "sag-for-2-s", "EVSELOOP.UNDER_VOLTAGE_DELAY", "under-voltage may last 2 s",
        settings(under_voltage_us=2_000_000),
    ),
    Wrong(
        "swell-to-113", "EVSELOOP.OVER_VOLTAGE", "over-voltage is above 113 % to it",
        settings(over_voltage_above=1.13),
    ),
    Wrong(
        "watches-l1-alone", "EVSELOOP.UNDER_VOLTAGE", "it measures the voltage of L1 alone",
        controller(type("_L1", (ReferenceController,), {"supply_type": _WatchesL1})),
        {
            "EVSELOOP.OVER_VOLTAGE": "the same measurement",
            "EVSELOOP.PHASE_LOST": "the lost phase is another one",
            "EVSELOOP.OPEN_ON_NEUTRAL_LOST": "the phase that rises is another one",
            "EVSELOOP.COIL_OFF_IMMEDIATE": "neither opens at once",
            "EVSELOOP.NO_OPEN_UNDER_LOAD": "a sag or a swell of another phase never opens",
            "IEC61851.F_LOCKOUT": "nor is it locked out by what it does not see",
        },
    ),
    Wrong(
        "resumes-at-93-percent", "EVSELOOP.RESUME_88_PERCENT", "it resumes above 93 % only",
        settings(under_voltage_resume=0.93),
    ),
    Wrong(
        "resumes-after-3-s", "EVSELOOP.RESUME_AFTER_10_S", "it resumes after 3 s",
        settings(retry_delay_us=3_000_000),
    ),
    Wrong(
        "resumes-for-ever", "EVSELOOP.RESUME_3_TIMES", "it resumes again and again",
        settings(retry_max=100),
    ),
    Wrong(
        "resumes-blindly", "EVSELOOP.RESUME_IN_C_ONLY", "it resumes whatever the vehicle shows",
        controller(_ResumesBlindly),
    ),
    Wrong(
        "earth-by-edge", "IEC61851.EARTH_BEFORE_CLOSING",
        "it does not notice an earth that never was there",
        controller(type("_Edge", (ReferenceController,), {"earth_type": _EarthByEdge})),
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
