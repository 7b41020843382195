"""EVSEs that open too late, under load, or in the wrong order."""

from __future__ import annotations

from dataclasses import replace

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong, controller, fault, settings
from twin.control.lock import LockGuard
from twin.control.pilot import PilotMonitor
from twin.control.supply import SupplyGuard
from twin.controller import ReferenceController
from twin.link.pins import Inputs, PilotMode
from twin.process import FaultCode, Phase, PilotState, StopKind


class _SlowTo(PilotMonitor):
    """Filters one change of state longer than the others."""

    change: tuple[tuple[PilotState, ...], PilotState] = ((), PilotState.A)
    filter_us = 0

    def _filter(self, now_us: int, raw: PilotState | None) -> None:
        usual = self.settings
        states, to = self.change
        if raw is to and self.state in states:
            self.settings = replace(usual, pilot_filter_us=self.filter_us)
        super()._filter(now_us, raw)
        self.settings = usual


class _TrustsProximity(_SlowTo):
    """Takes state A for a bad contact, for 90 ms, as long as proximity shows a plug."""

    change = ((PilotState.C,), PilotState.A)

    def update(self, now_us: int, inputs: Inputs, looking: bool) -> None:
        plug_in = self.hardware.kind == "socket" and inputs.proximity_mv < 3_000
        self.filter_us = 90_000 if plug_in else self.settings.pilot_filter_us
        super().update(now_us, inputs, looking)


def _slow(states: tuple[PilotState, ...], to: PilotState, filter_us: int) -> Build:
    monitor = type("_Slow", (_SlowTo,), {"change": (states, to), "filter_us": filter_us})
    return controller(type("_SlowController", (ReferenceController,), {"pilot_type": monitor}))


class _NoNeutralWatch(SupplyGuard):
    """Takes a moved star point for a mere over-voltage."""

    def neutral_lost(self, volts: tuple[float, ...]) -> bool:
        del volts
        return False


class _ComparesPhases(SupplyGuard):
    """Finds a lost neutral by comparing phases, of which a single-phase charger has one."""

    def neutral_lost(self, volts: tuple[float, ...]) -> bool:
        return len(volts) > 1 and super().neutral_lost(volts)


class _NoPhaseWatch(SupplyGuard):
    """Takes a lost phase for a mere under-voltage."""

    def phase_lost(self, volts: tuple[float, ...]) -> bool:
        del volts
        return False


class _OverVoltageAtOnce(SupplyGuard):
    """Opens for an over-voltage as for a lost neutral."""

    def _set(self, code: FaultCode, present: bool, stop: StopKind) -> None:
        at_once = code is FaultCode.OVER_VOLTAGE
        super()._set(code, present, StopKind.IMMEDIATE if at_once else stop)


class _DropsOutOfService(ReferenceController):
    """Goes out of service without waiting for the vehicle."""

    def _drawn_down(self) -> bool:
        return super()._drawn_down() or not self.command.available


class _SwitchesPhasesUnderLoad(ReferenceController):
    """Changes its phases without waiting for the vehicle."""

    def _drawn_down(self) -> bool:
        return super()._drawn_down() or self._phases_wanted() != self._phases_offered


class _EagerLock(LockGuard):
    """Unlocks without looking at the mirror contacts."""

    def may_release(self, mirrors_open: bool) -> bool:
        del mirrors_open
        return True


class _StopsByF(ReferenceController):
    """Stops a vehicle with state F instead of steady +12 V."""

    def _pilot_mode(self) -> PilotMode:
        if self._phase is Phase.STOPPING:
            return PilotMode.STEADY_NEGATIVE
        return super()._pilot_mode()


_SAME_EDGE = "to the EVSE a broken earth in the cable looks like a pulled plug"
_COIL = "the coil goes off before the poles open"
_FILTER = "the filter is in front of every opening on the pilot"

