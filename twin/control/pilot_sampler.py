"""From raw samples of the control pilot to its two plateaus, as a controller's firmware does it.

Written to be translated line by line: whole numbers only, arrays of fixed size,
nothing allocated after the start, every intermediate value below 2^31. Nothing
triggers the converter from the PWM, so a sample may lie anywhere in a period.

A pilot is never still between its plateaus, and a plateau never changes its
sign: the generator's halves are +12 V and -12 V, the network behind it is
passive. So the sign tells the halves apart without knowing where a period
begins, the time since the last change of sign tells edge from plateau, and a
histogram over ten periods tells the plateau from whatever else was there.
"""

from __future__ import annotations

from collections.abc import Sequence

WINDOW_NS = 10_080_000
"""A window: ten periods of 1 kHz and a little."""
SETTLE_NS = 45_000
"""So long after a change of sign a sample may still be on the edge: eight time constants of
1 kOhm and 5.5 nF (IEC 61851-1 Table A.2: 1.6 + 1.5 + 2.4 nF)."""
LEAST_MV, MOST_MV = -15_000, 15_000
"""Voltages at the pilot that the front-end's divider maps onto code 0 and onto `FULL_CODE`."""
FULL_CODE = 4095
"""Of a converter of 12 bits: 7.3 mV a step."""
ZERO_CODES = 14
"""Nearer to 0 V than these steps (0.10 V) a sample has no sign."""
BIN_SHIFT = 4
"""A bin of the histogram is 16 codes, 117 mV, wide."""
BINS = (FULL_CODE + 1) >> BIN_SHIFT
CLUSTER = 3
"""A plateau is that many neighbouring bins: room for a noise of 30 mV rms."""
RUNS_MIN = 4
"""A half is there if it is there in so many runs of a window's ten periods, or for more than
half of the window. A disturbance of 2 ms spans three periods at most."""

_MIDDLE = (FULL_CODE + 1) // 2
_HIGH, _LOW, _ZERO = 0, 1, 2


