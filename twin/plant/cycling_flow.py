"""Mains cycles in time: where they begin and end, and what the meter's converter makes of them."""

from __future__ import annotations

from twin.electrics.contactor import next_zero_us
from twin.electrics.load import NO_CURRENT, Constant
from twin.plant.mains_cycle import NO_CYCLE, Cycle, cycle_of
from twin.plant.power_flow import PowerFlow
from twin.plant.switchgear import LINE_OF

ARC_LEAST_A = 0.1
"""Below this current parting contacts draw no arc."""
OPEN_END_US = 1 << 62
"""End of a segment that is under way."""


class CyclingFlow(PowerFlow):
    """The power that flows, cycle by cycle of the mains."""

    def first_cycle_us(self) -> int:
        """Return when the first complete mains cycle since the mains came has ended."""
        if self._mains_since_us == self._mains_phase_us:
            return self._mains_since_us + self._cycle_us
        return self.next_cycle_end_us(self._mains_since_us) + self._cycle_us

    def next_cycle_end_us(self, after_us: int) -> int:
        """Return the first end of a mains cycle after an instant."""
        return after_us - (after_us - self._mains_phase_us) % self._cycle_us + self._cycle_us

    def cycle(self, now_us: int) -> Cycle:
        """Return the sums of the last complete mains cycle, as the meter sees them."""
        if self._steady_cycle is not None:
            return self._steady_cycle
        end_us = now_us - (now_us - self._mains_phase_us) % self._cycle_us
        start_us = end_us - self._cycle_us
        if self.meter.dead or not self.supply.alive or start_us < self._mains_since_us:
            return NO_CYCLE
        flat = self._flat_us <= start_us
        segments = [self._segment(OPEN_END_US)] if flat or self.start_us < end_us else []
        if flat and self.leg is NO_CURRENT:
            segments[0] = segments[0]._replace(start_us=self._flat_us)
        if not flat:
            segments += [
                old for old in self._past if old.end_us > start_us and old.start_us < end_us
            ]
        sums = cycle_of(segments, start_us, end_us, self.meter, self.phases)
        if flat and type(self.leg) is Constant:
            self._steady_cycle = sums
        return sums

    def arc_ends_us(self, pole: str) -> int:
        """Return when the current through a pole that parts now ends: now, or at its zero."""
        now_us, line = self.clock.now_us, LINE_OF[pole]
        if pole == "n" and self.uneven is not None:
            line = self._line_faults.most_line
        balanced = self.uneven is None and sum(self.live) != 1
        if not self.live[line] or (pole == "n" and balanced) or self.current_a(line) < ARC_LEAST_A:
            return now_us
        zero_us = next_zero_us(now_us, self._cycle_us, self._mains_phase_us, line)
        return zero_us + self.extra_arc_us