ENTRIES = (
    Wrong(
        "slow-filter", "IEC61851.OPEN_ON_C_TO_B", "it filters the pilot for 150 ms",
        settings(pilot_filter_us=150_000),
        {
            "EVSELOOP.FILTER_BUDGET": _FILTER,
            "IEC61851.OPEN_ON_C_TO_A": _FILTER,
            "IEC61851.OPEN_ON_CABLE_EARTH_LOST": _FILTER,
        },
    ),
    Wrong(
        "slow-to-a", "IEC61851.OPEN_ON_C_TO_A", "it filters a pulled plug for 90 ms",
        _slow((PilotState.C,), PilotState.A, 90_000),
        {"IEC61851.OPEN_ON_CABLE_EARTH_LOST": _SAME_EDGE},
    ),
    Wrong(
        "filter-over-budget", "EVSELOOP.FILTER_BUDGET", "it filters the pilot for 60 ms",
        settings(pilot_filter_us=60_000),
    ),
    Wrong(
        "slow-coil", "EVSELOOP.COIL_RELEASE", "its contactor lets go after 34 ms",
        fault("contactor_slow_release", release_ms=34.0),
    ),
    Wrong(
        "earth-filter-70-ms", "EVSELOOP.COIL_OFF_IMMEDIATE", "it filters a lost earth for 70 ms",
        settings(earth_filter_us=70_000),
    ),
    Wrong(
        "diode-filter-150-ms", "IEC61851.OPEN_ON_DIODE_FAULT", "it filters the diode for 150 ms",
        settings(diode_filter_us=150_000), {"EVSELOOP.COIL_OFF_IMMEDIATE": _COIL},
    ),
    Wrong(
        "earth-filter-150-ms", "IEC61851.OPEN_ON_EARTH_LOST", "it filters a lost earth for 150 ms",
        settings(earth_filter_us=150_000),
        {"EVSELOOP.COIL_OFF_IMMEDIATE": _COIL},
    ),
    Wrong(
        "broken-cable-earth-slow", "IEC61851.OPEN_ON_CABLE_EARTH_LOST",
        "it filters state A for 90 ms where proximity says that the plug is in",
        controller(type("_Trusts", (ReferenceController,), {"pilot_type": _TrustsProximity})),
    ),
    Wrong(
        "no-neutral-watch", "EVSELOOP.OPEN_ON_NEUTRAL_LOST",
        "a lost neutral is an over-voltage to it",
        controller(type("_Neutral", (ReferenceController,), {"supply_type": _NoNeutralWatch})),
        {"EVSELOOP.COIL_OFF_IMMEDIATE": _COIL},
    ),
    Wrong(
        "compares-phases", "EVSELOOP.OPEN_ON_NEUTRAL_LOST",
        "on one phase a lost neutral is an over-voltage to it",
        controller(type("_Compares", (ReferenceController,), {"supply_type": _ComparesPhases})),
    ),
    Wrong(
        "no-phase-watch", "EVSELOOP.PHASE_LOST", "a lost phase is an under-voltage to it",
        controller(type("_Phase", (ReferenceController,), {"supply_type": _NoPhaseWatch})),
        {"EVSELOOP.COIL_OFF_IMMEDIATE": _COIL},
    ),
    Wrong(
        "patient-with-dead-sensors", "EVSELOOP.OPEN_ON_SENSOR_LOST",
        "it waits 200 ms for pilot samples",
        settings(pilot_age_max_us=200_000), {"EVSELOOP.COIL_OFF_IMMEDIATE": _COIL},
    ),
    Wrong(
        "patient-with-a-dead-meter", "EVSELOOP.COIL_OFF_IMMEDIATE",
        "it waits 70 ms for meter and temperature",
        settings(sensor_filter_us=70_000),
    ),
    Wrong(
        "slow-c-to-e", "IEC61851.OPEN_ON_SHORTED_PILOT_C", "from C it filters state E for 3.5 s",
        _slow((PilotState.C,), PilotState.E, 3_500_000),
    ),
    Wrong(
        "slow-d-to-e", "IEC61851.OPEN_ON_SHORTED_PILOT_D", "from D it filters state E for 3.5 s",
        _slow((PilotState.D,), PilotState.E, 3_500_000),
        {"EVSELOOP.DETECT_DE": "a boundary that counts seconds later is crossed far behind it"},
    ),
    Wrong(
        "opens-under-load", "EVSELOOP.NO_OPEN_UNDER_LOAD",
        "a soft stop opens as soon as less than 8 A flow",
        settings(soft_open_below_a=8.0),
    ),
    Wrong(
        "over-voltage-under-load", "EVSELOOP.NO_OPEN_UNDER_LOAD",
        "over-voltage opens at once",
        controller(type("_Over", (ReferenceController,), {"supply_type": _OverVoltageAtOnce})),
    ),
    Wrong(
        "out-of-service-under-load", "EVSELOOP.NO_OPEN_UNDER_LOAD",
        "it goes out of service under load",
        controller(_DropsOutOfService),
    ),
    Wrong(
        "switches-phases-under-load", "EVSELOOP.NO_OPEN_UNDER_LOAD",
        "it changes its phases under load",
        controller(_SwitchesPhasesUnderLoad),
    ),
    Wrong(
        "impatient", "IEC61851.STUBBORN_VEHICLE", "it gives a vehicle 4 s to stop",
        settings(soft_timeout_us=4_000_000),
    ),
    Wrong(
        "stops-by-f", "IEC61851.STEADY_BEFORE_OPENING", "a soft stop shows state F",
        controller(_StopsByF),
    ),
    Wrong(
        "eager-lock", "EVSELOOP.UNLOCK_AFTER_OPENING", "it unlocks without looking at the poles",
        controller(type("_Eager", (ReferenceController,), {"lock_type": _EagerLock})),
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
