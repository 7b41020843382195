"""Pins between the plant and its controller.

Generated from pins.toml by `python -m twin.link.generate`; change the table, not this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

PINS_VERSION = 1


class PilotMode(IntEnum):
    """Control pilot generator: +12 V steady, 1 kHz PWM, or -12 V steady (IEC 61851-1 Annex A)."""

    STEADY_POSITIVE = 0
    PWM = 1
    STEADY_NEGATIVE = 2


class Indicator(IntEnum):
    """What the lamp says."""

    OFF = 0
    READY = 1
    PLUGGED = 2
    CHARGING = 3
    SUSPENDED = 4
    FAULT = 5
    UNAVAILABLE = 6


@dataclass(slots=True)
class Outputs:
    """What a controller drives. The defaults are the reset values."""

    pilot_mode: PilotMode = PilotMode.STEADY_POSITIVE
    """Control pilot generator: +12 V steady, 1 kHz PWM, or -12 V steady (IEC 61851-1 Annex A)."""

    pilot_duty_ppm: int = 1000000
    """Duty of the PWM, parts per million; read in mode PWM only; taken over at the next PWM
    period. [ppm]"""

    contactor_main: bool = False
    """Coil of the contactor that switches N and L1."""

    contactor_l2l3: bool = False
    """Coil of the contactor that switches L2 and L3."""

    lock: bool = False
    """Connector lock of a socket outlet: true drives it home."""

    residual_test: bool = False
    """Self-test input of the residual-current monitor (IEC 62955): true injects its test
    current."""

    ventilation: bool = False
    """Ventilation of the charging area, for state D."""

    indicator: Indicator = Indicator.OFF
    """What the lamp says."""

    display_1: str = ""
    """First line of the display."""

    display_2: str = ""
    """Second line of the display."""


@dataclass(slots=True)
class Inputs:
    """What a controller sees."""

    pilot_high_mv: int = 0
    """Upper plateau of the control pilot; means something only where pilot_n_high > 0. [mV]"""

    pilot_low_mv: int = 0
    """Lower plateau of the control pilot; means something only where pilot_n_low > 0. [mV]"""

    pilot_n_high: int = 0
    """Samples behind pilot_high_mv; 0: there is no upper plateau (-12 V steady). [samples]"""

    pilot_n_low: int = 0
    """Samples behind pilot_low_mv; 0: there is no lower plateau (+12 V steady). [samples]"""

    pilot_age_us: int = 0
    """Age of the newest pilot sample; a dead converter shows as an age that grows. [us]"""

    proximity_mv: int = 0
    """Proximity pilot behind 1 kOhm from 3.3 V; 3300: nothing plugged in. [mV]"""

    cycle_n: tuple[int, int, int] = (0, 0, 0)
    """Samples in the last complete mains cycle of this phase; 0: none (dead converter or no
    mains), per phase L1, L2, L3. [samples]"""

    cycle_v2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Sum of squared voltages over that cycle, per phase L1, L2, L3. [V^2]"""

    cycle_i2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Sum of squared currents over that cycle, per phase L1, L2, L3. [A^2]"""

    cycle_vi: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Sum of instantaneous power over that cycle, per phase L1, L2, L3. [W]"""

    total_vi_ws: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Integral of instantaneous power since the converter came up, so that a controller that
    looks rarely loses nothing; starts at 0 with the power, and a reset of the controller
    leaves it, per phase L1, L2, L3. [Ws]"""

    frequency_mhz: int = 0
    """Mains frequency, millihertz; 0: no mains. [mHz]"""

    residual_trip: bool = False
    """Trip output of the residual-current monitor (IEC 62955), also while it is tested."""

    residual_valid: bool = False
    """The monitor reports a measured residual current in residual_ma."""

    residual_ma: float = 0.0
    """Smooth direct residual current; means something only where residual_valid. [mA]"""

    mirror_main_open: bool = False
    """Mirror contact of the main contactor (IEC 60947-4-1 Annex F): true only while every main
    pole is open."""

    mirror_l2l3_open: bool = False
    """Mirror contact of the L2/L3 contactor."""

    lock_feedback: bool = False
    """The connector lock is home."""

    earth_sense: bool = False
    """Protective earth of the supply is there."""

    temperature_valid: bool = False
    """The temperature sensors answer."""

    temperature_contactor_c: float = 0.0
    """At the contactor terminals; means something only where temperature_valid. [degC]"""

    temperature_connector_c: float = 0.0
    """At the socket or plug contacts; means something only where temperature_valid. [degC]"""

    supply_present: bool = False
    """Mains present on the supply side of the contactor."""

    button_start: bool = False
    """Push button, pressed."""

    button_stop: bool = False
    """Push button, pressed."""

    tag_seq: int = 0
    """Counts the RFID tags shown; a new number means that tag_id is new."""

    tag_id: str = ""
    """The RFID tag shown last."""


QUANTA: dict[str, float] = {
    "pilot_high_mv": 20.0,
    "pilot_low_mv": 20.0,
    "proximity_mv": 20.0,
    "cycle_v2": 0.5,
    "cycle_i2": 0.05,
    "residual_ma": 0.1,
    "temperature_contactor_c": 0.1,
    "temperature_connector_c": 0.1,
}
"""How far an analogue pin may move before a co-simulation grant ends."""
