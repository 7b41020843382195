"""The plant: one EVSE with its circuits, the vehicle at it, and the controller that drives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.clock import Clock, Handle
from twin.electrics import proximity
from twin.evse_config import Cable, EvseConfig
from twin.plant.breaking import Breaking
from twin.plant.instruments import Instruments
from twin.plant.powering import Powering
from twin.plant.wiring import Button, ReportCallback
from twin.process import Controller, Memory, Report
from twin.trace import Trace
from twin.vehicle import Vehicle

PARTING_US = 150_000
"""Pulling a plug: from the pilot's parting to the power contacts' (the pilot parts first)."""


class ConnectorLockedError(Exception):
    """The plug cannot be pulled: the connector lock is home."""


class Evse(Instruments, Powering, Breaking):
    """One EVSE in virtual time.

    The controller is stepped exactly as `twin.process` says: ticks at
    phase + 1000 k us, inputs sampled at the tick, outputs in force `exec_us`
    later, a PWM change at the next PWM period. Ticks at which nothing can
    happen are left out, unless `every_tick` asks for them. The `Inputs` handed
    to a step are one object, filled anew for each.

    Args:
        clock: the clock that all EVSEs of a run share.
        config: facts of this EVSE.
        controller: what drives it.
        trace: records signals by name; None records nothing and costs nothing.
        every_tick: step the controller at every tick (slow; same behaviour).
        name: prefix of this EVSE's signals in the trace, e.g. `evse2.`; empty for one EVSE.
        memory: what the controller's non-volatile memory holds at first.
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
        memory: Memory | None = None,
    ) -> None:
        super().__init__(clock, config, controller, trace, every_tick, name, memory)
        self._leaving: Vehicle | None = None
        self._faults = {}
        self._buttons: dict[str, Handle] = {}
        self._on_tag: list[Callable[[str], object]] = []
        self._on_press: list[Callable[[Button], object]] = []

    # --- people and things around the charger ---

    def plug_in(self, vehicle: Vehicle, cable: Cable | None = None) -> None:
        """Plug a vehicle in; `cable` for kind socket (default: one of the socket's rating).

        Raises:
            ValueError: something is plugged in already, a cable was given to an EVSE that
                has its own, or a vehicle that needs a pilot was brought to a plain socket.
        """
        config = self.config
        if self.vehicle is not None or self._leaving is not None:
            raise ValueError("a plug is in already: unplug it first")
        if self._cable is not None:
            if cable is not None:
                raise ValueError("a cable is in the socket already: take it out first")
            cable = self._cable
        elif cable is not None and config.kind != "socket":
            raise ValueError(f"a {config.kind} EVSE takes no cable of the driver's")
        if config.kind == "plain" and vehicle.model.pilot == "full":
            raise ValueError(
                f"a {vehicle.model.name} needs a control pilot, and a plain socket has none"
            )
        if cable is None:
            cable = config.cable if config.kind != "socket" else self._usual_cable()
        vehicle.plugged_in(self, float(cable.rating_a))
        self.vehicle, self._cable = vehicle, cable
        circuit = self.pilot.circuit
        circuit.cable_pf = cable.capacitance_pf
        circuit.vehicle_pf = vehicle.model.pilot_capacitance_pf
        circuit.diode_v = vehicle.model.diode_drop_v
        self.pilot.vehicle = vehicle
        self.recorder.record("plugged", 1)
        self._meet(vehicle)
        lines = min(vehicle.model.phases, cable.phases)
        self.path.connect(vehicle, lines, cable.resistance_ohm)
        self.branch_changed()
        self.proximity_changed()

    def _usual_cable(self) -> Cable:
        """Return the cable that suits the socket's rating."""
        ratings = sorted(proximity.RESISTANCE_OHM)
        suits = [rating for rating in ratings if rating >= self.config.rating_a]
        return Cable(rating_a=suits[0] if suits else ratings[-1], phases=self.config.phases)

    def unplug(self, *, by_force: bool = False, at_vehicle: bool = False) -> Vehicle:
        """Pull the plug, under load or not: the pilot parts first, the power contacts after it.

        Args:
            by_force: against the connector lock of a socket.
            at_vehicle: on an EVSE of kind socket, pull the plug at the vehicle's inlet: the
                cable stays in the socket, locked or not, until `take_cable`.

        Raises:
            ValueError: nothing is plugged in.
            ConnectorLockedError: the lock is home and nobody uses force.
        """
        vehicle = self.vehicle
        if vehicle is None:
            raise ValueError("nothing is plugged in")
        stays = at_vehicle and self.config.kind == "socket"
        if self.lock.home and not by_force and not stays:
            raise ConnectorLockedError("the connector lock is home: unlock it first")
        self.vehicle, self._leaving = None, vehicle
        circuit = self.pilot.circuit
        circuit.branch_ohm = None
        circuit.vehicle_pf = 0.0
        if not stays:
            self._cable = None
            if self.config.kind == "socket":
                circuit.cable_pf = 0.0
        self.recorder.record("plugged", 0)
        self.pilot.refresh()
        self.proximity_changed()
        if any(self.path.live):
            self.clock.after(PARTING_US, self._part)
        else:
            self._part()
        return vehicle

    def _part(self) -> None:
        """Part the power contacts of a plug on its way out."""
        vehicle, self._leaving = self._leaving, None
        self.pilot.vehicle = None
        self.path.disconnect()
        if vehicle is not None:
            vehicle.unplugged()

    def take_cable(self, *, by_force: bool = False) -> None:
        """Take the cable out of the socket, which a plug pulled at the vehicle has left there.

        Raises:
            ValueError: there is none, or a vehicle is at its other end.
            ConnectorLockedError: the lock is home and nobody uses force.
        """
        if self._cable is None or self.vehicle is not None or self._leaving is not None:
            raise ValueError("no cable without a vehicle is in the socket")
        if self.lock.home and not by_force:
            raise ConnectorLockedError("the connector lock is home: unlock it first")
        self._cable = None
        self.pilot.circuit.cable_pf = 0.0
        self.pilot.refresh()
        self.proximity_changed()

    def present_tag(self, tag_id: str) -> None:
        """Hold an RFID tag to the reader; without power nobody reads it.

        Raises:
            ValueError: a tag of no or more than 20 characters.
        """
        if not 1 <= len(tag_id) <= 20:
            raise ValueError(f"tag {tag_id!r}: an id tag has 1 to 20 characters")
        if not self._powered:
            return
        self.inputs.tag_seq += 1
        self.inputs.tag_id = tag_id
        self.pins_changed()
        for callback in self._on_tag:
            callback(tag_id)

    def press(self, button: Button, duration_us: int = 120_000) -> None:
        """Press a push button and let it go after `duration_us`.

        The default is a short press. It is no filter's time: a stop button counts as long as it
        is held, and what comes first, its end or the vehicle's filter, would be luck.
        """
        held = self._buttons.pop(button, None)
        if held is not None:
            held.cancel()
        self._set_button(button, True)
        self._buttons[button] = self.clock.after(
            duration_us, lambda: self._set_button(button, False)
        )
        if self._powered:
            for callback in self._on_press:
                callback(button)

    def _set_button(self, button: Button, pressed: bool) -> None:
        if button == "start":
            self.inputs.button_start = pressed
        else:
            self.inputs.button_stop = pressed
        self.pins_changed()

    # --- the business side ---

    def command(self, **changes: Any) -> None:
        """Change fields of the controller's `Command`, in force from the next tick on.

        Raises:
            ValueError: no such field.
        """
        command = self.controller.command
        for field in changes:
            if not hasattr(command, field):
                raise ValueError(f"a command has no field {field!r}: see twin.process.Command")
        for field, value in changes.items():
            setattr(command, field, value)
        self.ticker.want(self.clock.now_us)

    def report(self) -> Report:
        """Return the controller's report as of its last tick."""
        return self.controller.report()

    def on_report(self, callback: ReportCallback) -> None:
        """Call `callback(now_us, report)` after every tick that changed more than measurements.

        Also after the first tick of every boot.
        """
        self._on_report.append(callback)

    def on_tag(self, callback: Callable[[str], object]) -> None:
        """Call `callback(tag_id)` whenever a tag is read."""
        self._on_tag.append(callback)

    def on_press(self, callback: Callable[[Button], object]) -> None:
        """Call `callback(button)` whenever a push button is pressed while there is power."""
        self._on_press.append(callback)

    def sample(self, callback: ReportCallback) -> None:
        """Have the controller look once more at its next tick, then call `callback` with a report.

        For a meter value at a given instant: at most one tick (1 ms) later.
        Without power, or while it boots, at the first tick after it.
        """
        self._samplers.append(callback)
        self._stale = True
        self.ticker.look()
