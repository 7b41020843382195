"""Keywords for networks, power and central systems that go and come; a component of `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from robot.api.deco import keyword

from hil.central import Central
from hil.target import Line
from hil.targets.twin_charger import TwinCharger
from scenarios.words import S

LINES: tuple[Line, ...] = ("l1", "l2", "l3")


class Disturbances:
    """Takes away what a charger needs, and brings it back."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger

    @keyword
    def cut_network(self) -> None:
        """Cut the charger off from the central system."""
        charger = self._charger()
        charger.do(charger.charge_point.cut_network)

    @keyword
    def restore_network(self) -> None:
        """Connect the charger again and wait until nothing is queued any more."""
        charger = self._charger()
        charger.do(charger.charge_point.restore_network)
        self._delivered()

    @keyword
    def cut_power_of_charger(
        self, off: timedelta = timedelta(seconds=30), online: bool = True
    ) -> None:
        """Take the charger's power away, bring it back, and wait until it is online again.

        `online=False`: do not wait, as the network is cut.
        """
        charger = self._charger()
        charger.cut_power()
        charger.advance(int(off.total_seconds() * S))
        charger.do(charger.charge_point.restore_power)
        if online:
            self._delivered()

    @keyword
    def kill_and_restart_central_system(self, down: timedelta = timedelta(minutes=5)) -> None:
        """Kill the central system as by a failing machine, and start it again later.

        The charger goes on charging meanwhile; at the end it is online and has nothing queued.
        """
        self._central().kill()
        self._charger().advance(int(down.total_seconds() * S))
        self._central().start()
        self._delivered()

    @keyword
    def current_at_opening_after_reset(self, kind: Literal["Soft", "Hard"]) -> float:
        """Have the central system reset the charger; return the current when its coil goes off, A.

        The largest of the phases; infinite where it does not go off within a minute.
        """
        charger = self._charger()
        opened: list[float] = []

        def coil_off() -> bool:
            evse = charger.evse
            if not opened and not evse.measure("coil_main"):
                opened.append(max(evse.current_a(line) for line in LINES))
            return bool(opened)

        assert not charger.wait_for(coil_off, 0), "the contactor is not closed"
        with charger.exchange():
            self._central().post(f"/api/ocpp/{charger.identity}/reset", type=kind)
        charger.wait_for(coil_off, 60 * S)
        return opened[0] if opened else float("inf")

    def _delivered(self) -> None:
        charger = self._charger()
        point = charger.charge_point
        done = charger.wait_for(lambda: point.online and not point.queued, 1800 * S)
        assert done, f"{charger.identity} is not online again, or still has messages queued"
        charger.advance(5 * S)
