"""What kind of charger a plant is: the facts on its type plate, and the cable in its socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.tolerances import Tolerance

__all__ = [
    "Cable",
    "EvseConfig",
    "Kind",
    "MeterClass",
    "PilotConverter",
    "PilotReading",
    "Tolerance",
]

Kind = Literal["socket", "tethered", "plain"]
MeterClass = Literal["A", "B", "C"]
PilotReading = Literal["settled", "raw"]


@dataclass(frozen=True, slots=True)
class Cable:
    """A charging cable: what it may carry and what it is made of.

    Attributes:
        rating_a: rating that its proximity resistor shows (IEC 61851-1 Annex B): 13, 20, 32, 63.
        phases: 1 or 3.
        resistance_ohm: of one conductor, contacts included.
        capacitance_pf: control pilot to earth, at most 1500 (IEC 61851-1 Annex A).
    """

    rating_a: int = 32
    phases: int = 3
    resistance_ohm: float = 0.02
    capacitance_pf: float = 750.0


@dataclass(frozen=True, slots=True)
class PilotConverter:
    """The converter that samples the control pilot, where the raw stream is served.

    Attributes:
        sample_ns: from one sample to the next, 5,000…20,000; 12,000 are 83.3 kS/s, as an ESP32
            takes them continuously.
        drift_ppm: of its clock against the PWM's; None: drawn by seed from ±100, never a whole
            multiple of the PWM's period.
        noise_mv: root mean square at the pilot, Gaussian, by seed.
    """

    sample_ns: int = 12_000
    drift_ppm: float | None = None
    noise_mv: float = 20.0

    def __post_init__(self) -> None:
        if not 5_000 <= self.sample_ns <= 20_000:
            raise ValueError(f"sample_ns is {self.sample_ns}: it has to be 5,000 to 20,000")
        if self.noise_mv < 0:
            raise ValueError(f"noise_mv is {self.noise_mv}: a noise is not negative")


@dataclass(frozen=True, slots=True)
class EvseConfig:
    """The facts of one EVSE.

    Attributes:
        kind: `socket` (lock and proximity pilot), `tethered` (fixed cable), `plain` (a domestic
            socket behind a relay: no control pilot).
        rating_a: rated current per phase, A.
        phases: 1 or 3.
        ventilation: the charging area has a switchable ventilation (state D).
        cable: the fixed cable of a tethered EVSE.
        meter_class: accuracy class after EN 50470.
        boot_delay_us: from power-on to the controller's first tick.
        exec_us: from a tick to its outputs at the pins, at least 1.
        tolerance: how components are drawn from their bands; see `twin.tolerances`.
        seed: draws tick phase, mains phase and, for `random`, every component.
        voltage_v: supply, phase to neutral.
        line_ohm: resistance of the supply line of one phase with its share of the neutral.
        ambient_c: temperature around the enclosure.
        pilot: how the plateaus come to the controller: `settled` in closed form, `raw` from a
            stream of samples through `twin.control.pilot_sampler`.
        converter: what takes those samples.
    """

    kind: Kind = "tethered"
    rating_a: float = 32.0
    phases: int = 3
    ventilation: bool = False
    cable: Cable = Cable()
    meter_class: MeterClass = "B"
    boot_delay_us: int = 800_000
    exec_us: int = 200
    tolerance: Tolerance = "nominal"
    seed: int = 0
    voltage_v: float = 230.0
    line_ohm: float = 0.1
    ambient_c: float = 20.0
    pilot: PilotReading = "settled"
    converter: PilotConverter = PilotConverter()

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("kind", self.kind, ("socket", "tethered", "plain")),
            ("phases", self.phases, (1, 3)),
            ("meter_class", self.meter_class, ("A", "B", "C")),
            ("tolerance", self.tolerance, ("nominal", "random", "worst")),
            ("pilot", self.pilot, ("settled", "raw")),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}: it has to be one of {allowed}")
        if not 6 <= self.rating_a <= 80:
            raise ValueError(f"rating_a is {self.rating_a}: a pilot can offer 6 to 80 A")
        if self.exec_us < 1:
            raise ValueError(f"exec_us is {self.exec_us}: outputs take at least 1 us")
