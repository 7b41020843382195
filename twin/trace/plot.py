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

SCREEN, GRATICULE, LABEL = "#0b1410", "#2b4a3b", "#cfe3d8"
PHOSPHOR = ("#f5d94b", "#4bc0f5", "#f0609e", "#7bf07b")
LANES = (
    ("coil_main", "coil"),
    ("pole_l1", "pole L1"),
    ("pole_l2", "pole L2"),
    ("pole_l3", "pole L3"),
    ("mirror_main_open", "mirror open"),
    ("residual_test", "RCM test"),
    ("residual_trip", "RCM trip"),
    ("s2", "S2"),
)
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
    figure = Figure(figsize=(11, 7), facecolor=SCREEN, layout="constrained")
    pilot, power, lanes = figure.subplots(3, 1, sharex=True, height_ratios=(4, 3, 3))
    scale, unit = (1e6, "s") if to_us - from_us > 2_000_000 else (1e3, "ms")
    window = _Window(trace, name, from_us, to_us, scale)
    _draw_pilot(pilot, window)
    _draw_currents(power, window)
    _draw_lanes(lanes, window)
    for axes in (pilot, power, lanes):
        _dress(axes)
        for time_us, caption in marks:
            at = (time_us - from_us) / scale
            axes.axvline(at, color=LABEL, linestyle="--", linewidth=0.8)
            if axes is pilot:
                axes.annotate(caption, (at, 13.2), color=LABEL, fontsize=8, ha="left")
    lanes.set_xlim(0, (to_us - from_us) / scale)
    lanes.set_xlabel(f"{unit} from {from_us / 1e6:.6f} s", color=LABEL)
    if title:
        figure.suptitle(title, color=LABEL)
    # A fixed salt and no date: the same trace makes the same file.
    with mpl.rc_context({"svg.hashsalt": "evseloop"}):
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, dpi=110, metadata=metadata)


class _Window:
    """A stretch of a trace, in the units of the picture."""

    def __init__(self, trace: Trace, name: str, from_us: int, to_us: int, scale: float) -> None:
        self._trace = trace
        self._name = name
        self.from_us = from_us
        self.to_us = to_us
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
    high, low = window.points("pilot_high_mv"), window.points("pilot_low_mv")
    mode = window.points("pilot_mode")
    axes.set_ylim(-14, 14)
    axes.set_ylabel("pilot V", color=LABEL)
    if not (high and low and mode):
        return
    times = sorted({at for points in (high, low, mode) for at, _ in points})
    for start, end in pairwise(times):
        now = PilotMode(int(_at(mode, start)))
        upper, lower = _at(high, start) / 1000, _at(low, start) / 1000
        if now is PilotMode.PWM:
            axes.fill_between((start, end), lower, upper, color=PHOSPHOR[0], alpha=0.28, lw=0)
            axes.plot((start, end), (upper, upper), color=PHOSPHOR[0], lw=1.6)
            axes.plot((start, end), (lower, lower), color=PHOSPHOR[0], lw=1.6)
        else:
            level = upper if now is PilotMode.STEADY_POSITIVE else lower
            axes.plot((start, end), (level, level), color=PHOSPHOR[0], lw=1.8)


def _draw_currents(axes: Any, window: _Window) -> None:
    axes.set_ylabel("current A", color=LABEL)
    top = 1.0
    for index, line in enumerate(("l1", "l2", "l3")):
        points = window.points(f"current_{line}_a")
        if points:
            top = max(top, *(value for _, value in points))
            axes.plot(
                *zip(*points, strict=True),
                color=PHOSPHOR[1 + index],
                lw=1.6 - 0.4 * index,
                label=line.upper(),
                linestyle=("-", "--", ":")[index],
            )
    axes.set_ylim(-0.05 * top, 1.15 * top)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", fontsize=8, labelcolor=LABEL, facecolor=SCREEN)


def _draw_lanes(axes: Any, window: _Window) -> None:
    shown = [(signal, text) for signal, text in LANES if window.points(signal)]
    for index, (signal, _) in enumerate(reversed(shown)):
        points = [(at, index + 0.7 * value) for at, value in window.points(signal)]
        axes.plot(*zip(*points, strict=True), color=PHOSPHOR[3], lw=1.4)
    axes.set_yticks([index + 0.35 for index in range(len(shown))])
    axes.set_yticklabels([text for _, text in reversed(shown)], fontsize=8)
    axes.set_ylim(-0.3, max(1, len(shown)))


def _dress(axes: Any) -> None:
    axes.set_facecolor(SCREEN)
    axes.grid(color=GRATICULE, linewidth=0.6)
    axes.tick_params(colors=LABEL)
    for spine in axes.spines.values():
        spine.set_color(GRATICULE)
