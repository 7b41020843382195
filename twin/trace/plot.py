"""A trace as a picture, drawn like an oscilloscope's: pilot, currents, contactor, temperatures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.link.pins import PilotMode
from twin.trace.recorder import holds

if TYPE_CHECKING:
    from twin.trace.recorder import Trace

SCREEN, GRATICULE, LABEL, DIM = "#0b1016", "#25323f", "#dbe5ee", "#8fa3b5"
PILOT, COIL, MONITOR, VEHICLE = "#ffd24a", "#6ee787", "#f78fb3", "#7cc7ff"
LINES = (("l1", "#c98a5a", 5.0), ("l2", "#e9eef2", 2.6), ("l3", "#8a5cff", 1.1))
"""Equal currents lie on each other, so each line is thinner than the one below it."""
LEVELS = ((12, "A"), (9, "B"), (6, "C"), (3, "D"), (0, "E"), (-12, "F"))
"""Nominal voltages of the states (IEC 61851-1 Annex A Table A.4); the upper plateau tells."""
LANES = (
    ("s2", "S2 of the vehicle", VEHICLE),
    ("residual_test", "monitor self-test", MONITOR),
    ("residual_trip", "monitor trips", MONITOR),
    ("coil_main", "contactor coil", COIL),
    ("pole_l1", "pole L1 conducts", COIL),
    ("pole_l2", "pole L2 conducts", COIL),
    ("pole_l3", "pole L3 conducts", COIL),
    ("mirror_main_open", "mirror: open", COIL),
)
NARROW = 0.12
"""A stretch of PWM below this part of the picture's width has no room for its duty."""
Points = list[tuple[float, float]]


