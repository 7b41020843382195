"""A vehicle at the plug: reads the pilot, works S2, asks its charger for current."""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import Any

from twin.clock import Handle
from twin.tolerances import Draw, Tolerance
from twin.vehicle import catalogue
from twin.vehicle.battery import Battery
from twin.vehicle.charge import Charge, Port
from twin.vehicle.onboard_charger import OnboardCharger
from twin.vehicle.pilot_reading import PilotView, allowed_current_a

PILOT_LOST_S = 0.1
"""Without any pilot a vehicle stops at once: faster than on a regular stop."""
PILOT_LOST_RAMP = 200.0
"""And its current falls this fast then, A/s."""

View = tuple[PilotView, float]
"""What the pilot shows, and its duty in per cent (0 unless PWM)."""
NO_PILOT: View = (PilotView.NONE, 0.0)


class Vehicle:
    """A vehicle of a catalogue model with a battery at some state of charge.

    It knows nothing of letters or commands: it sees the pilot voltage and its
    duty at its own inlet and the voltage at its power contacts, as a real one.

    Args:
        model: name in the catalogue, e.g. `byd-atto-3`; see `twin.vehicle.catalogue.names()`.
        soc_percent: state of charge, 0…100.
        target_percent: where it stops by itself; 100: at the cut-off of the taper.
        tolerance: how its pilot resistors, diode and capacitance are drawn from their bands.
        seed: decides what is drawn.
        overrides: fields of the catalogue entry to change, e.g. `power_factor=0.8`,
            `phases=1`, `resistance_b_ohm=1870`. Pilot parts given here are never drawn.

    Attributes:
        model: the catalogue entry in force.
        battery: its battery.
        s2_closed: it asks for energy (state C or D).
        asleep: no reaction to a PWM until woken by state F.
        full: it has stopped by itself.
        paused: its own app told it not to charge.
        over_factor: fault: what it draws over what it is allowed.
        stays_in_c: fault: keeps S2 closed and the current flowing whatever the pilot says.
        follow_delay_s: fault: reaction to a new duty instead of the model's; None: the model's.

    Raises:
        ValueError: no such model or field, or a value that a vehicle cannot have.
    """

    def __init__(
        self,
        model: str = "byd-atto-3",
        *,
        soc_percent: float = 40.0,
        target_percent: float = 100.0,
        tolerance: Tolerance = "nominal",
        seed: int = 0,
        **overrides: Any,
    ) -> None:
        if not 0 <= soc_percent <= 100:
            raise ValueError(f"soc_percent is {soc_percent}: it has to be in 0…100")
        if not 0 < target_percent <= 100:
            raise ValueError(f"target_percent is {target_percent}: it has to be in 0…100")
        if tolerance != "nominal":
            overrides = _drawn_parts(model, tolerance, seed) | overrides
        self.model = entry = catalogue.model(model, **overrides)
        self.battery = _battery(
            entry.chemistry, entry.series, entry.capacity_ah, entry.cutoff_c_rate
        )
        rated_w = 230.0 * entry.phases * entry.max_a * entry.power_factor
        capacity_c = self.battery.capacity_c
        self._charge = Charge(
            OnboardCharger(rated_w, entry.efficiency, entry.idle_w, entry.power_factor),
            self.battery,
            capacity_c * soc_percent / 100,
            capacity_c * target_percent / 100,
            entry.ramp_a_per_s,
        )
        self._charge.over = self._current_is_over
        self._charge.full = self._battery_is_full
        self.s2_closed = False
        self.asleep = False
        self.full = False
        self.paused = False
        self.over_factor = 1.0
        self.stays_in_c = False
        self.follow_delay_s: float | None = None
        self._wants_d = False
        self._port: Port | None = None
        self._cable_a = inf
        self._view = self._applied = NO_PILOT
        self._goal_a = 0.0
        self._running = False
        self._bcb = False
        self._react_timer: Handle | None = None
        self._start_timer: Handle | None = None
        self._sleep_timer: Handle | None = None

    # --- what people and instruments see ---

    @property
    def soc_percent(self) -> float:
        """State of charge now."""
        return 100.0 * self._charge.totals()[0] / self.battery.capacity_c

    @property
    def charge_c(self) -> float:
        """Charge in the battery now, coulombs."""
        return self._charge.totals()[0]

    @property
    def energy_wh(self) -> float:
        """Energy taken at the inlet since the vehicle was made, Wh."""
        return self._charge.totals()[1] / 3600

    @property
    def battery_wh(self) -> float:
        """Energy that went into the battery's terminals since the vehicle was made, Wh."""
        return self._charge.totals()[2] / 3600

    @property
    def allowed_a(self) -> float:
        """The current that it reads from the pilot now, A; before any reaction delay."""
        view, duty_percent = self._view
        return allowed_current_a(duty_percent) if view is PilotView.PWM else 0.0

    @property
    def current_a(self) -> float:
        """The current that it draws now from each line it uses, A."""
        return self._charge.current_a()

    @property
    def short_a(self) -> float:
        """Fault: current per line that flows instead of charging; 0: none."""
        return self._charge.short_a

    @short_a.setter
    def short_a(self, current_a: float) -> None:
        self._charge.short_a = current_a
        self.think_again()

    # --- what its driver does ---

    def pause(self) -> None:
        """Stop drawing and open S2, as from the vehicle's own app."""
        self.paused = True
        self.think_again()

    def resume(self) -> None:
        """Ask for energy again, also after having been full."""
        self.paused = self.full = False
        self.think_again()

    def fall_asleep(self) -> None:
        """Sleep: no reaction to a PWM until woken by state F or `wake_up`."""
        self.asleep = True
        self.think_again()

    def wake_up(self) -> None:
        """Be awake again."""
        self.asleep = False
        self.think_again()

    def request_ventilation(self, wanted: bool = True) -> None:
        """Ask for energy with state D instead of C."""
        self._wants_d = wanted
        if self.s2_closed:
            self._tell_branch()

    def toggle_bcb(self, duration_us: int = 300_000) -> None:
        """Close S2 for a moment to wake the charger (IEC 61851-1 Table A.6 sequence 11).

        It lasts 200…400 ms, as in ISO 15118-3.

        Raises:
            ValueError: not plugged in, without S2, or S2 is closed already.
        """
        if self._port is None or self.s2_closed or self.model.pilot != "full":
            raise ValueError("a BCB toggle needs a plugged vehicle with S2 open")
        self._bcb = True
        self._switch_s2(True)
        self._port.clock.after(duration_us, self._end_bcb)

    def _end_bcb(self) -> None:
        self._bcb = False
        self.think_again()

    # --- what the EVSE's side tells it ---

    def branch_ohm(self, wrong: tuple[float, float] | None = None) -> float | None:
        """Return the resistance behind the diode now; None: no pilot at all.

        Args:
            wrong: fault: R2 and R3 in place of its own.
        """
        entry = self.model
        if entry.pilot == "none":
            return None
        b_ohm, c_ohm = wrong or (entry.resistance_b_ohm, entry.resistance_c_ohm)
        if not self.s2_closed:
            return b_ohm
        added_ohm = entry.resistance_d_ohm if self._wants_d else c_ohm
        return b_ohm * added_ohm / (b_ohm + added_ohm)

    def plugged_in(self, port: Port, cable_a: float) -> None:
        """Be plugged in, at a cable of some rating.

        Raises:
            ValueError: it is plugged in elsewhere.
        """
        if self._port is not None:
            raise ValueError(f"this {self.model.name} is plugged in elsewhere")
        self._port = port
        self._cable_a = cable_a
        self.s2_closed = self.model.pilot == "simplified"
        self._charge.attach(port)
        self.think_again()

    def unplugged(self) -> None:
        """Be pulled out, power contacts and all."""
        self._charge.detach()
        self._cancel_start()
        for timer in (self._react_timer, self._sleep_timer):
            if timer is not None:
                timer.cancel()
        self._react_timer = self._sleep_timer = self._port = None
        self._view = self._applied = NO_PILOT
        self.s2_closed = self._bcb = self._running = False
        self._goal_a = 0.0

    def see_pilot(self, view: PilotView, duty_percent: float = 0.0) -> None:
        """See the pilot change at the inlet."""
        self._view = seen = (view, duty_percent)
        if seen == self._applied:
            self._cancel_reaction()
        elif self._react_timer is None and self._port is not None:
            delay_us = round(1e6 * self._reaction_s(view))
            self._react_timer = self._port.clock.after(delay_us, self._react)

    def see_supply(self, sum_v: float, lines: int, line_ohm: float, loop_ohm: float) -> None:
        """See the power contacts change; arguments as `Charge.set_inlet`."""
        was_live = self._charge.live
        self._charge.set_inlet(sum_v, lines, line_ohm, loop_ohm)
        if (lines > 0) != was_live:
            if not lines:
                self._running = False
                self._cancel_start()
            self.think_again()

    # --- deciding ---

    def _reaction_s(self, view: PilotView) -> float:
        entry = self.model
        if view is PilotView.PWM:
            if not self.s2_closed:
                return entry.s2_delay_s
            return entry.reaction_delay_s if self.follow_delay_s is None else self.follow_delay_s
        if view is PilotView.STEADY:
            return entry.stop_delay_s
        return min(PILOT_LOST_S, entry.stop_delay_s)

    def _react(self) -> None:
        self._react_timer = None
        self._applied = self._view
        if self._view[0] is PilotView.NEGATIVE:
            self.asleep = False
        self.think_again()

    def _cancel_reaction(self) -> None:
        if self._react_timer is not None:
            self._react_timer.cancel()
            self._react_timer = None

    def _cancel_start(self) -> None:
        if self._start_timer is not None:
            self._start_timer.cancel()
            self._start_timer = None

    def think_again(self) -> None:
        """Set S2 and head for the current that everything allows, after anything has changed."""
        if self._port is None:
            return
        wants = not (self.paused or self.full or self.asleep)
        if self.model.pilot != "full":
            self._goal_a = min(self.model.max_a, self._cable_a) if wants else 0.0
        elif not (self.stays_in_c and self.s2_closed):
            goal_a = self._offered_a() if wants else 0.0
            if goal_a and not self.s2_closed:
                self._switch_s2(True)
                # The duty at the inlet moves a little with S2.
                goal_a = self._offered_a()
            self._goal_a = goal_a * self.over_factor
        self._go()
        self._watch_sleep()

    def _offered_a(self) -> float:
        """Return the current to draw at the pilot as it was last taken in; 0: do not ask."""
        view, duty_percent = self._applied
        allowed_a = allowed_current_a(duty_percent) if view is PilotView.PWM else 0.0
        if allowed_a < self.model.minimum_current_a:
            return 0.0
        return min(allowed_a, self.model.max_a, self._cable_a)

    def _go(self) -> None:
        if self._goal_a and self._charge.live and not self._running:
            if self._start_timer is None and self._port is not None:
                delay_us = round(1e6 * self.model.start_delay_s)
                self._start_timer = self._port.clock.after(delay_us, self._start)
        else:
            if not self._goal_a:
                self._running = False
                self._cancel_start()
            lost = self._applied[0] in (PilotView.NONE, PilotView.NEGATIVE)
            ramp_down = self.model.ramp_down_a_per_s
            self._charge.head_for(
                self._goal_a if self._running else 0.0,
                max(ramp_down, PILOT_LOST_RAMP) if lost else ramp_down,
            )

    def _start(self) -> None:
        self._start_timer = None
        self._running = True
        self._go()

    def _current_is_over(self) -> None:
        if self.s2_closed and not self._goal_a and not self._bcb and self.model.pilot == "full":
            self._switch_s2(False)

    def _battery_is_full(self) -> None:
        self.full = True
        self._goal_a = 0.0
        self._running = False
        self._current_is_over()

    def _switch_s2(self, closed: bool) -> None:
        self.s2_closed = closed
        self._tell_branch()

    def _tell_branch(self) -> None:
        if self._port is not None:
            self._port.branch_changed()
            # Its own doing: no reaction time to the little that this moves the duty.
            self._cancel_reaction()
            self._applied = self._view

    def _watch_sleep(self) -> None:
        sleeps_after_s = self.model.sleeps_after_s
        idle = not self.s2_closed and self._applied[0] is not PilotView.PWM and not self.asleep
        if not (sleeps_after_s and idle):
            if self._sleep_timer is not None:
                self._sleep_timer.cancel()
                self._sleep_timer = None
        elif self._sleep_timer is None and self._port is not None:
            self._sleep_timer = self._port.clock.after(
                round(1e6 * sleeps_after_s), self._sleep_has_come
            )

    def _sleep_has_come(self) -> None:
        self._sleep_timer = None
        self.fall_asleep()


