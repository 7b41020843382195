"""A charge under way: the line current of a vehicle, leg by leg, and what its battery makes of it.

Legs follow one another: a ramp to what is allowed, a steady current while the
battery takes it, the taper at its voltage limit, nothing. Each leg's end is
known when it begins, so there is one event per leg.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, inf, log, sqrt
from typing import Protocol

from twin.clock import Clock, Handle
from twin.electrics.load import NO_CURRENT, Constant, Leg, Ramp
from twin.vehicle.battery import Battery, taper_charge_c
from twin.vehicle.onboard_charger import Inlet, OnboardCharger, Taper

GAUSS_5 = (
    (0.04691007703066802, 0.11846344252809454),
    (0.23076534494715845, 0.23931433524968324),
    (0.5, 0.28444444444444444),
    (0.7692346550528415, 0.23931433524968324),
    (0.9530899229693319, 0.11846344252809454),
)
"""Nodes and weights of the five-point Gauss-Legendre rule on 0…1."""
SAME_CURRENT_A = 1e-6
"""Currents nearer than this are the same."""
FULL_C = 1e-6
"""A charge this near its target has reached it, coulombs."""


class Port(Protocol):
    """The EVSE's side of the plug, as far as a vehicle acts on it."""

    clock: Clock

    def branch_changed(self) -> None:
        """Take over the vehicle's pilot resistors as they are now."""
        ...

    def draw(self, leg: Leg) -> None:
        """Take over the current of the loaded lines, from now on."""
        ...


