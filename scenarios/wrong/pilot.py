"""EVSEs whose pilot is wrong: generator, detection, duty, proximity."""

from __future__ import annotations

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong, controller, fault, settings
from twin.control.diode import DiodeCheck
from twin.control.offer import CurrentOffer
from twin.control.proximity import ProximityReader
from twin.controller import ReferenceController
from twin.link.pins import PilotMode
from twin.process import FaultCode, Phase, Report


class _NeverF(ReferenceController):
    """Shows +12 V where it is not available."""

    def _pilot_mode(self) -> PilotMode:
        mode = super()._pilot_mode()
        if not self.command.available and mode is PilotMode.STEADY_NEGATIVE:
            return PilotMode.STEADY_POSITIVE
        return mode


class _MisnamesPilotShort(ReferenceController):
    """Calls every pilot fault a missing diode."""

    def report(self) -> Report:
        report = super().report()
        if FaultCode.PILOT_SHORTED in report.faults:
            report.faults = report.faults - {FaultCode.PILOT_SHORTED} | {FaultCode.DIODE_MISSING}
        return report


def _offering(part: type[CurrentOffer]) -> Build:
    return controller(type("_Offering", (ReferenceController,), {"offer_type": part}))


class _EightBitTimer(CurrentOffer):
    """Makes the duty with a timer of 256 steps."""

    def duty_for(self, current_ma: int) -> int:
        return super().duty_for(current_ma) * 256 // 1_000_000 * 1_000_000 // 256


class _TableHoleBelow51(CurrentOffer):
    """Takes the duty from a table in which 40 to 47 A share an entry."""

    def duty_for(self, current_ma: int) -> int:
        return super().duty_for(40_000 if 40_000 < current_ma < 47_000 else current_ma)


class _TableHoleAbove51(CurrentOffer):
    """Takes the duty from a table in which 70 to 75 A share an entry."""

    def duty_for(self, current_ma: int) -> int:
        return super().duty_for(70_000 if 70_000 < current_ma < 75_000 else current_ma)


