"""A vehicle at the plug: reads the pilot, works S2, draws current."""

from __future__ import annotations

from typing import Any


class Vehicle:
    """A vehicle of a catalogue model with a battery at some state of charge.

    It knows nothing of letters or commands: it sees the pilot voltage and its
    duty at its own inlet and the voltage at its power contacts, as a real one.

    Args:
        model: name in the catalogue, e.g. `byd-atto-3`; see `twin.vehicle.catalogue.names()`.
        soc_percent: state of charge, 0…100.
        target_percent: where it stops by itself, 100: at the cut-off of the taper.
        overrides: fields of the catalogue entry to change, e.g. `power_factor=0.8`,
            `phases=1`, `reaction_delay_s=0.3`.
    """

    def __init__(
        self,
        model: str = "byd-atto-3",
        *,
        soc_percent: float = 40.0,
        target_percent: float = 100.0,
        **overrides: Any,
    ) -> None:
        raise NotImplementedError

    @property
    def soc_percent(self) -> float:
        """State of charge now."""
        raise NotImplementedError

    @property
    def energy_wh(self) -> float:
        """Energy taken at the inlet (alternating current) since it was plugged in, Wh."""
        raise NotImplementedError

    @property
    def s2_closed(self) -> bool:
        """True while the vehicle asks for energy (state C or D)."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop drawing and open S2, as from the vehicle's own app."""
        raise NotImplementedError

    def resume(self) -> None:
        """Ask for energy again."""
        raise NotImplementedError

    def fall_asleep(self) -> None:
        """Sleep: no reaction to a PWM until woken by state F (or a BCB of its own)."""
        raise NotImplementedError

    def toggle_bcb(self, duration_us: int = 300_000) -> None:
        """Close S2 for 200…400 ms to wake the charger (IEC 61851-1 A.6, BCB toggle)."""
        raise NotImplementedError

    def request_ventilation(self, wanted: bool = True) -> None:
        """Ask for energy with state D instead of C."""
        raise NotImplementedError
