"""What goes wrong at one charger: links and power fail, components break; and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from twin.charge_point import ChargePoint
from twin.clock import Clock
from twin.evse import Evse
from twin.fleet.plan import Breakage, ChargerPlan, Outage


@dataclass(slots=True)
class Tally:
    """What the people of a fleet have done.

    Attributes:
        visits: Vehicles that were plugged in.
        turned_away: Drivers that found their connector taken.
        by_force: Plugs that came out of a connector that would not unlock.
        remote_starts: Sessions asked for by the app.
        faults: Faults that came.
        link_losses, power_cuts: Outages that came.
    """

    visits: int = 0
    turned_away: int = 0
    by_force: int = 0
    remote_starts: int = 0
    faults: int = 0
    link_losses: int = 0
    power_cuts: int = 0


class Trouble:
    """Plays the outages and faults of a plan.

    Attributes:
        powered: The charger has power.
        on_power_cut: Called when it goes.
    """

    def __init__(
        self, charge_point: ChargePoint, evses: Sequence[Evse], clock: Clock, tally: Tally
    ) -> None:
        self._charge_point = charge_point
        self._evses = evses
        self._clock = clock
        self._tally = tally
        self._links_lost = 0
        self._over = False
        self.powered = True
        self.on_power_cut: Callable[[], None] = _nothing

    def start(self, plan: ChargerPlan) -> None:
        """Plan all of it, from now on."""
        for outage in plan.link_losses:
            self._clock.after(outage.begins_us, partial(self._lose_link, outage))
        for outage in plan.power_cuts:
            self._clock.after(outage.begins_us, partial(self._cut_power, outage))
        for breakage in plan.breakages:
            self._clock.after(breakage.begins_us, partial(self._break, breakage))

    def end(self) -> None:
        """Bring power and link back, mend everything; nothing more happens."""
        self._over = True
        self._restore_power()
        if self._links_lost:
            self._links_lost = 0
            self._charge_point.restore_network()
        for evse in self._evses:
            for name in evse.faults:
                self._repair(evse, name)

    def excuses(self) -> bool:
        """Whether the charger cannot be reached just now, for reasons of its own."""
        return self._links_lost > 0 or not self.powered

    def _lose_link(self, outage: Outage) -> None:
        if self._over:
            return
        self._tally.link_losses += 1
        self._links_lost += 1
        if self._links_lost == 1:
            self._charge_point.cut_network()
        self._clock.after(outage.ends_us - outage.begins_us, self._mend_link)

    def _mend_link(self) -> None:
        # Losses may overlap: the link is back when the last of them is over.
        if self._links_lost:
            self._links_lost -= 1
            if not self._links_lost:
                self._charge_point.restore_network()

    def _cut_power(self, outage: Outage) -> None:
        if self._over:
            return
        self._tally.power_cuts += 1
        self.powered = False
        self._charge_point.cut_power()
        self.on_power_cut()
        self._clock.after(outage.ends_us - outage.begins_us, self._restore_power)

    def _restore_power(self) -> None:
        if not self.powered:
            self.powered = True
            self._charge_point.restore_power()

    def _break(self, breakage: Breakage) -> None:
        evse = self._evses[breakage.connector - 1]
        if self._over or breakage.name in evse.faults:
            return
        self._tally.faults += 1
        evse.inject(breakage.name, **breakage.params)
        lasts_us = breakage.ends_us - breakage.begins_us
        self._clock.after(lasts_us, partial(self._repair, evse, breakage.name))

    @staticmethod
    def _repair(evse: Evse, name: str) -> None:
        """Mend a fault, switch the upstream device on again, and acknowledge."""
        if name not in evse.faults:
            return
        evse.clear(name)
        evse.reset_residual_device()
        evse.command(clear_faults_count=evse.controller.command.clear_faults_count + 1)


def _nothing() -> None:
    """Nobody wants to know of a power cut."""
