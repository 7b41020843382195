"""Every limit of the reference controller, with its unit in the name and its clause."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ControllerSettings:
    """The limits that a controller works to.

    Where a standard gives a limit, the value here lies inside it, by the
    margin that filter, tick, contactor and the period of the PWM need. "Policy" marks what no
    standard sets.
    """

    # --- control pilot: classification (IEC 61851-1 Annex A, Table A.4: nominal ±1 V) ---

    pilot_a_above_mv: int = 10_500
    """State A above this, mV: half way between the windows of A and B."""
    pilot_b_above_mv: int = 7_500
    """State B above this, mV."""
    pilot_c_above_mv: int = 4_500
    """State C above this, mV."""
    pilot_d_above_mv: int = 2_000
    """State D above this, mV; E at or below. A short behind the diode leaves 1.3…1.8 V."""
    pilot_hysteresis_mv: int = 150
    """How far beyond a boundary the pilot has to go to change state, mV (policy)."""
    pilot_filter_us: int = 20_000
    """How long a new state has to stand. Longer than a glitch of 2 ms; with tick, contactor
    and arc it has to stay below the 100 ms of IEC 61851-1 Table A.6 sequence 8.1."""
    diode_low_above_mv: int = -10_000
    """Lower plateau above this: the vehicle's diode is missing or shorted (Table A.4)."""
    diode_filter_us: int = 20_000
    """How long the lower plateau has to stand, to condemn the diode and to trust it."""

    # --- control pilot: offer (IEC 61851-1 Table A.7) ---

    offer_min_ma: int = 6_000
    """Least current that a pilot can offer, mA; below it +12 V steady, never 5 %."""
    offer_max_ma: int = 80_000
    """Most current that a pilot can offer, mA (96 %)."""
    offer_gap_from_ma: int = 51_000
    """End of the first formula, I = D x 0.6 A, at 85 %, mA."""
    offer_gap_to_ma: int = 52_500
    """Start of the second formula, I = (D - 64) x 2.5 A, mA; in between: 85 %."""
    duty_interval_us: int = 5_010_000
    """Least time between two duties: 5 s (IEC 61851-1 Table A.6 sequence 6)."""
    steady_before_pwm_us: int = 3_010_000
    """Least +12 V steady before PWM comes back to a vehicle: 3 s (T_step_X1, ISO 15118-3)."""
    fault_f_us: int = 310_000
    """Least -12 V steady after a fault: 300 ms (IEC 61851-1 Table A.5); then a look with +12 V."""

    # --- waking a vehicle (IEC 61851-1 A.5.3: B to F and back) ---

    wake_up_after_us: int = 30_000_000
    """PWM offered and the vehicle still in B: it sleeps (policy)."""
    wake_up_steady_us: int = 3_010_000
    """+12 V steady before the toggle: 3 s."""
    wake_up_f_us: int = 4_010_000
    """-12 V steady of the toggle: 4 s."""

    # --- proximity (IEC 61851-1 Annex B) ---

    proximity_error_below_ohm: float = 60.0
    """Less is a short."""
    proximity_63_upto_ohm: float = 140.0
    """63 A (70 A single-phase) up to here; in a gap between bands the lower rating."""
    proximity_32_upto_ohm: float = 308.0
    """32 A up to here."""
    proximity_20_upto_ohm: float = 936.0
    """20 A up to here."""
    proximity_error_above_ohm: float = 4_500.0
    """13 A up to here; more is a broken wire or no plug."""
    proximity_filter_us: int = 200_000
    """How long a resistance has to stand (policy)."""

    # --- lock ---

    lock_timeout_us: int = 1_000_000
    """From driving the lock to its feedback (policy)."""

    # --- opening (IEC 61851-1 Table A.6 sequences 9.1 to 10.2) ---

    soft_open_below_a: float = 1.0
    """Soft stop: the vehicle has stopped drawing below this, A."""
    soft_timeout_us: int = 6_500_000
    """Soft stop: open under load after this, not before 6 s, not after 7 s."""

    # --- contactor (mirror contact: IEC 60947-4-1 Annex F) ---

    weld_timeout_us: int = 200_000
    """Coil off and mirror contact still closed: welded. A slow contactor lets go in 60 ms."""
    stuck_open_timeout_us: int = 300_000
    """Coil on and mirror contact still open: did not close; has to be seen within 500 ms."""
    ventilation_lead_us: int = 500_000
    """State D: ventilation on before the contactor closes (policy; closing within 3 s)."""

    # --- residual current (IEC 62955) ---

    residual_test_timeout_us: int = 1_490_000
    """The self-test has to trip and to release within this; it takes at most 1.5 s."""
    residual_test_valid_us: int = 59_900_000
    """How long a passed test serves, at most 60 s; it serves for one closing only."""
    residual_settling_us: int = 100_000
    """So long after a test that was broken off its trip may still come (policy)."""

    # --- over-current (policy) ---

    over_current_factor: float = 1.1
    """Above factor x limit + margin: over-current."""
    over_current_margin_a: float = 0.5
    """See over_current_factor, A."""
    over_current_us: int = 6_500_000
    """How long, 6…7 s; then a soft stop."""
    over_current_grace_us: int = 8_010_000
    """After a reduction the old limit counts for this long: 8 s."""
    short_circuit_factor: float = 2.0
    """Above factor x max(limit, floor), over one mains cycle: short-circuit."""
    short_circuit_floor_a: float = 16.0
    """See short_circuit_factor, A."""
    short_circuit_us: int = 100_000
    """How long; then the contactor opens at once."""
    inrush_us: int = 1_550_000
    """After the coil is on no current counts as short-circuit for this long: 1.5 s from the
    closing of the main poles, which takes a contactor up to 30 ms."""

    # --- temperature (policy) ---

    temperature_derate_c: float = 65.0
    """From here the offer goes down, a step per kelvin."""
    temperature_soft_c: float = 75.0
    """From here a soft stop."""
    temperature_immediate_c: float = 85.0
    """From here the contactor opens at once."""
    temperature_resume_c: float = 60.0
    """Below this charging may resume."""

    # --- supply (EN 50160 bands; policy) ---

    nominal_voltage_v: float = 230.0
    """Phase to neutral."""
    phase_lost_below: float = 0.50
    """A phase below this while another is above it is lost; parts of nominal."""
    under_voltage_below: float = 0.85
    """Under-voltage, parts of nominal."""
    under_voltage_us: int = 500_000
    """How long."""
    over_voltage_above: float = 1.10
    """Over-voltage, parts of nominal."""
    over_voltage_us: int = 100_000
    """How long: five mains cycles."""
    neutral_lost_below: float = 0.96
    """A phase above the over-voltage limit while another is below this: the neutral is lost
    (a star point that moves by 10 % takes another phase below 95.4 %)."""
    under_voltage_resume: float = 0.88
    """Under-voltage is over above this, parts of nominal."""
    over_voltage_resume: float = 1.08
    """Over-voltage is over below this, parts of nominal."""
    supply_gone_us: int = 20_000
    """How long the supply has to be away."""
    supply_settling_us: int = 100_000
    """After the supply comes (back), cycles are not judged for this long."""

    # --- earth and sensors ---

    earth_filter_us: int = 20_000
    """Protective earth missing for this long: lost; open within 100 ms."""
    pilot_age_max_us: int = 20_000
    """Newest pilot sample older than this: the converter is dead; coil off within 60 ms."""
    sensor_filter_us: int = 30_000
    """A sensor without data for this long is lost; coil off within 60 ms."""
    start_up_us: int = 200_000
    """After a reset sensors may take this long to come up."""

    # --- recovery (policy) ---

    retry_delay_us: int = 10_010_000
    """A cause has to be away this long before a retry: 10 s."""
    retry_max: int = 3
    """Retries in retry_window_us; the next fault latches."""
    retry_window_us: int = 600_000_000
    """See retry_max."""

    # --- metering ---

    save_interval_us: int = 10_000_000
    """How often the energy register goes to non-volatile memory: a power cut loses no more."""

    # --- kind plain: no pilot ---

    plain_end_below_a: float = 0.1
    """End of charge: below this, A…"""
    plain_end_us: int = 60_000_000
    """… for this long."""
