"""EVSEs whose electrics are wrong: contactor, residual-current devices, capacitance."""

from __future__ import annotations

from collections.abc import Callable

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong
from twin.electrics.residual_current import Curve
from twin.evse import Evse

Change = Callable[[Evse], None]


def _plant(change: Change) -> Build:
    return Build(plant=change)


def _holds_its_coil(evse: Evse) -> None:
    evse.gear.hold_us = 300_000


def _keeps_outputs_in_reset(evse: Evse) -> None:
    let_go = evse._released
    evse._released = lambda: evse.clock.after(300_000, let_go)  # type: ignore[method-assign, assignment]


def _watches_slowly(evse: Evse) -> None:
    evse.watchdog_us = 1_000_000


def _burns_longer(evse: Evse) -> None:
    ends_us = evse.gear._arc_ends_us
    evse.gear._arc_ends_us = lambda pole: ends_us(pole) + 10_000


def _capacitance(picofarads: float) -> Change:
    def change(evse: Evse) -> None:
        evse.pilot.circuit.evse_pf = picofarads
        evse.pilot.refresh()

    return change


def _monitor(curve: Curve | None = None, threshold_ma: float | None = None) -> Change:
    def change(evse: Evse) -> None:
        delay = evse.protection.monitor.delay
        delay.curve = curve or delay.curve
        delay.threshold_ma = delay.threshold_ma if threshold_ma is None else threshold_ma

    return change


def _device(curve: Curve | None = None, threshold_ma: float | None = None) -> Change:
    def change(evse: Evse) -> None:
        delay = evse.protection.device
        delay.curve = curve or delay.curve
        delay.threshold_ma = delay.threshold_ma if threshold_ma is None else threshold_ma

    return change


_RC = "one capacitance makes every edge, and shifts the duty"
_DUTY = "slow edges shift the duty"

ENTRIES: tuple[Wrong, ...] = (
    Wrong(
        "coil-held-up", "EVSELOOP.OPEN_ON_SUPPLY_GONE", "a capacitor holds its coil for 300 ms",
        _plant(_holds_its_coil),
    ),
    Wrong(
        "outputs-held-in-reset", "EVSELOOP.OPEN_ON_CONTROLLER_RESET",
        "its outputs stay for 300 ms after a reset",
        _plant(_keeps_outputs_in_reset),
        {"EVSELOOP.OPEN_ON_WATCHDOG": "a watchdog resets as well"},
    ),
    Wrong(
        "slow-watchdog", "EVSELOOP.OPEN_ON_WATCHDOG", "its watchdog waits a second",
        _plant(_watches_slowly),
    ),
    Wrong("long-arc", "EVSELOOP.ARC", "its arc burns a half-wave longer", _plant(_burns_longer)),
    Wrong(
        "capacitance-1700-pf", "IEC61851.CAPACITANCE", "its pilot has 1700 pF",
        _plant(_capacitance(1_700.0)),
    ),
    Wrong(
        "monitor-blind-below-10-ma", "IEC62955.TRIP_6MA", "its monitor trips from 10 mA on",
        _plant(_monitor(threshold_ma=10.0)),
    ),
    Wrong(
        "monitor-slow-at-60-ma", "IEC62955.TRIP_60MA", "its monitor takes 0.4 s at 60 mA",
        _plant(_monitor(((6.0, 1_000_000.0), (60.0, 400_000.0), (200.0, 40_000.0)))),
    ),
    Wrong(
        "monitor-slow-at-200-ma", "IEC62955.TRIP_200MA", "its monitor takes 0.11 s at 200 mA",
        _plant(_monitor(((6.0, 1_000_000.0), (60.0, 120_000.0), (200.0, 110_000.0)))),
        {"EVSELOOP.SELF_TEST_MASK": "that one is measured with 200 mA"},
    ),
    Wrong(
        "monitor-nervous", "IEC62955.NO_TRIP_3MA", "its monitor trips from 2.5 mA on",
        _plant(_monitor(threshold_ma=2.5)),
    ),
    Wrong(
        "device-blind-below-50-ma", "IEC61008.TRIP_1X", "its upstream device trips from 50 mA on",
        _plant(_device(threshold_ma=50.0)),
    ),
    Wrong(
        "device-slow-at-60-ma", "IEC61008.TRIP_2X", "its upstream device takes 0.19 s at 60 mA",
        _plant(_device(((30.0, 200_000.0), (60.0, 190_000.0), (150.0, 30_000.0)))),
    ),
    Wrong(
        "device-slow-at-150-ma", "IEC61008.TRIP_5X", "its upstream device takes 60 ms at 150 mA",
        _plant(_device(((30.0, 200_000.0), (60.0, 100_000.0), (150.0, 60_000.0)))),
    ),
    Wrong(
        "device-nervous", "IEC61008.NO_TRIP_BELOW_15MA",
        "its upstream device trips from 10 mA on",
        _plant(_device(threshold_ma=10.0)),
    ),
    Wrong(
        "edges-slow-in-c", "IEC61851.EDGE_RISE_C", "its pilot has 2050 pF",
        _plant(_capacitance(2_050.0)), {"IEC61851.CAPACITANCE": _RC},
    ),
    Wrong(
        "edges-slow-falling", "IEC61851.EDGE_FALL", "its pilot has 2088 pF",
        _plant(_capacitance(2_088.0)),
        dict.fromkeys(("IEC61851.EDGE_RISE_C", "IEC61851.CAPACITANCE"), _RC),
    ),
    Wrong(
        "edges-slow-in-b", "IEC61851.EDGE_RISE_B", "its pilot has 2200 pF",
        _plant(_capacitance(2_200.0)),
        dict.fromkeys(
            ("IEC61851.EDGE_RISE_C", "IEC61851.EDGE_FALL", "IEC61851.CAPACITANCE"), _RC
        ),
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
