"""An EVSE measured as with an instrument on its wires."""

from __future__ import annotations

from typing import Literal

from twin.plant.measuring import SIGNALS
from twin.plant.wiring import Wiring

Line = Literal["l1", "l2", "l3"]
Pole = Literal["n", "l1", "l2", "l3"]
LINE_INDEX = {"l1": 0, "l2": 1, "l3": 2}


class Instruments(Wiring):
    """What can be read at an EVSE now."""

    @property
    def plugged(self) -> bool:
        """True while a plug is in."""
        return self.vehicle is not None

    def pilot_mv(self) -> tuple[int | None, int | None]:
        """Return the settled upper and lower plateau at the plug; None where there is none."""
        return self.pilot.plateaus_mv()

    def pilot_duty_percent(self) -> float | None:
        """Return the duty at the plug, measured at 0 V; None unless there is a PWM."""
        return self.pilot.duty_percent()

    def pilot_edges_us(self) -> tuple[float, float] | None:
        """Return rise 10…90 % and fall 90…10 % of the PWM at the plug; None without one."""
        edges = self.pilot.edges()
        return None if edges is None else (edges.rise_us, edges.fall_us)

    def pilot_frequency_hz(self) -> float | None:
        """Return the PWM's frequency; None unless there is a PWM."""
        return None if self.pilot.edges() is None else 1e6 / self.pilot.generator.period_us

    def current_a(self, line: Line = "l1") -> float:
        """Return the current through a main pole now, root mean square."""
        return self.path.current_a(LINE_INDEX[line])

    def voltage_v(self, line: Line = "l1") -> float:
        """Return the voltage to neutral ahead of the contactor now, root mean square."""
        return self.path.voltage_v(LINE_INDEX[line])

    def pole_closed(self, pole: Pole = "l1") -> bool:
        """Return whether a main pole conducts now: an arc does, a rebound does not."""
        return self.gear.closed[pole]

    def energy_wh(self) -> float:
        """Return the true energy that has gone through the meter, Wh."""
        return sum(self.path.energy_ws()) / 3600

    def lost_wh(self) -> float:
        """Return the energy lost between the meter and the vehicle's inlet, Wh."""
        return self.path.lost_ws() / 3600

    def measure(self, signal: str) -> float:
        """Return a signal by name, now; see `twin.plant.measuring.SIGNALS`.

        Raises:
            ValueError: no such signal, or it has no value now (such as the lower plateau of a
                steady pilot).
        """
        reader = SIGNALS.get(signal)
        if reader is None:
            raise ValueError(f"no signal {signal!r} to measure: there are {sorted(SIGNALS)}")
        value = reader(self)
        if value is None:
            raise ValueError(f"{signal} has no value now")
        return float(value)
