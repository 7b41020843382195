"""What a scenario may ask of whatever stands behind the pilot wire.

A target builds an EVSE, moves its time, does what people, vehicles and
misfortune do to it, and measures. Each says what it is capable of; a scenario
names what it needs (tag `needs:`), and one that needs more is skipped and
reported, never passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

from hil.limits.requirement import TargetName
from twin.process import Report

Line = Literal["l1", "l2", "l3"]


class Capability(Enum):
    """What a target may be able to do. The values are the words of `needs:` tags."""

    PILOT = "pilot"
    """Measure the control pilot at the plug: plateaus, duty at 0 V, frequency, edges."""
    VEHICLE = "vehicle"
    """A vehicle whose pilot circuit can be set."""
    POWER = "power"
    """Mains current really flows, or is simulated."""
    CONTACTOR = "contactor"
    """See coil and main poles, weld them, hold them."""
    RESIDUAL_CURRENT = "residual-current"
    TEMPERATURE = "temperature"
    SUPPLY = "supply"
    """Change the mains: sag, swell, phases, neutral, outage."""
    METER = "meter"
    """A reference meter beside the EVSE's own."""
    COMMAND = "command"
    """Permit, limit and release without a central system."""
    GENERATOR = "generator"
    """Replace the controller by a free pilot generator, to test vehicles."""
    CENTRAL = "central"
    """Connect to a central system and hold time while it answers."""
    FILES = "files"
    """Fetch new firmware, and bring diagnostics and logs (OCPP 1.6 FirmwareManagement)."""
    SECURITY = "security"
    """The security extension: profiles, certificates, events (the OCPP security whitepaper)."""


@dataclass(frozen=True)
class EvseFacts:
    """The type plate of the EVSE that a scenario wants; units as in `twin.evse_config`."""

    kind: Literal["socket", "tethered", "plain"] = "tethered"
    rating_a: float = 32.0
    phases: int = 3
    ventilation: bool = False
    meter_class: Literal["A", "B", "C"] = "B"
    cable_capacitance_pf: float = 750.0
    nominal: bool = False
    """Components are nominal whatever the tolerance of the run: for the extremes that a vehicle
    may have, which are not stacked on those of the EVSE."""
    pilot: Literal["settled", "raw"] = "settled"
    """`raw`: the controller has to find the pilot's plateaus in a stream of samples, as it always
    has on hardware."""
    served_mwh: float = 0.0
    """What has gone through its meter before the scenario begins."""


@dataclass(frozen=True)
class VehicleFacts:
    """The vehicle that a scenario wants: a model of the catalogue, with changes.

    `precise` makes the pilot circuit an instrument's: exactly nominal, whatever the
    tolerance of the run, so that what is measured is the EVSE.
    """

    model: str = "byd-atto-3"
    soc_percent: float = 40.0
    precise: bool = False
    changes: Mapping[str, float] = field(default_factory=dict)


class Target(Protocol):
    """Something under test. Times are integer microseconds of the target's own clock."""

    name: TargetName
    capabilities: frozenset[Capability]

    @property
    def now_us(self) -> int:
        """The present instant."""
        ...

    def set_up(
        self,
        evse: EvseFacts,
        seed: int,
        *,
        faults: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
        free_generator: bool = False,
    ) -> None:
        """Start afresh with an EVSE that has just booted; `seed` draws phases and components.

        `faults` are there from before power-on, by name with their parameters.
        """
        ...

    def plug_in(self, vehicle: VehicleFacts, cable_rating_a: int | None = None) -> None:
        """Plug a vehicle in; the cable's rating for sockets only."""
        ...

    def unplug(self) -> None:
        """Pull the plug, under load and against a lock if need be."""
        ...

    def vehicle_does(self, action: str) -> None:
        """Have the vehicle pause, resume, fall asleep, toggle or ask for ventilation."""
        ...

    def command(self, **changes: Any) -> None:
        """Change what the charging process is asked for, see `twin.process.Command`."""
        ...

    def command_value(self, name: str) -> Any:
        """Return what the charging process is asked for now."""
        ...

    def generate(self, mode: str, duty_percent: float = 0.0) -> None:
        """Drive the pilot freely; only after `set_up(free_generator=True)`."""
        ...

    def press(self, button: Literal["start", "stop"]) -> None:
        """Press a push button."""
        ...

    def cut_power(self) -> None:
        """Take mains and controller supply away."""
        ...

    def restore_power(self) -> None:
        """Bring the supply back."""
        ...

    def reset_controller(self) -> None:
        """Reset the controller alone."""
        ...

    def hang_controller(self) -> None:
        """Have the controller hang, until its watchdog resets it."""
        ...

    def inject(self, fault: str, **params: Any) -> None:
        """Break something, by the names of `twin.faults`."""
        ...

    def clear(self, fault: str) -> None:
        """Mend it."""
        ...

    def advance(self, duration_us: int) -> None:
        """Let time pass."""
        ...

    def wait_for(self, condition: Callable[[], bool], timeout_us: int) -> int | None:
        """Let time pass until a condition holds; return that instant, None at the time-out.

        The condition is looked at whenever something happens, so the instant is exact for
        whatever switches.
        """
        ...

    def report(self) -> Report:
        """Return what the charging process says of itself."""
        ...

    def fresh_report(self) -> Report:
        """Have the controller look once more (at most one tick passes) and return its report."""
        ...

    def measure(self, signal: str) -> float:
        """Return a signal of `twin.trace.signals` now."""
        ...

    def pole_closed(self, pole: str) -> bool:
        """Return whether a main pole (`n`, `l1`, `l2`, `l3`) conducts; an arc does."""
        ...

    def pilot_plateaus_v(self) -> tuple[float | None, float | None]:
        """Return upper and lower plateau at the plug, V; None where there is none.

        A steady voltage is one plateau without the other. A jig answers this by
        `MEASure:PILot:HIGH?` and `MEASure:PILot:LOW?`.
        """
        ...

    def pilot_duty_percent(self) -> float | None:
        """Return the duty at the plug measured at 0 V, %; None without PWM.

        A jig answers this by `MEASure:PILot:DUTY?`.
        """
        ...

    def pilot_frequency_hz(self) -> float:
        """Return the frequency of the PWM, Hz."""
        ...

    def pilot_edges_us(self) -> tuple[float, float]:
        """Return rise time 10…90 % and fall time 90…10 % at the plug, microseconds."""
        ...

    def evse_capacitance_pf(self) -> float:
        """Return the EVSE's own capacitance on the pilot, pF."""
        ...

    def vehicle_reads_a(self) -> float:
        """Return the current that the vehicle reads from the pilot, A."""
        ...

    def current_a(self, line: Line = "l1") -> float:
        """Return the root-mean-square current of a main pole, A."""
        ...

    def reference_energy_wh(self) -> float:
        """Return the true energy since set-up, by the reference meter, Wh."""
        ...

    def edges(self, signal: str, since_us: int = 0) -> Sequence[tuple[int, float]]:
        """Return the recorded changes of a signal, (time_us, value)."""
        ...

    def plot(self, path: Path, from_us: int, to_us: int) -> None:
        """Draw what happened between two instants, as an oscilloscope would."""
        ...
