"""Volts, amps and watts from cycle sums, and the energy register."""

from __future__ import annotations

from math import sqrt

from twin.control.settings import ControllerSettings
from twin.process import Memory

Triple = tuple[float, float, float]

_WS_PER_WH = 3600.0


def rms(sums: tuple[float, ...], counts: tuple[int, ...], phases: int) -> tuple[float, ...]:
    """Return root mean squares from sums of squares over one cycle; 0 without samples."""
    n = counts[0]
    l1 = sqrt(sums[0] / n) if n else 0.0
    if phases == 1:
        return (l1,)
    n = counts[1]
    l2 = sqrt(sums[1] / n) if n else 0.0
    n = counts[2]
    return (l1, l2, sqrt(sums[2] / n) if n else 0.0)


def mean(sums: tuple[float, ...], counts: tuple[int, ...]) -> tuple[float, ...]:
    """Return means from sums over one cycle; 0 without samples."""
    return tuple(s / n if n else 0.0 for s, n in zip(sums, counts, strict=True))


class EnergyRegister:
    """Counts real energy, all phases together, Wh; never goes back.

    The converter integrates; this takes differences of its totals, so a
    controller that looks rarely loses nothing. The total is saved with the
    register: over a reset, which leaves the converter running, its difference
    to the saved one is what the register missed. A total below the last one
    has started anew with the power, and only what comes counts; one that has
    grown beyond the saved total since then gives too little, never too much.

    Args:
        settings: how often the register is saved.
        saved: the register as it was saved.
        now_us: this tick.
    """

    def __init__(self, settings: ControllerSettings, saved: Memory, now_us: int) -> None:
        self.settings = settings
        self.energy_wh = self._base_wh = saved.energy_wh
        self._origin_ws = saved.converter_ws
        self._totals: Triple | None = None
        self._total_ws = 0.0 if saved.converter_ws is None else saved.converter_ws
        self._saved_wh = saved.energy_wh
        self._saved_ws = saved.converter_ws
        self._looked_us = now_us
        self._next_save_us = now_us + settings.save_interval_us

    def update(self, now_us: int, totals_ws: Triple) -> None:
        """Take the converter's totals."""
        if totals_ws == self._totals:
            if now_us >= self._next_save_us:
                self._save(now_us, self.energy_wh, self._total_ws)
            self._looked_us = now_us
            return
        total_ws = totals_ws[0] + totals_ws[1] + totals_ws[2]
        if self._origin_ws is None or total_ws < self._total_ws:
            # The converter has started anew, or energy flows back: only what comes counts,
            # and both are saved, as totals from before say nothing any more.
            self._base_wh = self._saved_wh = self.energy_wh
            self._origin_ws = self._total_ws = self._saved_ws = total_ws
        energy_wh = max(self.energy_wh, self._base_wh + (total_ws - self._origin_ws) / _WS_PER_WH)
        if self._totals is None:
            # What it has caught up with is saved at once: resets in a row keep nothing back.
            self._saved_wh, self._saved_ws = energy_wh, total_ws
        elif now_us >= self._next_save_us:
            self._save(now_us, energy_wh, total_ws)
        self._totals = totals_ws
        self.energy_wh = energy_wh
        self._total_ws = total_ws
        self._looked_us = now_us

    def saved_wh(self) -> float:
        """Return the register in non-volatile memory."""
        return self._saved_wh

    def saved_ws(self) -> float | None:
        """Return the converter's total that was saved with it; None: there has been none."""
        return self._saved_ws

    def _save(self, now_us: int, energy_wh: float, total_ws: float) -> None:
        # Saves were due at every interval since the last look. Power has been steady in
        # between, or there would have been a look: the last one lies on a straight line.
        interval_us = self.settings.save_interval_us
        last_us = now_us - (now_us - self._next_save_us) % interval_us
        share = (last_us - self._looked_us) / (now_us - self._looked_us)
        self._saved_wh = self.energy_wh + (energy_wh - self.energy_wh) * share
        self._saved_ws = self._total_ws + (total_ws - self._total_ws) * share
        self._next_save_us = last_us + interval_us
