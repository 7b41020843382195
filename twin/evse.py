"""The plant: one EVSE with its circuits, the vehicle at it, and the controller that drives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from twin.clock import Clock
from twin.evse_config import Cable, EvseConfig
from twin.link.pins import Inputs, Outputs
from twin.process import Controller, Report
from twin.trace import Trace
from twin.vehicle import Vehicle

Button = Literal["start", "stop"]
Line = Literal["l1", "l2", "l3"]


class ConnectorLockedError(Exception):
    """The plug cannot be pulled: the connector lock is home."""


class Evse:
    """One EVSE in virtual time.

    The controller is stepped exactly as `twin.process` says: ticks at
    phase + 1000 k us, inputs sampled at the tick, outputs in force `exec_us`
    later, a PWM change at the next PWM period. Ticks at which nothing can
    happen are left out, unless `every_tick` asks for them.

    Args:
        clock: the clock that all EVSEs of a run share.
        config: facts of this EVSE.
        controller: what drives it.
        trace: records signals by name; None records nothing and costs nothing.
        every_tick: step the controller at every tick (slow; same behaviour).
        name: prefix of this EVSE's signals in the trace, e.g. `evse2.`; empty for one EVSE.
    """

    def __init__(
        self,
        clock: Clock,
        config: EvseConfig,
        controller: Controller,
        *,
        trace: Trace | None = None,
        every_tick: bool = False,
        name: str = "",
    ) -> None:
        self.clock = clock
        self.config = config
        self.controller = controller
        self.vehicle: Vehicle | None = None
        self.inputs = Inputs()
        self.outputs = Outputs()
        raise NotImplementedError

    # --- people and things around the charger ---

    def plug_in(self, vehicle: Vehicle, cable: Cable | None = None) -> None:
        """Plug a vehicle in; `cable` for kind socket (default: one of the socket's rating).

        Raises:
            ValueError: something is plugged in already, or a tethered EVSE was given a cable.
        """
        raise NotImplementedError

    def unplug(self, *, by_force: bool = False) -> Vehicle:
        """Pull the plug, under load or not: the pilot parts first, the power contacts after it.

        Raises:
            ValueError: nothing is plugged in.
            ConnectorLockedError: the lock is home and nobody uses force.
        """
        raise NotImplementedError

    def present_tag(self, tag_id: str) -> None:
        """Hold an RFID tag to the reader."""
        raise NotImplementedError

    def press(self, button: Button, duration_us: int = 200_000) -> None:
        """Press a push button and let it go after `duration_us`."""
        raise NotImplementedError

    # --- the business side ---

    def command(self, **changes: Any) -> None:
        """Change fields of the controller's `Command`, in force from the next tick on.

        Raises:
            ValueError: no such field.
        """
        raise NotImplementedError

    def report(self) -> Report:
        """Return the controller's report as of its last tick."""
        return self.controller.report()

    def on_report(self, callback: Callable[[int, Report], object]) -> None:
        """Call `callback(now_us, report)` after every tick whose report differs from the last."""
        raise NotImplementedError

    def sample(self, callback: Callable[[int, Report], object]) -> None:
        """Have the controller look once more at its next tick, then call `callback` with a report.

        For a meter value at a given instant: at most one tick (1 ms) later.
        """
        raise NotImplementedError

    # --- power ---

    def cut_power(self) -> None:
        """Take mains and controller supply away; non-volatile memory stays."""
        raise NotImplementedError

    def restore_power(self) -> None:
        """Bring everything back; the controller ticks again after the boot delay."""
        raise NotImplementedError

    def reset_controller(self) -> None:
        """Reset the controller alone: outputs at their reset values during the boot delay."""
        raise NotImplementedError

    # --- faults ---

    def inject(self, name: str, /, **params: Any) -> None:
        """Break something, by name; see `twin.faults.describe()`.

        Raises:
            ValueError: no such fault or parameter, or a value out of its range.
        """
        raise NotImplementedError

    def clear(self, name: str) -> None:
        """Mend a fault that was injected.

        Raises:
            ValueError: that fault is not there.
        """
        raise NotImplementedError

    # --- measuring, as with an instrument on the wires ---

    @property
    def plugged(self) -> bool:
        """True while a plug is in."""
        return self.vehicle is not None

    def pilot_mv(self) -> tuple[int | None, int | None]:
        """Return the settled upper and lower plateau at the plug; None where there is none."""
        raise NotImplementedError

    def pilot_duty_percent(self) -> float | None:
        """Return the duty at the plug, measured at 0 V; None unless there is a PWM."""
        raise NotImplementedError

    def current_a(self, line: Line = "l1") -> float:
        """Return the current through a main pole now, root mean square."""
        raise NotImplementedError

    def voltage_v(self, line: Line = "l1") -> float:
        """Return the voltage to neutral ahead of the contactor now, root mean square."""
        raise NotImplementedError

    def pole_closed(self, line: Literal["n", "l1", "l2", "l3"] = "l1") -> bool:
        """Return whether a main pole conducts (an arc conducts)."""
        raise NotImplementedError

    def energy_wh(self) -> float:
        """Return the true energy that has gone through the meter, Wh."""
        raise NotImplementedError

    def measure(self, signal: str) -> float:
        """Return any signal of `twin.trace.signals` by name, now."""
        raise NotImplementedError
