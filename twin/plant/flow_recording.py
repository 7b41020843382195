"""What is recorded of the power that flows."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from twin.plant.recording import Recorder

if TYPE_CHECKING:
    from twin.plant.power_flow import PowerFlow

LINES = ("l1", "l2", "l3")
CURVE_SAMPLES = 16
"""Samples recorded along a current that does not run straight."""


def record_flow(recorder: Recorder, flow: PowerFlow) -> None:
    """Record everything that flows and warms, as of now."""
    record = recorder.record
    for line in range(flow.phases):
        record(f"current_{LINES[line]}_a", flow.current_a(line))
        record(f"voltage_{LINES[line]}_v", flow.voltage_v(line))
    record("energy_wh", sum(flow.energy_ws()) / 3600)
    contactor_c, connector_c = flow.temperatures_c()
    record("temperature_contactor_c", contactor_c)
    record("temperature_connector_c", connector_c)
    if flow.vehicle is not None:
        record("soc_percent", flow.vehicle.soc_percent)


def record_curve(recorder: Recorder, flow: PowerFlow) -> None:
    """Record the segment that ends now, bent where its current is."""
    now_us, start_us = flow.clock.now_us, flow.start_us
    if not flow.leg.straight:
        step_us = ceil((now_us - start_us) / CURVE_SAMPLES)
        times = range(start_us + step_us, now_us, step_us)
        for line in range(flow.phases):
            if flow.live[line]:
                leg = flow.leg_of(line)
                amps = [(at, leg.current((at - start_us) * 1e-6)) for at in times]
                recorder.record_all(f"current_{LINES[line]}_a", amps)
                volts = [(at, flow.open_v[line] - flow.drop_ohm * a) for at, a in amps]
                recorder.record_all(f"voltage_{LINES[line]}_v", volts)
