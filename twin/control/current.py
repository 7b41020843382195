"""Too much current, and no more current."""

from __future__ import annotations

from twin.control.band import BandWatch, at_or_above
from twin.control.faults import Causes, set_cause
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US, Sustained
from twin.process import FaultCode, StopKind

Phases = tuple[float, ...]
"""One value per phase of the charger, L1 first."""


class CurrentGuard:
    """Watches the phase currents while the contactor is closed (limits: policy).

    Attributes:
        closed: the contactor is on, and currents are watched.
        drawing: during a soft stop: a phase carries at least 1 A (IEC 61851-1 Table A.6
            sequence 10.1).
        finished: kind plain: no phase has carried 0.1 A for a minute.
        watch: the bands in which nothing happens.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware, causes: Causes) -> None:
        self.settings = settings
        self.hardware = hardware
        self._causes = causes
        self.watch = BandWatch(
            tuple(f"current_l{line}_a" for line in range(1, hardware.phases + 1))
        )
        self._over = Sustained(settings.over_current_us)
        self._idle = Sustained(settings.plain_end_us)
        self._soft_a = at_or_above(settings.soft_open_below_a)
        self._end_a = at_or_above(settings.plain_end_below_a)
        self.open()

    def open(self) -> None:
        """Start anew: the contactor is open."""
        self.drawing = True
        self.finished = False
        self.due_us = NEVER_US
        self.closed = False
        self._stopping = False
        self._limit_a = 0.0
        self._former: list[tuple[int, float]] = []
        self._short_since_us = NEVER_US
        self._over.update(0, False)
        self._idle.update(0, False)
        self.watch.clear()
        set_cause(self._causes, FaultCode.OVER_CURRENT, False, StopKind.SOFT)
        set_cause(self._causes, FaultCode.SHORT_CIRCUIT, False, StopKind.IMMEDIATE)

    def over_current_above_a(self, limit_a: float) -> float:
        """Return the current above which a phase is over a limit, A."""
        settings = self.settings
        return settings.over_current_factor * limit_a + settings.over_current_margin_a

    def short_circuit_above_a(self, limit_a: float) -> float:
        """Return the current above which a phase is short-circuited, A."""
        settings = self.settings
        return settings.short_circuit_factor * max(limit_a, settings.short_circuit_floor_a)

    def update(self, now_us: int, amps: Phases, limit_a: float, stopping: bool) -> None:
        """Judge the last cycle of a closed contactor.

        Args:
            now_us: this tick.
            amps: root mean square of the last mains cycle, per phase.
            limit_a: what is offered; during a soft stop what was offered last.
            stopping: a soft stop runs.
        """
        if (
            limit_a == self._limit_a
            and stopping is self._stopping
            and now_us < self.due_us
            and self.closed
            and not self.watch.moved(amps)
        ):
            return
        if not self.closed:
            self.closed = True
            self._inrush_until_us = now_us + self.settings.inrush_us
        self._stopping = stopping
        self._take_limit(now_us, limit_a)
        limit_a = max([self._limit_a, *(former_a for _, former_a in self._former)])
        over_a, short_a = self.over_current_above_a(limit_a), self.short_circuit_above_a(limit_a)
        self.watch.set_thresholds(over_a, short_a, *self._low_thresholds())
        self.watch.locate(amps)
        greatest_a = max(amps)
        self.drawing = not stopping or greatest_a > self._soft_a
        self._over.update(now_us, greatest_a > over_a)
        set_cause(self._causes, FaultCode.OVER_CURRENT, self._over.met, StopKind.SOFT)
        short_due_us = self._short_due_us(now_us, greatest_a > short_a)
        set_cause(self._causes, FaultCode.SHORT_CIRCUIT, now_us >= short_due_us, StopKind.IMMEDIATE)
        plain = self.hardware.kind == "plain"
        self.finished = self._idle.update(now_us, plain and not greatest_a > self._end_a)
        self.due_us = min(
            self._former[0][0] if self._former else NEVER_US,
            self._over.due_us,
            self._idle.due_us,
            short_due_us if short_due_us > now_us else NEVER_US,
        )

    def _low_thresholds(self) -> tuple[float, ...]:
        if self._stopping:
            return (self._soft_a,)
        return (self._end_a,) if self.hardware.kind == "plain" else ()

    def _take_limit(self, now_us: int, limit_a: float) -> None:
        # The vehicle has time to follow: after a reduction the old limit counts for a while.
        self._former = [former for former in self._former if now_us < former[0]]
        if limit_a < self._limit_a:
            until_us = now_us + self.settings.over_current_grace_us
            self._former.append((until_us, self._limit_a))
        self._limit_a = limit_a

    def _short_due_us(self, now_us: int, short: bool) -> int:
        if not short:
            self._short_since_us = NEVER_US
            return NEVER_US
        self._short_since_us = min(self._short_since_us, now_us)
        return max(self._short_since_us + self.settings.short_circuit_us, self._inrush_until_us)
