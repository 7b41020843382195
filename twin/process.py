"""The charging process: what the rest of a charger asks of its controller, and hears from it.

This is the seam between the safety side (a controller at the pins, ticking at
1 kHz) and the business side (an OCPP charge point, a display, a button).
Nothing of OCPP leaks through it: permission, a current limit, availability and
unlock go in; plugged, ready, energy and faults come out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from twin.link.pins import Inputs, Outputs

if TYPE_CHECKING:
    # Who runs no firmware loads nothing of the link.
    from twin.link.session import Reply

TICK_US = 1_000
"""The control tick of every controller, microseconds."""


class PilotState(Enum):
    """Vehicle state as the control pilot shows it (IEC 61851-1 Annex A, Table A.4)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Phase(IntEnum):
    """Where in a charging process a connector is."""

    UNAVAILABLE = 0
    IDLE = 1
    PLUGGED = 2
    """Vehicle connected, no permission or no current to offer."""
    OFFERING = 3
    """PWM on, the vehicle does not ask (state B)."""
    TESTING = 4
    """Self-test and checks before closing."""
    CHARGING = 5
    """Contactor closed."""
    STOPPING = 6
    """Soft stop: +12 V steady until the vehicle stops drawing (IEC 61851-1 Table A.6 seq. 10)."""
    RECOVERING = 7
    """A fault that heals: waiting for its cause to go and for the retry delay."""
    FAULTED = 8


class FaultCode(Enum):
    """What a controller holds against the circuit. The values are stable names."""

    PILOT_SHORTED = "pilot-shorted"
    DIODE_MISSING = "diode-missing"
    PROXIMITY_INVALID = "proximity-invalid"
    EARTH_LOST = "earth-lost"
    RESIDUAL_CURRENT = "residual-current"
    RESIDUAL_TEST_FAILED = "residual-test-failed"
    CONTACTOR_WELDED = "contactor-welded"
    CONTACTOR_STUCK_OPEN = "contactor-stuck-open"
    OVER_CURRENT = "over-current"
    SHORT_CIRCUIT = "short-circuit"
    OVER_TEMPERATURE = "over-temperature"
    UNDER_VOLTAGE = "under-voltage"
    OVER_VOLTAGE = "over-voltage"
    PHASE_LOST = "phase-lost"
    NEUTRAL_LOST = "neutral-lost"
    SENSOR_LOST = "sensor-lost"
    LOCK_FAILED = "lock-failed"
    VENTILATION_UNAVAILABLE = "ventilation-unavailable"


class StopKind(Enum):
    """How a contactor was told to open."""

    NONE = "none"
    SOFT = "soft"
    IMMEDIATE = "immediate"


@dataclass(slots=True)
class Command:
    """What the charging process is asked for. Levels, not events: it holds until changed."""

    permitted: bool = False
    """Energy may flow to whoever is plugged in."""
    limit_a: float = 0.0
    """Current allowed per phase, A, 0 or 6…80; below 6 A the charger offers nothing."""
    phases: int = 3
    """Phases to switch: 1 or 3."""
    available: bool = True
    """False: state F, -12 V steady."""
    hold_lock: bool = False
    """Keep a socket's cable locked although no charging is permitted (after an invalid tag)."""
    unlock_count: int = 0
    """Raised by one for each UnlockConnector; the lock opens once no main pole is closed."""
    clear_faults_count: int = 0
    """Raised by one to acknowledge latched faults."""


