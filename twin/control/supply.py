"""The supply: under- and over-voltage, a phase or the neutral lost, all gone."""

from __future__ import annotations

from twin.control.band import BandWatch, at_or_above
from twin.control.current import Phases
from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.process import FaultCode, StopKind


class Excursion:
    """A voltage outside its band, and on its way back.

    It counts after a time. It is over when the voltage is well back inside,
    and for the retry delay after that any relapse counts at once: stable means
    that long without a break.

    Attributes:
        present: it counts.
        due_us: when it counts if the voltage stays where it is.
    """

    def __init__(self, hold_us: int, settling_us: int) -> None:
        self._outside = Sustained(hold_us)
        self._settling_us = settling_us
        self._settled_us = 0
        self.present = False
        self.due_us = NEVER_US

    def update(self, now_us: int, outside: bool, back: bool) -> bool:
        """Look at the voltage: outside its band, or well back inside, or in between."""
        if self._outside.update(now_us, outside):
            self.present = True
        elif self.present and back:
            self.present = False
            self._settled_us = now_us + self._settling_us
        elif not back and now_us < self._settled_us:
            self.present = True
        self.due_us = self._outside.due_us
        return self.present

    def wait(self, present: bool) -> None:
        """Keep to this while there is no voltage to look at."""
        self.present = present
        self._outside.update(0, False)
        self.due_us = NEVER_US

    def returning(self, now_us: int) -> bool:
        """Return whether being well back inside matters now."""
        return self.present or now_us < self._settled_us


class SupplyGuard:
    """Judges the phase voltages ahead of the contactor (EN 50160 bands; policy).

    Of a lost neutral it sees what the voltages say (`neutral_lost`). A single-phase charger whose
    own neutral opens has no voltage at all: its supply is gone, and its coils with it.

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
        self._under = Excursion(settings.under_voltage_us, settings.retry_delay_us)
        self._over = Excursion(settings.over_voltage_us, settings.retry_delay_us)
        self._present: bool | None = None
        self._measured = False
        nominal_v = settings.nominal_voltage_v
        self._lost_v = at_or_above(settings.phase_lost_below * nominal_v)
        self._under_v = at_or_above(settings.under_voltage_below * nominal_v)
        self._under_resume_v = settings.under_voltage_resume * nominal_v
        self._over_v = settings.over_voltage_above * nominal_v
        self._over_resume_v = at_or_above(settings.over_voltage_resume * nominal_v)
        self._neutral_v = at_or_above(settings.neutral_lost_below * nominal_v)

    def update(self, now_us: int, supply_present: bool, volts: Phases) -> None:
        """Judge the last mains cycle; root mean square, per phase, empty if it was not measured."""
        if (
            supply_present is self._present
            and bool(volts) is self._measured
            and not (supply_present and volts and self.watch.moved(volts))
            and now_us < self.due_us
        ):
            return
        self._present, self._measured = supply_present, bool(volts)
        gone = self._gone.update(now_us, not supply_present)
        if self._settled.update(now_us, supply_present) and volts:
            self._judge(now_us, volts)
        else:
            self._pass_over(supply_present, gone)
        self._set(FaultCode.UNDER_VOLTAGE, self._under.present, StopKind.SOFT)
        self._set(FaultCode.OVER_VOLTAGE, self._over.present, StopKind.SOFT)
        self.due_us = min(
            self._gone.due_us, self._settled.due_us, self._under.due_us, self._over.due_us
        )

    def phase_lost(self, volts: Phases) -> bool:
        """Return whether a phase is gone while another is there."""
        return min(volts) <= self._lost_v < max(volts)

    def neutral_lost(self, volts: Phases) -> bool:
        """Return whether the star point has moved: one phase too high, another low.

        A single-phase charger has no other phase to compare with. A lost neutral upstream, which
        lifts its voltage towards that between lines, looks like a swell to it until it is too
        late, so it takes any voltage above 110 % for one. A voltage that has fallen instead is
        an under-voltage: it endangers nothing while the vehicle stops drawing.
        """
        if len(volts) == 1:
            return volts[0] > self._over_v
        return max(volts) > self._over_v and min(volts) <= self._neutral_v

    def _judge(self, now_us: int, volts: Phases) -> None:
        least_v, greatest_v = min(volts), max(volts)
        under, over = least_v <= self._under_v, greatest_v > self._over_v
        under_counts = self._under.update(now_us, under, least_v > self._under_resume_v)
        over_counts = self._over.update(now_us, over, greatest_v <= self._over_resume_v)
        self._set(FaultCode.PHASE_LOST, self.phase_lost(volts), StopKind.IMMEDIATE)
        self._set(FaultCode.NEUTRAL_LOST, self.neutral_lost(volts), StopKind.IMMEDIATE)
        self.good = not (under or over or under_counts or over_counts)
        thresholds = [self._lost_v, self._under_v, self._over_v]
        if self._under.returning(now_us):
            thresholds.append(self._under_resume_v)
        if self._over.returning(now_us):
            thresholds.append(self._over_resume_v)
        if over:
            thresholds.append(self._neutral_v)
        self.watch.set_thresholds(*thresholds)
        self.watch.locate(volts)

    def _pass_over(self, supply_present: bool, gone: bool) -> None:
        """Judge nothing: a dead converter makes no voltage wrong, and none right again."""
        self.good = False
        self._under.wait(self._under.present or gone)
        self._over.wait(self._over.present and supply_present)
        if not supply_present:
            self._set(FaultCode.PHASE_LOST, False, StopKind.IMMEDIATE)
            self._set(FaultCode.NEUTRAL_LOST, False, StopKind.IMMEDIATE)
        self.watch.clear()

    def _set(self, code: FaultCode, present: bool, stop: StopKind) -> None:
        set_cause(self._causes, code, present, stop)
