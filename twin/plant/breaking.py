"""An EVSE that breaks, and is mended."""

from __future__ import annotations

from typing import Any

from twin import faults
from twin.clock import Handle
from twin.plant.wiring import Wiring
from twin.vehicle import Vehicle


class Breaking(Wiring):
    """The faults of an EVSE, by name."""

    _faults: dict[str, dict[str, Any]]

    def inject(self, name: str, /, **params: Any) -> None:
        """Break something, by name, now; see `twin.faults.describe()`.

        Injecting a fault that is there already changes its parameters.

        Raises:
            ValueError: no such fault or parameter, or a value out of its range.
        """
        fault = faults.find(name)
        checked = fault.check(params)
        self._faults[name] = checked
        fault.inject(self, checked)
        self.recorder.record("faults", len(self._faults))

    def inject_at(self, time_us: int, name: str, /, **params: Any) -> Handle:
        """Break something, by name, at an instant; errors show now, not then."""
        faults.find(name).check(params)
        return self.clock.at(time_us, lambda: self.inject(name, **params))

    def clear(self, name: str) -> None:
        """Mend a fault that was injected.

        Raises:
            ValueError: that fault is not there.
        """
        if name not in self._faults:
            there = ", ".join(self._faults) or "none"
            raise ValueError(f"no fault {name!r} to clear: there are {there}")
        del self._faults[name]
        faults.find(name).mend(self)
        # Two faults may sit in one component: what is left there shows again.
        for other, params in self._faults.items():
            fault = faults.find(other)
            if not fault.passes:
                fault.inject(self, params)
        self.recorder.record("faults", len(self._faults))

    @property
    def faults(self) -> dict[str, dict[str, Any]]:
        """The faults that are there, with their parameters."""
        return dict(self._faults)

    def _meet(self, vehicle: Vehicle) -> None:
        """Let the faults that are there act on a vehicle that has just come."""
        for name, params in self._faults.items():
            faults.find(name).meet(vehicle, params)