def plot(
    trace: Trace,
    path: Path,
    *,
    from_us: int,
    to_us: int,
    name: str = "",
    title: str = "",
    marks: Sequence[tuple[int, str]] = (),
) -> None:
    """Draw a stretch of a trace as PNG or SVG, by the ending of `path`.

    The pilot is drawn as an oscilloscope shows it at this time base: a line
    where it is steady, a band between its plateaus where there is a PWM.

    Args:
        trace: what was recorded.
        path: where the picture goes.
        from_us: left edge.
        to_us: right edge.
        name: prefix of the EVSE whose signals are drawn, e.g. `evse2.`.
        title: above the picture.
        marks: instants with a caption, drawn as dashed cursors.

    Raises:
        ValueError: an empty stretch of time, or an ending that is neither .png nor .svg.
        ImportError: matplotlib is not installed (`pip install evseloop[scenarios]`).
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if to_us <= from_us:
        raise ValueError(f"nothing to draw between {from_us} us and {to_us} us")
    if path.suffix not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a plot ends in .png or .svg")
    figure = Figure(figsize=(12, 7.6), facecolor=SCREEN, layout="constrained")
    pilot, power, lanes = figure.subplots(3, 1, sharex=True, height_ratios=(4, 3, 3.2))
    scale, unit = (1e6, "s") if to_us - from_us > 2_000_000 else (1e3, "ms")
    window = _Window(trace, name, from_us, to_us, scale)
    for axes in (pilot, power, lanes):
        _dress(axes)
    _draw_pilot(pilot, window)
    _draw_currents(power, window)
    _draw_lanes(lanes, window)
    for time_us, caption in marks:
        at = (time_us - from_us) / scale
        for axes in (pilot, power, lanes):
            axes.axvline(at, color=DIM, linestyle=(0, (4, 4)), linewidth=0.9)
        pilot.annotate(
            caption, (at, 14.2), (4, 0), textcoords="offset points", color=LABEL, fontsize=9.5
        )
    lanes.set_xlim(0, window.width)
    begin = f"{from_us / 1e6:.6f}".rstrip("0").rstrip(".")
    lanes.set_xlabel(f"time / {unit}   (0 is {begin} s of the run)", color=LABEL)
    if title:
        figure.suptitle(title, color=LABEL, fontsize=14)
    # A fixed salt and no date: the same trace makes the same file.
    with mpl.rc_context({"svg.hashsalt": "evseloop"}):
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, dpi=120, metadata=metadata)


class _Window:
    """A stretch of a trace, in the units of the picture."""

    def __init__(self, trace: Trace, name: str, from_us: int, to_us: int, scale: float) -> None:
        self._trace = trace
        self._name = name
        self.from_us = from_us
        self.to_us = to_us
        self.width = (to_us - from_us) / scale
        self._scale = scale

    def points(self, signal: str) -> Points:
        """Return a signal as corners to draw straight lines between; empty: never recorded."""
        name = self._name + signal
        start = self._trace.value_at(name, self.from_us)
        inside = [
            (at, value)
            for at, value in self._trace.edges(name, after_us=self.from_us)
            if at <= self.to_us
        ]
        if start is None and not inside:
            return []
        corners = [] if start is None else [(self.from_us, start)]
        for at, value in inside:
            if corners and holds(name):
                corners.append((at, corners[-1][1]))
            corners.append((at, value))
        end = self._trace.value_at(name, self.to_us)
        corners.append((self.to_us, corners[-1][1] if end is None else end))
        return [((at - self.from_us) / self._scale, value) for at, value in corners]


def _at(points: Points, time: float) -> float:
    """Return the value of corners at a time, the last where several share it."""
    value = points[0][1]
    for at, corner in points:
        if at > time:
            break
        value = corner
    return value


def _draw_pilot(axes: Any, window: _Window) -> None:
    axes.set_ylim(-14, 16)
    axes.set_yticks([volts for volts, _ in LEVELS])
    axes.set_ylabel("control pilot / V", color=LABEL)
    states = axes.secondary_yaxis("right")
    states.set_yticks([volts for volts, _ in LEVELS], [letter for _, letter in LEVELS])
    states.set_ylabel("vehicle state", color=LABEL)
    states.tick_params(colors=PILOT, labelsize=12, length=0)
    states.spines["right"].set_visible(False)
    high, low = window.points("pilot_high_mv"), window.points("pilot_low_mv")
    mode, duty = window.points("pilot_mode"), window.points("pilot_duty_ppm")
    if not (high and low and mode):
        return
    times = sorted({at for points in (high, low, mode) for at, _ in points})
    last: float | None = None
    before: PilotMode | None = None
    for start, end in pairwise(times):
        now = PilotMode(int(_at(mode, start)))
        upper, lower = _at(high, start) / 1000, _at(low, start) / 1000
        if now is PilotMode.PWM:
            axes.fill_between((start, end), lower, upper, color=PILOT, alpha=0.22, lw=0)
            axes.plot((start, end), (lower, lower), color=PILOT, lw=1.8)
            if duty and end - start > NARROW * window.width:
                text = f"PWM, duty\n{_at(duty, start) / 10_000:.1f} %"
                middle = ((start + end) / 2, -3)
                axes.text(*middle, text, color=PILOT, ha="center", va="center", fontsize=10)
            level = upper
        else:
            level = upper if now is PilotMode.STEADY_POSITIVE else lower
        if last is not None:
            # The edge, down to the lower plateau where a PWM begins.
            foot = lower if now is PilotMode.PWM and before is not now else level
            axes.plot((start, start), (min(last, foot), max(last, level)), color=PILOT, lw=1.0)
        axes.plot((start, end), (level, level), color=PILOT, lw=2.2)
        last, before = level, now


def _draw_currents(axes: Any, window: _Window) -> None:
    axes.set_ylabel("current / A", color=LABEL)
    top = 1.0
    for line, color, width in LINES:
        points = window.points(f"current_{line}_a")
        if points:
            top = max(top, *(value for _, value in points))
            axes.plot(*zip(*points, strict=True), color=color, lw=width, label=line.upper())
    axes.set_ylim(-0.06 * top, 1.2 * top)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="upper left", ncols=3, labelcolor=LABEL, facecolor=SCREEN, edgecolor=GRATICULE
        )


def _draw_lanes(axes: Any, window: _Window) -> None:
    shown = [lane for lane in LANES if window.points(lane[0])]
    for index, (signal, _, color) in enumerate(reversed(shown)):
        times, values = zip(*window.points(signal), strict=True)
        heights = [index + 0.62 * value for value in values]
        axes.fill_between(times, index, heights, color=color, alpha=0.35, lw=0)
        axes.plot(times, heights, color=color, lw=1.4)
    names = [text for _, text, _ in reversed(shown)]
    axes.set_yticks([index + 0.3 for index in range(len(shown))], names, fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(-0.25, max(1, len(shown)))


def _dress(axes: Any) -> None:
    axes.set_facecolor(SCREEN)
    axes.set_axisbelow(True)
    axes.grid(color=GRATICULE, linewidth=0.7)
    axes.tick_params(colors=LABEL)
    for spine in axes.spines.values():
        spine.set_color(GRATICULE)
