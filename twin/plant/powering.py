"""Power and resets of an EVSE: mains that go and come, a controller that is reset or hangs."""

from __future__ import annotations

from twin.link.pins import Outputs
from twin.plant.wiring import Wiring

WATCHDOG_US = 50_000
"""From the last sign of life of a hung controller to its reset."""


class Powering(Wiring):
    """What takes an EVSE's power or its controller away, and brings it back.

    Attributes:
        watchdog_us: after how long a hung controller is reset.
    """

    watchdog_us = WATCHDOG_US
    _powered = True

    @property
    def powered(self) -> bool:
        """False between `cut_power` and `restore_power`."""
        return self._powered

    def cut_power(self) -> None:
        """Take mains and controller supply away; non-volatile memory stays.

        Coils and pilot are dead at once. The controller's own capacitor lets
        it run the next tick, its last.
        """
        if not self._powered:
            return
        self._powered = False
        self.path.supply.off = True
        self.pilot.powered = False
        self.supply_changed()
        self.pilot.refresh()
        self.ticker.halt(self._released)

    def restore_power(self) -> None:
        """Bring everything back; the controller ticks again after the boot delay."""
        if self._powered:
            return
        self._powered = True
        self.path.supply.off = False
        self.pilot.powered = True
        self.pilot.refresh()
        self.supply_changed()
        if not self.ticker.ride_through():
            self._converter_starts()
            self.ticker.boot(self.config.boot_delay_us)

    def reset_controller(self) -> None:
        """Reset the controller alone, at its next tick: reset values during the boot delay."""
        if self._powered:
            self.ticker.halt(self._reset)

    def hang_controller(self) -> None:
        """Have the controller hang after its next tick: its outputs stay until the watchdog."""
        if self._powered:
            self.ticker.halt(self._hang)

    def _hang(self) -> None:
        self.clock.after(self.watchdog_us, self._released)
        self.ticker.boot(self.watchdog_us + self.config.boot_delay_us)

    def _reset(self) -> None:
        self._released()
        self.ticker.boot(self.config.boot_delay_us)

    def _released(self) -> None:
        """Let all outputs fall to their reset values, at once."""
        self.pilot.reset()
        self._drive(Outputs(lock=self.outputs.lock))

    def reset_residual_device(self) -> None:
        """Switch the upstream residual-current device on again."""
        self.path.supply.tripped = False
        self.supply_changed()
