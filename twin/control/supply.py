"""The supply: under- and over-voltage, a phase or the neutral lost, all gone."""

from __future__ import annotations

from twin.control.band import BandWatch, at_or_above
from twin.control.current import Phases
from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.process import FaultCode, StopKind


class SupplyGuard:
    """Judges the phase voltages ahead of the contactor (EN 50160 bands; policy).

    Attributes:
        good: nothing is wrong, not even for a moment: a contactor may close.
        due_us: when something counts if the supply stays as it is.
        watch: the bands in which nothing happens.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware, causes: Causes) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self.good = False
        self.due_us = NEVER_US
        self.watch = BandWatch(
            tuple(f"voltage_l{line}_v" for line in range(1, hardware.phases + 1))
        )
        self._gone = Sustained(settings.supply_gone_us)
        self._settled = Sustained(settings.supply_settling_us)
        self._under = Sustained(settings.under_voltage_us)
        self._over = Sustained(settings.over_voltage_us)
        self._is_under = self._is_over = False
        self._present: bool | None = None
        nominal_v = settings.nominal_voltage_v
        self._lost_v = at_or_above(settings.phase_lost_below * nominal_v)
        self._under_v = at_or_above(settings.under_voltage_below * nominal_v)
        self._under_resume_v = settings.under_voltage_resume * nominal_v
        self._over_v = settings.over_voltage_above * nominal_v
        self._over_resume_v = at_or_above(settings.over_voltage_resume * nominal_v)
        self._neutral_v = at_or_above(settings.neutral_lost_below * nominal_v)

    def update(self, now_us: int, supply_present: bool, volts: Phases) -> None:
        """Judge the last mains cycle; root mean square, per phase."""
        if (
            supply_present is self._present
            and not (supply_present and self.watch.moved(volts))
            and now_us < self.due_us
        ):
            return
        self._present = supply_present
        gone = self._gone.update(now_us, not supply_present)
        if self._settled.update(now_us, supply_present):
            self._judge(now_us, volts)
        else:
            self._pass_over(now_us, volts)
        self._set(FaultCode.UNDER_VOLTAGE, gone or self._is_under, StopKind.SOFT)
        self._set(FaultCode.OVER_VOLTAGE, self._is_over, StopKind.SOFT)
        self.due_us = min(
            self._gone.due_us, self._settled.due_us, self._under.due_us, self._over.due_us
        )

    def phase_lost(self, volts: Phases) -> bool:
        """Return whether a phase is gone while another is there."""
        return min(volts) <= self._lost_v < max(volts)

    def neutral_lost(self, volts: Phases) -> bool:
        """Return whether the star point has moved: one phase too high, another low."""
        return max(volts) > self._over_v and min(volts) <= self._neutral_v

    def _judge(self, now_us: int, volts: Phases) -> None:
        least_v, greatest_v = min(volts), max(volts)
        under, over = least_v <= self._under_v, greatest_v > self._over_v
        self._is_under = self._under.update(now_us, under) or (
            self._is_under and least_v <= self._under_resume_v
        )
        self._is_over = self._over.update(now_us, over) or (
            self._is_over and greatest_v > self._over_resume_v
        )
        self._set(FaultCode.PHASE_LOST, self.phase_lost(volts), StopKind.IMMEDIATE)
        self._set(FaultCode.NEUTRAL_LOST, self.neutral_lost(volts), StopKind.IMMEDIATE)
        self.good = not (under or over or self._is_under or self._is_over)
        thresholds = [self._lost_v, self._under_v, self._over_v]
        if self._is_under:
            thresholds.append(self._under_resume_v)
        if self._is_over:
            thresholds.append(self._over_resume_v)
        if over:
            thresholds.append(self._neutral_v)
        self.watch.set_thresholds(*thresholds)
        self.watch.locate(volts)

    def _pass_over(self, now_us: int, volts: Phases) -> None:
        self.good = self._is_under = self._is_over = False
        self._under.update(now_us, False)
        self._over.update(now_us, False)
        self._set(FaultCode.PHASE_LOST, False, StopKind.IMMEDIATE)
        self._set(FaultCode.NEUTRAL_LOST, False, StopKind.IMMEDIATE)
        self.watch.set_thresholds()
        self.watch.locate(volts)

    def _set(self, code: FaultCode, present: bool, stop: StopKind) -> None:
        set_cause(self._causes, code, present, stop)