@lru_cache(maxsize=256)
def _battery(chemistry: str, series: int, capacity_ah: float, cutoff_c_rate: float) -> Battery:
    """Return a battery of so many cells in series; what is in it is the vehicle's to know."""
    cells = catalogue.chemistry(chemistry)
    return Battery(
        capacity_ah,
        [(share, volts * series) for share, volts in cells.curve],
        series * cells.resistance_ohm_ah / capacity_ah,
        series * cells.max_v,
        capacity_ah * cutoff_c_rate,
    )


def _drawn_parts(model: str, tolerance: Tolerance, seed: int) -> dict[str, float]:
    """Return the parts of a vehicle's pilot circuit, drawn from their bands."""
    entry = catalogue.model(model)
    if entry.precise:
        return {}
    draw = Draw(tolerance, seed, "vehicle")
    parts = {
        name: draw.value(nominal, 0.97 * nominal, 1.03 * nominal)
        for name, nominal in (
            ("resistance_b_ohm", entry.resistance_b_ohm),
            ("resistance_c_ohm", entry.resistance_c_ohm),
            ("resistance_d_ohm", entry.resistance_d_ohm),
        )
    }
    parts["diode_drop_v"] = draw.value(entry.diode_drop_v, 0.55, 0.85)
    parts["pilot_capacitance_pf"] = draw.value(entry.pilot_capacitance_pf, 0.0, 2400.0)
    return parts