class _NoHighBranch(CurrentOffer):
    """Uses I = D × 0.6 over the whole range, up to 97 %."""

    def duty_for(self, current_ma: int) -> int:
        return min(current_ma * 50 // 3, 970_000)


class _GapByFirstFormula(CurrentOffer):
    """Goes on with the first formula between 51 and 52.5 A."""

    def duty_for(self, current_ma: int) -> int:
        if 51_000 < current_ma < 52_500:
            return current_ma * 50 // 3
        return super().duty_for(current_ma)


class _RoundsUp(CurrentOffer):
    """Rounds the duty up to a tenth of a point."""

    def duty_for(self, current_ma: int) -> int:
        return -(-super().duty_for(current_ma) // 1_000) * 1_000


class _BelowSixIsSix(CurrentOffer):
    """Offers 6 A for anything between 0 and 6 A."""

    def offerable_ma(self, *limits_a: float) -> int:
        least_a = min(limits_a)
        return 6_000 if 0 < least_a < 6 else super().offerable_ma(*limits_a)


class _BelowSixIsF(ReferenceController):
    """Shows state F while a vehicle that may charge is offered less than 6 A."""

    def _pilot_mode(self) -> PilotMode:
        if self._phase is Phase.PLUGGED and self._permitted and not self._target_ma:
            return PilotMode.STEADY_NEGATIVE
        return super()._pilot_mode()


class _ZeroIsSix(CurrentOffer):
    """Offers 6 A for anything below, 0 A as well."""

    def offerable_ma(self, *limits_a: float) -> int:
        return max(6_000, super().offerable_ma(*limits_a))


class _DigitalPause(CurrentOffer):
    """Shows a duty of 5 % where it has less than 6 A to offer."""

    def offerable_ma(self, *limits_a: float) -> int:
        least_a = min(limits_a)
        return 3_000 if 0 < least_a < 6 else super().offerable_ma(*limits_a)


class _OnePhaseIsThree(ProximityReader):
    """Takes the largest cable for 63 A on one phase as well."""

    def cable_rating_a(self, resistance_ohm: float) -> float:
        return min(super().cable_rating_a(resistance_ohm), 63.0)


class _RefusesGaps(ProximityReader):
    """Takes a resistance between the bands of 20 and 13 A for an error."""

    def cable_rating_a(self, resistance_ohm: float) -> float:
        gap = 936.0 < resistance_ohm < 1_100.0
        return 0.0 if gap else super().cable_rating_a(resistance_ohm)


class _NoDiodeCheck(DiodeCheck):
    """Takes every circuit for one with a diode."""

    def is_missing(self, low_mv: int) -> bool:
        del low_mv
        return False


_CABLES = tuple(f"IEC61851.PROXIMITY_{amps}A" for amps in (13, 20, 32, 63, 70))
_RAIL = "one rail makes the negative half and state F"
_SOURCE = "with source and generator in their bands no plateau leaves its window"
_BOUNDARY = "the boundary decides which resistances are accepted"

ENTRIES = (
    Wrong(
        "generator-low", "IEC61851.PILOT_POSITIVE", "its positive rail is at 11.3 V",
        fault("generator_amplitude", positive_v=11.3),
    ),
    Wrong(
        "negative-rail-low", "IEC61851.PILOT_NEGATIVE", "its negative rail is at -11.3 V",
        fault("generator_amplitude", negative_v=-11.3), {"IEC61851.PILOT_STATE_F": _RAIL},
    ),
    Wrong(
        "never-f", "IEC61851.PILOT_STATE_F", "it shows +12 V where it is not available",
        controller(_NeverF),
    ),
    Wrong(
        "source-resistor-high", "IEC61851.PILOT_SOURCE_RESISTANCE", "its source has 1050 ohm",
        fault("source_resistance", resistance_ohm=1050.0),
    ),
    Wrong(
        "generator-high", "SAEJ1772.WINDOW_B", "its positive rail is at 12.9 V",
        fault("generator_amplitude", positive_v=12.9), {
            "IEC61851.PILOT_POSITIVE": _SOURCE,
            "IEC61851.ACCEPT_B_HIGHEST": "a high rail lifts large resistances over 10.5 V",
            "EVSELOOP.BELOW_6A_NOTHING": "steady is as high as the upper half of the PWM",
        },
    ),
    Wrong(
        "source-865-ohm", "SAEJ1772.WINDOW_C", "its source has 865 ohm, its rail 12.2 V",
        Build(faults={
            "source_resistance": {"resistance_ohm": 865.0},
            "generator_amplitude": {"positive_v": 12.2},
        }),
        {
            "IEC61851.PILOT_SOURCE_RESISTANCE": _SOURCE,
            "IEC61851.ACCEPT_B_HIGHEST": "a low source lifts large resistances over 10.5 V",
        },
    ),
    Wrong(
        "source-828-ohm", "SAEJ1772.WINDOW_D", "its source has 828 ohm, its rail 11.9 V",
        Build(faults={
            "source_resistance": {"resistance_ohm": 828.0},
            "generator_amplitude": {"positive_v": 11.9},
        }),
        {"IEC61851.PILOT_SOURCE_RESISTANCE": _SOURCE},
    ),
    Wrong(
        "pwm-970-hz", "IEC61851.PWM_FREQUENCY", "its PWM runs at 970 Hz",
        fault("generator_frequency", frequency_hz=970.0),
    ),
    Wrong(
        "duty-offset-large", "IEC61851.DUTY_AT_PLUG", "its timer makes the duty 1.5 points longer",
        fault("pilot_duty_error", offset_percent=1.5),
        dict.fromkeys(
            (
                "EVSELOOP.DUTY_OVER_CAPACITANCE", "IEC61851.AMPS_LOW_BRANCH",
                "IEC61851.AMPS_HIGH_BRANCH", "EVSELOOP.AMPS_GAP", "EVSELOOP.PROXIMITY_GAP",
                "EVSELOOP.PROXIMITY_GAP_63A", *_CABLES,
            ),
            "what every duty at the plug is off by, every offer is",
        ) | {
            "EVSELOOP.ROUND_DOWN": "above 97 % the vehicle leaves C, and its edges change",
            "IEC61851.CLOSE_AFTER_C": "of 97.5 %, 25 us are left of the lower plateau: all edge",
        },
    ),
    Wrong(
        "eight-bit-timer", "EVSELOOP.DUTY_COMMANDED", "its timer has 256 steps",
        _offering(_EightBitTimer),
    ),
    Wrong(
        "duty-offset-small", "EVSELOOP.DUTY_OVER_CAPACITANCE",
        "its timer makes the duty 0.37 points shorter",
        fault("pilot_duty_error", offset_percent=-0.37),
    ),
    Wrong(
        "accepts-b-from-2100-ohm", "IEC61851.ACCEPT_B_LOWEST", "B and C part at 8.3 V",
        settings(pilot_b_above_mv=8_300), {"EVSELOOP.DETECT_BC": _BOUNDARY},
    ),
    Wrong(
        "accepts-b-to-4000-ohm", "IEC61851.ACCEPT_B_HIGHEST", "A and B part at 9.9 V",
        settings(pilot_a_above_mv=9_900), {"EVSELOOP.DETECT_AB": _BOUNDARY},
    ),
    Wrong(
        "accepts-c-from-1000-ohm", "IEC61851.ACCEPT_C_LOWEST", "C and D part at 5.6 V",
        settings(pilot_c_above_mv=5_600), {"EVSELOOP.DETECT_CD": _BOUNDARY},
    ),
    Wrong(
        "accepts-c-to-1600-ohm", "IEC61851.ACCEPT_C_HIGHEST", "B and C part at 6.6 V",
        settings(pilot_b_above_mv=6_600), {"EVSELOOP.DETECT_BC": _BOUNDARY},
    ),
    Wrong(
        "late-ventilation", "IEC61851.ACCEPT_D", "it lets the ventilation run for 4 s first",
        settings(ventilation_lead_us=4_000_000),
    ),
    Wrong(
        "rejects-high-diode-drop", "IEC61851.ACCEPT_DIODE_DROP", "B and C part at 6.2 V",
        settings(pilot_b_above_mv=6_200),
        {"EVSELOOP.DETECT_BC": _BOUNDARY, "IEC61851.ACCEPT_C_HIGHEST": _BOUNDARY},
    ),
    Wrong(
        "boundary-ab-low", "EVSELOOP.DETECT_AB", "A and B part at 10.2 V",
        settings(pilot_a_above_mv=10_200),
    ),
    Wrong(
        "boundary-bc-high", "EVSELOOP.DETECT_BC", "B and C part at 7.9 V",
        settings(pilot_b_above_mv=7_900),
    ),
    Wrong(
        "boundary-cd-high", "EVSELOOP.DETECT_CD", "C and D part at 4.85 V",
        settings(pilot_c_above_mv=4_850),
    ),
    Wrong(
        "boundary-de-low", "EVSELOOP.DETECT_DE", "D and E part at 1.75 V",
        settings(pilot_d_above_mv=1_750),
    ),
    Wrong(
        "no-hysteresis", "EVSELOOP.DETECT_HYSTERESIS", "the same boundary up and down",
        settings(pilot_hysteresis_mv=0),
    ),
    Wrong(
        "diode-from-minus-nine", "EVSELOOP.DIODE_THRESHOLD", "-9 V proves a diode to it",
        settings(diode_low_above_mv=-9_000),
    ),
    Wrong(
        "misnames-pilot-short", "EVSELOOP.FAULT_NAMED", "it calls a shorted pilot a missing diode",
        controller(_MisnamesPilotShort),
    ),
    Wrong(
        "short-f", "IEC61851.F_LASTS", "state F lasts 150 ms",
        settings(fault_f_us=150_000),
    ),
    Wrong(
        "table-hole-below-51", "IEC61851.AMPS_LOW_BRANCH", "40 to 47 A share one duty",
        _offering(_TableHoleBelow51),
    ),
    Wrong(
        "table-hole-above-51", "IEC61851.AMPS_HIGH_BRANCH", "70 to 75 A share one duty",
        _offering(_TableHoleAbove51),
    ),
    Wrong(
        "no-high-branch", "IEC61851.AMPS_HIGH_BRANCH", "its duty formula lacks the 85 % branch",
        _offering(_NoHighBranch),
        dict.fromkeys(
            ("IEC61851.DUTY_AT_PLUG", "EVSELOOP.DUTY_COMMANDED", "EVSELOOP.ROUND_DOWN",
             "EVSELOOP.AMPS_GAP", "EVSELOOP.PROXIMITY_GAP_63A", "IEC61851.PROXIMITY_63A",
             "IEC61851.PROXIMITY_70A"),
            "the formula is wrong for every offer above 51 A",
        ),
    ),
    Wrong(
        "gap-by-first-formula", "EVSELOOP.AMPS_GAP", "52 A are offered as 56.7 A",
        _offering(_GapByFirstFormula),
    ),
    Wrong(
        "rounds-up", "EVSELOOP.ROUND_DOWN", "it rounds the duty up to a tenth of a point",
        _offering(_RoundsUp),
    ),
    Wrong(
        "below-six-is-six", "EVSELOOP.BELOW_6A_NOTHING", "3 A are offered as 6 A",
        _offering(_BelowSixIsSix),
    ),
    Wrong(
        "below-six-is-f", "EVSELOOP.BELOW_6A_NOTHING", "it shows state F below 6 A",
        controller(_BelowSixIsF),
    ),
    Wrong(
        "zero-is-six", "EVSELOOP.BELOW_6A_NOTHING", "0 A are offered as 6 A",
        _offering(_ZeroIsSix),
        {"EVSELOOP.NO_OPEN_UNDER_LOAD": "a limit of 0 A never stops the charge"},
    ),
    Wrong(
        "digital-pause", "EVSELOOP.NEVER_DIGITAL", "it shows 5 % where it offers nothing",
        _offering(_DigitalPause),
        {"EVSELOOP.BELOW_6A_NOTHING": "a PWM of 5 % is not steady"},
    ),
    Wrong(
        "pp-13-too-narrow", "IEC61851.PROXIMITY_13A", "more than 2400 ohm is an error to it",
        settings(proximity_error_above_ohm=2_400.0),
        {"EVSELOOP.PROXIMITY_GAP": "between 2460 and 4500 ohm is a gap, and an error to it"},
    ),
    Wrong(
        "pp-20-too-narrow", "IEC61851.PROXIMITY_20A", "more than 900 ohm is 13 A to it",
        settings(proximity_20_upto_ohm=900.0),
    ),
    Wrong(
        "pp-32-too-narrow", "IEC61851.PROXIMITY_32A", "more than 300 ohm is 20 A to it",
        settings(proximity_32_upto_ohm=300.0),
    ),
    Wrong(
        "pp-63-too-narrow", "IEC61851.PROXIMITY_63A", "more than 130 ohm is 32 A to it",
        settings(proximity_63_upto_ohm=130.0),
        {"IEC61851.PROXIMITY_70A": "one resistor stands for both"},
    ),
    Wrong(
        "pp-70-never", "IEC61851.PROXIMITY_70A", "100 ohm is 63 A to it on one phase as well",
        controller(type("_Pp", (ReferenceController,), {"proximity_type": _OnePhaseIsThree})),
    ),
    Wrong(
        "pp-gap-upwards", "EVSELOOP.PROXIMITY_GAP", "1000 ohm is 20 A to it",
        settings(proximity_20_upto_ohm=1_050.0),
    ),
    Wrong(
        "pp-gap-refused", "EVSELOOP.PROXIMITY_GAP", "1000 ohm is an error to it",
        controller(type("_Pp", (ReferenceController,), {"proximity_type": _RefusesGaps})),
    ),
    Wrong(
        "pp-70-ohm-refused", "EVSELOOP.PROXIMITY_GAP_63A", "70 ohm is an error to it",
        settings(proximity_error_below_ohm=78.0),
    ),
    Wrong(
        "pp-broken-accepted", "IEC61851.PROXIMITY_INVALID", "5000 ohm is 13 A to it",
        settings(proximity_error_above_ohm=5_500.0),
    ),
    Wrong(
        "pp-short-accepted", "IEC61851.PROXIMITY_INVALID", "50 ohm is 63 A to it",
        settings(proximity_error_below_ohm=10.0),
    ),
    Wrong(
        "no-diode-check", "IEC61851.DIODE_BEFORE_CLOSING", "it never looks for the diode",
        controller(type("_NoDiode", (ReferenceController,), {"diode_type": _NoDiodeCheck})),
        {
            "IEC61851.OPEN_ON_DIODE_FAULT": "nor does it while closed",
            "EVSELOOP.COIL_OFF_IMMEDIATE": "nor does it while closed",
            "EVSELOOP.DIODE_THRESHOLD": "any low plateau will do",
            "EVSELOOP.FAULT_NAMED": "it does not name what it does not see",
            "IEC61851.F_LOCKOUT": "nor is it locked out by what it does not see",
        },
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
