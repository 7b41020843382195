"""Draws docs/images/charging-start.png, a charging start on the twin: `make docs`.

Another file may be named: `python docs/images/charging_start.py /tmp/start.svg`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from twin.clock import Clock
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.trace import Trace
from twin.trace.plot import plot
from twin.vehicle import Vehicle

PICTURE = Path(__file__).with_name("charging-start.png")
PLUG_US, PERMISSION_US, END_US = 2_000_000, 3_000_000, 12_500_000


def draw(path: Path) -> None:
    """Plug a vehicle in, permit 16 A, and draw what the wires showed."""
    clock, trace = Clock(), Trace()
    evse = Evse(
        clock, EvseConfig(), ReferenceController(ControllerSettings(), Hardware()), trace=trace
    )
    clock.run_until(PLUG_US)
    evse.plug_in(Vehicle("byd-atto-3", soc_percent=40))
    clock.run_until(PERMISSION_US)
    evse.command(permitted=True, limit_a=16)
    clock.run_until(END_US)
    marks = [(PLUG_US, "plugged in"), (PERMISSION_US, "permitted")]
    for signal, caption in (("s2", "vehicle asks"), ("current_l1_a", "vehicle draws")):
        edges = [at for at, _ in trace.edges(signal, after_us=PERMISSION_US)]
        marks.append((edges[0], caption))
    plot(
        trace,
        path,
        from_us=1_500_000,
        to_us=END_US,
        title="A charging start on the twin: BYD Atto 3 at a tethered EVSE, 16 A",
        marks=marks,
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    draw(target)
    sys.stdout.write(f"{target}\n")
