"""Vehicles that are wrong: the rig has to notice those as well."""

from __future__ import annotations

from math import inf

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong, settings
from twin.vehicle import Vehicle
from twin.vehicle.charge import Port
from twin.vehicle.pilot_reading import PilotView


class _ReadsLinearly(Vehicle):
    """Reads every duty as 0.6 A a point: 8 % as 4.8 A."""

    def _allowed_a(self, duty_percent: float) -> float:
        return duty_percent * 0.6

    @property
    def allowed_a(self) -> float:
        view, duty_percent = self._view
        return self._allowed_a(duty_percent) if view is PilotView.PWM else 0.0

    def _offered_a(self) -> float:
        view, duty_percent = self._applied
        if view is not PilotView.PWM:
            return 0.0
        return min(self._allowed_a(duty_percent), self.model.max_a, self._cable_a)


class _ReadsNineAsNine(_ReadsLinearly):
    """Reads 8 to 10 % as 4.8 to 6 A."""

    def _allowed_a(self, duty_percent: float) -> float:
        if 8 <= duty_percent < 10:
            return duty_percent * 0.6
        return _standard(duty_percent)


class _ReadsBeyond96(_ReadsLinearly):
    """Goes on with the second formula above 96 %."""

    def _allowed_a(self, duty_percent: float) -> float:
        if 96 < duty_percent <= 97:
            return (duty_percent - 64) * 2.5
        return _standard(duty_percent)


class _ReadsDigitalAsSix(_ReadsLinearly):
    """Reads 3 to 7 % as 6 A, without any digital communication."""

    def _allowed_a(self, duty_percent: float) -> float:
        return 6.0 if 3 <= duty_percent <= 7 else _standard(duty_percent)


class _IgnoresCable(Vehicle):
    """Does not look at the cable's proximity resistor."""

    def plugged_in(self, port: Port, cable_a: float) -> None:
        del cable_a
        super().plugged_in(port, inf)


class _LongToggle(Vehicle):
    """Toggles for 600 ms."""

    def toggle_bcb(self, duration_us: int = 600_000) -> None:
        super().toggle_bcb(duration_us)


class _LeavesUnderLoad(Vehicle):
    """Opens S2 at the end of the charge and goes on drawing 5 A."""

    def _battery_is_full(self) -> None:
        super()._battery_is_full()
        self.short_a = 5.0


def _standard(duty_percent: float) -> float:
    from twin.vehicle.pilot_reading import allowed_current_a

    return allowed_current_a(duty_percent)


def _changed(model: str, **changes: float | str) -> Build:
    return Build(vehicle={model: changes})


ENTRIES = (
    Wrong(
        "reads-nine-as-nine", "IEC61851.EV_READS_8_TO_10", "the vehicle reads 9 % as 5.4 A",
        Build(vehicle_class=_ReadsNineAsNine),
    ),
    Wrong(
        "reads-beyond-96", "IEC61851.EV_READS_96_TO_97", "the vehicle reads 97 % as 82.5 A",
        Build(vehicle_class=_ReadsBeyond96),
    ),
    Wrong(
        "reads-digital-as-six", "IEC61851.EV_READS_OUTSIDE", "the vehicle reads 5 % as 6 A",
        Build(vehicle_class=_ReadsDigitalAsSix),
    ),
    Wrong(
        "follows-after-7-s", "IEC61851.EV_FOLLOWS_DUTY", "the vehicle reacts after 7 s",
        _changed("byd-atto-3", reaction_delay_s=7.0),
    ),
    Wrong(
        "ramps-at-20-a-per-s", "EVSELOOP.EV_RAMP", "the vehicle's current jumps up",
        _changed("byd-atto-3", ramp_a_per_s=20.0),
    ),
    Wrong(
        "toggles-for-600-ms", "IEC61851.BCB_TOGGLE", "the vehicle toggles for 600 ms",
        Build(vehicle_class=_LongToggle),
    ),
    Wrong(
        "exceeds-its-rating", "EVSELOOP.EV_RATING", "the vehicle draws 20 A with a 16 A charger",
        _changed("byd-atto-3", max_a=20.0),
    ),
    Wrong(
        "ignores-the-cable", "EVSELOOP.EV_CABLE", "the vehicle draws 32 A over a cable of 13 A",
        Build(vehicle_class=_IgnoresCable),
    ),
    Wrong(
        "exceeds-the-pilot", "IEC61851.EV_BELOW_PILOT", "the vehicle draws 5 % too much",
        Build(vehicle_faults={"vw-e-up": {"over_current": {"factor": 1.05}}}),
        {"EVSELOOP.EV_RATING": "5 % above the pilot is above its rating as well"},
    ),
    Wrong(
        "tapers-too-late", "EVSELOOP.EV_TAPER", "the vehicle holds full power to 99 %",
        _changed("renault-zoe-ze50", chemistry="lfp"),
    ),
    Wrong(
        "leaves-under-load", "EVSELOOP.EV_ENDS_BY_ITSELF",
        "the vehicle opens S2 while it draws",
        Build(vehicle_class=_LeavesUnderLoad),
    ),
    Wrong(
        "strong-motorcycle", "EVSELOOP.MOTORCYCLE_POWER", "the motorcycle draws 20 A",
        _changed("zero-sr-f", max_a=20.0),
    ),
    Wrong(
        "thirsty-simplified-pilot", "IEC61851.SIMPLIFIED_PILOT",
        "the simplified vehicle draws 13 A",
        _changed("energica-ego", max_a=13.0),
    ),
    Wrong(
        "simplified-with-s2", "IEC61851.SIMPLIFIED_NEVER_B",
        "the simplified vehicle has a switch S2 and waits in B",
        _changed("energica-ego", pilot="full"),
    ),
    Wrong(
        "simplified-on-three-phases", "IEC61851.SIMPLIFIED_ONE_PHASE",
        "the simplified vehicle draws from every phase there is",
        _changed("energica-ego", phases=3),
    ),
    Wrong(
        "ends-at-half-an-ampere", "EVSELOOP.PLAIN_END_CURRENT",
        "the plain socket takes 0.5 A for the end of the charge",
        settings(plain_end_below_a=0.5),
    ),
    Wrong(
        "ends-after-10-s", "EVSELOOP.PLAIN_END_OF_CHARGE", "the plain socket ends after 10 s",
        settings(plain_end_us=10_000_000),
    ),
)  # fmt: skip
"""The wrong vehicles, and the socket that ends too soon."""