@dataclass(slots=True)
class Report:
    """What the charging process says of itself, as of its last tick."""

    phase: Phase = Phase.IDLE
    state: PilotState = PilotState.A
    plugged: bool = False
    vehicle_ready: bool = False
    """The vehicle asks for energy (state C or D)."""
    closed: bool = False
    """Any contactor is commanded or seen closed."""
    locked: bool = False
    offered_a: float = 0.0
    """Current the pilot offers now, A per phase; 0 while steady."""
    cable_rating_a: float = 0.0
    """From the proximity pilot; 0 where nothing or nothing valid is plugged in."""
    energy_wh: float = 0.0
    """The register: monotonic, survives power loss."""
    voltage_v: tuple[float, float, float] = (0.0, 0.0, 0.0)
    current_a: tuple[float, float, float] = (0.0, 0.0, 0.0)
    power_w: tuple[float, float, float] = (0.0, 0.0, 0.0)
    frequency_hz: float = 0.0
    temperature_c: float = 0.0
    last_stop: StopKind = StopKind.NONE
    faults: frozenset[FaultCode] = field(default_factory=frozenset)


@dataclass(slots=True)
class Memory:
    """What a controller keeps in non-volatile memory over a reset or a power cut."""

    energy_wh: float = 0.0
    welded: bool = False
    """A welded contactor stays known: no session until somebody acknowledges it."""
    converter_ws: float | None = None
    """The metering converter's total (pins `total_vi_ws`, all lines) that belongs to `energy_wh`.
    A reset leaves the converter running, so what it has counted since then is no loss; one that
    shows less has started anew with the power."""


class Controller(Protocol):
    """A charger's controller, reference or firmware: ticks, pins, and a charging process.

    A plant calls `step` at ticks only, and may leave out every tick at which
    nothing could happen: no digital pin has changed, every analogue value named
    in `bands` is still inside its band, and `wake_at_us` has not come. Leaving
    such ticks out must change nothing: a property test steps every tick and
    compares.
    """

    command: Command
    """Belongs to the business side: a reset of the controller leaves it as it is."""
    revision: int
    """Raised by every tick that changes anything in the report but measured values
    (energy, voltage, current, power, frequency, temperature)."""

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start afresh after power-on or reset, from non-volatile memory."""
        ...

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        """Run one tick; the outputs hold until the next."""
        ...

    def wake_at_us(self) -> int | None:
        """Return the next time at which a tick does something although no input moves."""
        ...

    def bands(self) -> dict[str, tuple[float, float]]:
        """Return, by analogue quantity, the closed band inside which a tick does nothing.

        Keys: `current_l1_a` … `current_l3_a`, `voltage_l1_v` … `voltage_l3_v`
        (root mean square of the last cycle, sqrt(sum / n)), `temperature_c`
        (the hotter sensor) or `temperature_contactor_c` and `temperature_connector_c`
        (each its own), `residual_ma`, `pilot_age_us`. A quantity without
        a key is not watched. Pilot and proximity plateaus are watched always,
        by their quantum. The same object as long as nothing in it changes.
        """
        ...

    def report(self) -> Report:
        """Return what the charging process says of itself, as of the last tick."""
        ...

    def memory(self, now_us: int) -> Memory:
        """Return what non-volatile memory holds if power goes at this instant.

        To be called right after a step at the last tick before that instant:
        a plant that has left out ticks steps once more, so that saves which
        were due in between are made.
        """
        ...


@runtime_checkable
class GrantedController(Controller, Protocol):
    """A controller that runs its own ticks, inside the time that a plant grants it.

    See `twin.plant.granting` for the rules, and `twin.link.controller` for the one that there is.
    """

    phase_us: int
    """Its ticks are at phase + 1000 k us; set before the first boot."""
    tick_by_tick: Callable[[], bool]
    """Asked before each grant: whether it is to be of one tick."""

    def sees(self, inputs: Inputs) -> None:
        """Take the inputs that are about to be granted for."""
        ...

    def grant(self, from_us: int, until_us: int, inputs: Inputs) -> Reply:
        """Let it run its ticks from `from_us` on and before `until_us`, at these inputs."""
        ...

    def take(self, reply: Reply) -> None:
        """Let what came back from a grant be seen from now on."""
        ...

    def cut_power(self, now_us: int) -> None:
        """Tell it that this tick was its last, and end it."""
        ...