class Charge:
    """Line current, battery charge and energies of one vehicle.

    Args:
        charger: its on-board charger.
        battery: its battery.
        charge_c: what is in it, coulombs.
        target_c: where charging ends by itself, coulombs.
        ramp_a_per_s: how fast the line current rises.

    Attributes:
        over: who is told that the current has come to nothing.
        full: who is told that the battery is full or the target reached.
        short_a: a fault draws this per line instead of charging; 0: none.
    """

    def __init__(
        self,
        charger: OnboardCharger,
        battery: Battery,
        charge_c: float,
        target_c: float,
        ramp_a_per_s: float,
    ) -> None:
        self.charger = charger
        self.battery = battery
        self.target_c = target_c
        self.ramp_a_per_s = ramp_a_per_s
        self.over: Callable[[], object] = _nobody
        self.full: Callable[[], object] = _nobody
        self.short_a = 0.0
        self._charge_c = charge_c
        self._inlet_ws = 0.0
        self._battery_ws = 0.0
        self._port: Port | None = None
        self._inlet = Inlet(0.0, 0.0)
        self._lines = 0
        self._goal_a = 0.0
        self._ramp_down = inf
        self._leg: Leg = NO_CURRENT
        self._start_us = 0
        self._battery_w = 0.0
        self._taper_a = 0.0
        self._timer: Handle | None = None

    # --- plug ---

    def attach(self, port: Port) -> None:
        """Be connected to an EVSE; no line carries voltage yet."""
        self._port = port
        self._start_us = port.clock.now_us

    def detach(self) -> None:
        """Be disconnected."""
        self._settle()
        self._drop_timer()
        self._port, self._leg, self._lines, self._goal_a = None, NO_CURRENT, 0, 0.0
        self._inlet = Inlet(0.0, 0.0)

    @property
    def live(self) -> bool:
        """True while the inlet has voltage on a line that is used."""
        return self._lines > 0

    def set_inlet(self, sum_v: float, lines: int, line_ohm: float, loop_ohm: float) -> None:
        """Take new conditions at the power contacts over; without voltage the current is gone.

        Args:
            sum_v: open voltages of the used lines, added up.
            lines: how many these are.
            line_ohm: resistance of the supply line of each.
            loop_ohm: resistance of each line's way through contactor, cable and plug.
        """
        present_a = self._settle()
        power_factor = self.charger.power_factor
        self._lines = lines
        self._inlet = Inlet(
            power_factor * sum_v,
            lines * (power_factor * power_factor * line_ohm + loop_ohm),
        )
        self._head(present_a)

    def head_for(self, goal_a: float, ramp_down_a_per_s: float) -> None:
        """Go to a line current, as far as the battery takes it; falling so fast if falling."""
        self._goal_a = goal_a
        self._ramp_down = ramp_down_a_per_s
        self._head(self._settle())

    # --- now ---

    def _elapsed_s(self) -> float:
        if self._port is None:
            return 0.0
        return (self._port.clock.now_us - self._start_us) * 1e-6

    def current_a(self) -> float:
        """Return the current of each used line now, A."""
        return self._leg.current(self._elapsed_s())

    def totals(self) -> tuple[float, float, float]:
        """Return charge in C, energy at the inlet and energy into the battery in Ws, now."""
        return self._advanced(self._elapsed_s())

    def _advanced(self, t_s: float) -> tuple[float, float, float]:
        """Return charge, inlet energy and battery energy at a time into this leg."""
        leg, charge_c = self._leg, self._charge_c
        if t_s <= 0 or leg is NO_CURRENT:
            return charge_c, self._inlet_ws, self._battery_ws
        first, second = leg.integrals(0.0, t_s)
        inlet_ws = self._inlet_ws + self._inlet.a * first - self._inlet.b * second
        if type(leg) is Constant:
            return (
                self.battery.charge_after(charge_c, t_s, self._battery_w),
                inlet_ws,
                self._battery_ws + self._battery_w * t_s,
            )
        if type(leg) is Taper:
            added_c = taper_charge_c(self._taper_a, leg.tau_s, t_s)
            return (
                charge_c + added_c,
                inlet_ws,
                self._battery_ws + self.battery.max_v * added_c,
            )
        return self._ramped(t_s, inlet_ws)

    def _ramped(self, t_s: float, inlet_ws: float) -> tuple[float, float, float]:
        """Return the totals after a ramp.

        Five Gauss points on the battery power; the open-circuit voltage is
        that of the middle of the ramp, found in a second pass: a ramp takes
        seconds, so the error is below a millionth of its charge.
        """
        current, inlet, battery = self._leg.current, self._inlet, self.battery
        battery_w, a, b = self.charger.battery_w, inlet.a, inlet.b
        ohm = 4 * battery.resistance_ohm
        weighted = []
        for node, weight in GAUSS_5:
            line_a = current(node * t_s)
            weighted.append((weight, battery_w((a - b * line_a) * line_a)))
        added_c = 0.0
        for _ in range(2):
            u = battery.open_v(self._charge_c + added_c / 2)
            mean_a = 0.0
            for weight, power in weighted:
                mean_a += weight * 2 * power / (u + sqrt(u * u + ohm * power))
            added_c = t_s * mean_a
        added_ws = 0.0
        for weight, power in weighted:
            added_ws += t_s * weight * power
        return self._charge_c + added_c, inlet_ws, self._battery_ws + added_ws

    def _settle(self) -> float:
        """Bring the totals up to now; return the current that flows now."""
        if self._leg is NO_CURRENT and self._port is not None:
            self._start_us = self._port.clock.now_us
            return 0.0
        t_s = self._elapsed_s()
        self._charge_c, self._inlet_ws, self._battery_ws = self._advanced(t_s)
        present_a = self._leg.current(t_s)
        self._start_us = self._port.clock.now_us if self._port is not None else 0
        return present_a

    # --- legs; each begins settled ---

    def _begin(self, leg: Leg, battery_w: float = 0.0) -> None:
        self._drop_timer()
        self._leg = leg
        self._battery_w = battery_w
        if self._port is not None:
            self._port.draw(leg)

    def _drop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _then(self, seconds: float, action: Callable[[], object]) -> None:
        if seconds < inf and self._port is not None:
            self._timer = self._port.clock.after(max(1, ceil(seconds * 1e6 - 1e-3)), action)

    def _head(self, present_a: float) -> None:
        if not self._lines:
            self._stand_still()
            return
        if self.short_a:
            self._begin(Constant(self.short_a))
            return
        limit_a = self._battery_limit_a()
        goal_a = min(self._goal_a, limit_a)
        change_a = goal_a - present_a
        if abs(change_a) <= SAME_CURRENT_A or limit_a < present_a <= self._goal_a:
            self._hold(goal_a)
        else:
            slope = self.ramp_a_per_s if change_a > 0 else -self._ramp_down
            ends_s = 1e-6 * ceil(1e6 * change_a / slope)
            self._begin(Ramp(present_a, slope, ends_s))
            self._then(ends_s, lambda: self._arrive(goal_a))

    def _battery_limit_a(self) -> float:
        """Return the line current at which the battery reaches its voltage limit."""
        power_w = self.battery.power_limit_w(self._charge_c)
        return self._inlet.current_a(self.charger.line_w(power_w)) if power_w else 0.0

    def _arrive(self, goal_a: float) -> None:
        self._settle()
        self._hold(min(goal_a, self._battery_limit_a()))

    def _hold(self, current_a: float) -> None:
        if current_a <= SAME_CURRENT_A:
            if self._goal_a > 0:
                self._finish()
            else:
                self._stand_still()
            return
        power_w = self.charger.battery_w(self._inlet.power_w(current_a))
        taper_c = self.battery.taper_charge(power_w)
        if self._charge_c >= self.target_c - FULL_C:
            self._finish()
        elif self._charge_c >= taper_c - FULL_C:
            self._taper()
        else:
            self._begin(Constant(current_a), power_w)
            end_c = min(taper_c, self.target_c)
            self._then(
                self.battery.seconds_at_power(self._charge_c, end_c, power_w), self._end_of_leg
            )

    def _end_of_leg(self) -> None:
        self._settle()
        if self._charge_c >= self.target_c - FULL_C:
            self._finish()
        else:
            self._taper()

    def _taper(self) -> None:
        battery = self.battery
        now_a, tau_s, holds_s = battery.taper_piece(self._charge_c)
        if now_a <= battery.cutoff_a:
            self._finish()
            return
        ends_s = min(holds_s, tau_s * log(now_a / battery.cutoff_a))
        missing = (self.target_c - self._charge_c) / (now_a * tau_s)
        if missing < 1:
            ends_s = min(ends_s, -tau_s * log(1 - missing))
        self._taper_a = now_a
        self._begin(Taper(self.charger, self._inlet, battery.max_v, now_a, tau_s, ends_s))
        self._then(ends_s, self._end_of_leg)

    def _stand_still(self) -> None:
        self._begin(NO_CURRENT)
        self.over()

    def _finish(self) -> None:
        self._begin(NO_CURRENT)
        self.full()


def _nobody() -> None:
    """Nobody is told."""