class PilotSampler:
    """Finds the plateaus of the control pilot in a stream of samples.

    A window without one of the halves says so by a count of zero: +12 V steady
    has no lower plateau, -12 V steady no upper one. What changes inside a window
    shows as it was for the greater part of it, never as a mean of the two. A
    pilot that stays at 0 V has its plateaus there, both of them: nothing tells
    them apart.

    Accuracy with a sample each 12 us, noise up to 30 mV rms and 5.5 nF in all: within 60 mV from
    5 % to 95 % of duty. At 96 % the lower plateau may read 0.3 V high and at 97 % 1.0 V: the
    edge eats up to 30 of its 40 and 30 us. Plateaus within 0.15 V of 0 V: within 0.25 V.

    Args:
        sample_ns: from one sample to the next, 5,000…20,000.

    Attributes:
        window: samples in a window.
        high_mv: upper plateau, of the last complete window; means something where n_high > 0.
        low_mv: lower plateau; means something where n_low > 0.
        n_high: samples behind the upper plateau; 0: there is none.
        n_low: samples behind the lower plateau; 0: there is none.
        newest_us: when the last sample of that window was taken, from which its age counts;
            negative: there was none yet.

    Raises:
        ValueError: a sample distance out of its range.
    """

    __slots__ = (
        "_count",
        "_kept",
        "_last",
        "_n",
        "_outermost",
        "_run",
        "_runs",
        "_sample_ns",
        "_settle",
        "_side",
        "_sum",
        "_zero_kept",
        "_zero_sum",
        "high_mv",
        "low_mv",
        "n_high",
        "n_low",
        "newest_us",
        "window",
    )

    def __init__(self, sample_ns: int = 12_000) -> None:
        if not 5_000 <= sample_ns <= 20_000:
            raise ValueError(f"sample_ns is {sample_ns}: it has to be 5,000 to 20,000")
        self._sample_ns = sample_ns
        self.window = WINDOW_NS // sample_ns
        self._settle = -(-SETTLE_NS // sample_ns)
        self._kept = [0] * BINS
        self._sum = [0] * BINS
        self._count = [0, 0, 0]
        self._runs = [0, 0, 0]
        self.high_mv = self.low_mv = self.n_high = self.n_low = 0
        self.newest_us = -1
        self._begin()

    def _begin(self) -> None:
        """Begin a window."""
        for index in range(BINS):
            self._kept[index] = 0
            self._sum[index] = 0
        for side in (_HIGH, _LOW, _ZERO):
            self._count[side] = 0
            self._runs[side] = 0
        self._zero_kept = self._zero_sum = 0
        self._n = self._run = self._last = self._outermost = 0
        self._side = -1

    def feed(self, codes: Sequence[int], newest_us: int) -> bool:
        """Take a block of samples; return whether a window has become complete.

        Args:
            codes: of the converter, 0…4095, in the order in which they were taken.
            newest_us: when the last of them was taken, on the controller's clock.
        """
        complete = False
        left = len(codes)
        above, below = _MIDDLE + ZERO_CODES, _MIDDLE - ZERO_CODES
        side, run, last, outermost = self._side, self._run, self._last, self._outermost
        settled = self._settle + 1
        for code in codes:
            now = _HIGH if code > above else _LOW if code < below else _ZERO
            if now != side:
                if 0 < run <= settled:
                    self._keep_short(side, outermost)
                side = now
                run = 0
                outermost = code
                self._runs[side] += 1
            run += 1
            self._count[side] += 1
            if run > settled:
                # Not the newest, which may lie on the next edge already.
                self._keep(side, last)
            elif (code > outermost) == (side == _HIGH):
                outermost = code
            last = code
            left -= 1
            self._n += 1
            if self._n == self.window:
                self._conclude()
                self.newest_us = newest_us - left * self._sample_ns // 1000
                self._begin()
                side, run, last, outermost = self._side, 0, 0, 0
                complete = True
        self._side, self._run, self._last, self._outermost = side, run, last, outermost
        return complete

    def _keep_short(self, side: int, outermost: int) -> None:
        """Count the best settled sample of a run that was over before it settled."""
        self._keep(side, outermost)

    def _keep(self, side: int, code: int) -> None:
        """Count a settled sample of a half."""
        if side == _ZERO:
            self._zero_kept += 1
            self._zero_sum += code
        else:
            index = code >> BIN_SHIFT
            self._kept[index] += 1
            self._sum[index] += code

    def _present(self, side: int) -> bool:
        """Return whether a half is there, not a passing disturbance."""
        return self._runs[side] >= RUNS_MIN or 2 * self._count[side] > self.window

    def _conclude(self) -> None:
        """Read both plateaus from the window's histogram."""
        middle = BINS // 2
        self.n_high = self.n_low = 0
        if self._present(_HIGH):
            self._read(BINS - CLUSTER, middle - 1, -1, _HIGH)
        if self._present(_LOW):
            self._read(0, middle - CLUSTER + 1, 1, _LOW)
        if self._present(_ZERO) and self._zero_kept > 0:
            if self.n_high == 0:
                self.n_high = self._zero_kept
                self.high_mv = _millivolt(self._zero_sum, self._zero_kept)
            if self.n_low == 0:
                self.n_low = self._zero_kept
                self.low_mv = _millivolt(self._zero_sum, self._zero_kept)

    def _read(self, first: int, end: int, step: int, side: int) -> None:
        """Take the densest cluster of a half for its plateau; of equal ones the outermost."""
        best = best_kept = 0
        index = first
        while index != end:
            kept = self._kept[index] + self._kept[index + 1] + self._kept[index + 2]
            if kept > best_kept:
                best, best_kept = index, kept
            index += step
        if best_kept == 0:
            return
        total = self._sum[best] + self._sum[best + 1] + self._sum[best + 2]
        if side == _HIGH:
            self.n_high = best_kept
            self.high_mv = _millivolt(total, best_kept)
        else:
            self.n_low = best_kept
            self.low_mv = _millivolt(total, best_kept)


def _millivolt(total: int, count: int) -> int:
    """Return the mean of `count` codes of a sum as a voltage at the pilot, mV."""
    # Sixteenths of a code: a mean is finer than a step, and 16 x 4095 x 30,000 fits 31 bits.
    sixteenths = (total * 16 + count // 2) // count
    full = FULL_CODE * 16
    return LEAST_MV + (sixteenths * (MOST_MV - LEAST_MV) + full // 2) // full
