"""The catalogue of real models: `catalogue.toml`, read once and checked."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

PATH = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Chemistry:
    """A cell chemistry: open-circuit curve, charge limit, resistance times capacity."""

    curve: tuple[tuple[float, float], ...]
    max_v: float
    resistance_ohm_ah: float


@dataclass(frozen=True, slots=True)
class Model:
    """A vehicle model. Fields as the head of `catalogue.toml` explains them.

    Attributes:
        resistance_b_ohm: R2, always behind the diode (2740 nominal, IEC 61851-1 Annex A).
        resistance_c_ohm: R3, put in parallel by S2 (1300 nominal).
        resistance_d_ohm: in parallel instead of R3 when ventilation is wanted (270 nominal).
        diode_drop_v: 0.55…0.85.
        pilot_capacitance_pf: at most 2400.
        precise: component tolerances leave it alone.
    """

    key: str
    name: str
    phases: int
    max_a: float
    chemistry: str
    series: int
    capacity_ah: float
    pilot: Literal["full", "simplified", "none"]
    minimum_current_a: float
    ramp_a_per_s: float
    ramp_down_a_per_s: float
    s2_delay_s: float
    start_delay_s: float
    reaction_delay_s: float
    stop_delay_s: float
    efficiency: float
    idle_w: float
    power_factor: float
    cutoff_c_rate: float
    sleeps_after_s: float
    sources: dict[str, str]
    resistance_b_ohm: float = 2740.0
    resistance_c_ohm: float = 1300.0
    resistance_d_ohm: float = 270.0
    diode_drop_v: float = 0.7
    pilot_capacitance_pf: float = 1200.0
    precise: bool = False

    def __post_init__(self) -> None:
        if self.pilot not in ("full", "simplified", "none"):
            raise ValueError(f"{self.key}: pilot is {self.pilot!r}: full, simplified or none")
        if self.phases not in (1, 2, 3):
            raise ValueError(f"{self.key}: phases is {self.phases}: 1, 2 or 3")
        for name in ("max_a", "series", "capacity_ah", "ramp_a_per_s", "ramp_down_a_per_s"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{self.key}: {name} has to be positive")


FIELDS = frozenset(field.name for field in fields(Model)) - {"key", "sources"}
"""What `Vehicle(..., **overrides)` may change."""

PILOT_PARTS = (
    "resistance_b_ohm",
    "resistance_c_ohm",
    "resistance_d_ohm",
    "diode_drop_v",
    "pilot_capacitance_pf",
)
"""The fields that tolerances draw anew, unless they were given by hand."""


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, Chemistry], dict[str, Model]]:
    table = tomllib.loads(PATH.read_text(encoding="utf-8"))
    chemistries = {
        name: Chemistry(
            tuple((share, volts) for share, volts in entry["curve"]),
            entry["max_v"],
            entry["resistance_ohm_ah"],
        )
        for name, entry in table["chemistry"].items()
    }
    models = {
        key: Model(key=key, **{**table["defaults"], **entry})
        for key, entry in table["model"].items()
    }
    return chemistries, models


def names() -> list[str]:
    """Return the names of all models, sorted."""
    return sorted(_read()[1])


def model(key: str, **overrides: Any) -> Model:
    """Return a model by name, with fields changed.

    Raises:
        ValueError: no such model or field, or a value that a vehicle cannot have.
    """
    models = _read()[1]
    if key not in models:
        near = difflib.get_close_matches(key, models, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(names())}"
        raise ValueError(f"no vehicle {key!r} in the catalogue: {hint}")
    unknown = overrides.keys() - FIELDS
    if unknown:
        raise ValueError(f"a vehicle has no field {sorted(unknown)}: it has {sorted(FIELDS)}")
    return replace(models[key], **overrides) if overrides else models[key]


def chemistry(name: str) -> Chemistry:
    """Return a cell chemistry by name.

    Raises:
        ValueError: no such chemistry.
    """
    chemistries = _read()[0]
    if name not in chemistries:
        raise ValueError(f"no chemistry {name!r}: known are {sorted(chemistries)}")
    return chemistries[name]
