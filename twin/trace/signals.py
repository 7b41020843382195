"""The signals of an EVSE that a trace can record, by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that can be recorded.

    Attributes:
        name: as in `Trace.samples`.
        unit: of its values; empty for a state of 0 or 1.
        doc: what it is.
        steps: the value holds until the next sample; else it runs straight to it.
    """

    name: str
    unit: str
    doc: str
    steps: bool = True


SIGNALS: dict[str, Signal] = {
    signal.name: signal
    for signal in (
        Signal("pilot_mode", "", "generator: 0 +12 V steady, 1 PWM, 2 -12 V steady"),
        Signal("pilot_duty_ppm", "ppm", "duty that the generator makes; 0 unless in PWM"),
        Signal("pilot_high_mv", "mV", "upper plateau at the plug"),
        Signal("pilot_low_mv", "mV", "lower plateau at the plug"),
        Signal("proximity_mv", "mV", "proximity pilot at the EVSE"),
        Signal("plugged", "", "a plug is in"),
        Signal("s2", "", "switch S2 of the vehicle is closed"),
        Signal("coil_main", "", "coil of the N and L1 contactor"),
        Signal("coil_l2l3", "", "coil of the L2 and L3 contactor"),
        Signal("pole_n", "", "main pole conducts, bounce and arc included"),
        Signal("pole_l1", "", "main pole conducts, bounce and arc included"),
        Signal("pole_l2", "", "main pole conducts, bounce and arc included"),
        Signal("pole_l3", "", "main pole conducts, bounce and arc included"),
        Signal("contact_n", "", "main contact touches, without bounce and arc"),
        Signal("contact_l1", "", "main contact touches, without bounce and arc"),
        Signal("contact_l2", "", "main contact touches, without bounce and arc"),
        Signal("contact_l3", "", "main contact touches, without bounce and arc"),
        Signal("mirror_main_open", "", "mirror contact of the main contactor"),
        Signal("mirror_l2l3_open", "", "mirror contact of the L2 and L3 contactor"),
        Signal("current_l1_a", "A", "current, root mean square", steps=False),
        Signal("current_l2_a", "A", "current, root mean square", steps=False),
        Signal("current_l3_a", "A", "current, root mean square", steps=False),
        Signal("voltage_l1_v", "V", "voltage to neutral, root mean square", steps=False),
        Signal("voltage_l2_v", "V", "voltage to neutral, root mean square", steps=False),
        Signal("voltage_l3_v", "V", "voltage to neutral, root mean square", steps=False),
        Signal("energy_wh", "Wh", "true energy through the meter", steps=False),
        Signal("soc_percent", "%", "state of charge of the vehicle's battery", steps=False),
        Signal("temperature_contactor_c", "degC", "contactor terminals", steps=False),
        Signal("temperature_connector_c", "degC", "socket or plug contacts", steps=False),
        Signal("residual_dc_ma", "mA", "smooth direct residual current"),
        Signal("residual_ac_ma", "mA", "alternating residual current"),
        Signal("residual_trip", "", "trip output of the residual-current monitor"),
        Signal("residual_test", "", "self-test input of the residual-current monitor"),
        Signal("supply_present", "", "mains present ahead of the contactor"),
        Signal("earth_sense", "", "protective earth of the supply is there"),
        Signal("lock", "", "lock driven home"),
        Signal("lock_feedback", "", "lock is home"),
        Signal("ventilation", "", "ventilation on"),
        Signal("indicator", "", "lamp, see twin.link.pins.Indicator"),
        Signal("faults", "", "how many injected faults are there"),
        Signal("controller_phase", "", "phase of the charging process, see twin.process.Phase"),
    )
}
