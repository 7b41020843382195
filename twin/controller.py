"""The reference controller: what a charger's firmware has to do, at its pins."""

from __future__ import annotations

from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.link.pins import Inputs, Outputs
from twin.process import Command, Memory, Report

__all__ = ["ControllerSettings", "Hardware", "ReferenceController"]


class ReferenceController:
    """A complete IEC 61851-1 mode 3 controller; see `twin.process.Controller`.

    Args:
        settings: the limits it works to.
        hardware: the charger that it was built into.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        self.settings = settings
        self.hardware = hardware
        self.command = Command()

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start afresh after power-on or reset, from non-volatile memory."""
        raise NotImplementedError

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        """Run one tick; the outputs hold until the next."""
        raise NotImplementedError

    def wake_at_us(self) -> int | None:
        """Return the next time at which a tick does something although no input moves."""
        raise NotImplementedError

    def bands(self) -> dict[str, tuple[float, float]]:
        """Return, by analogue quantity, the closed band inside which a tick does nothing."""
        raise NotImplementedError

    def report(self) -> Report:
        """Return what the charging process says of itself, as of the last tick."""
        raise NotImplementedError

    def memory(self, now_us: int) -> Memory:
        """Return what non-volatile memory holds if power goes at this instant."""
        raise NotImplementedError
