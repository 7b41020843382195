"""What this charger can measure, and how it says so in a SampledValue (OCPP 1.6 section 7.43).

Not here: state of charge, which a vehicle does not tell over the pilot of IEC 61851-1;
export, which there is none of; reactive power, whose sign the meter's sums do not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twin.process import Report
from wire.frames import Payload

_LINES = ("L1", "L2", "L3")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter of a connector shows at one instant.

    Attributes:
        report: Of the controller behind it.
        phases: How many the EVSE has, 1 or 3.
        interval_wh: Energy since the sample before, or since the start; Wh.
        offered_phases: How many of the phases a vehicle may use now.
    """

    report: Report
    phases: int
    interval_wh: int
    offered_phases: int


def _text(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text


def _energy(reading: Reading) -> list[Payload]:
    return [{"value": str(int(reading.report.energy_wh)), "unit": "Wh"}]


def _interval(reading: Reading) -> list[Payload]:
    return [{"value": str(reading.interval_wh), "unit": "Wh"}]


def _power(reading: Reading) -> list[Payload]:
    powers_w, phases = reading.report.power_w, reading.phases
    total = {"value": _text(sum(powers_w[:phases]), 1), "unit": "W"}
    return [total] if phases == 1 else [total, *_per_line(powers_w, phases, 1, "W")]


def _power_factor(reading: Reading) -> list[Payload]:
    """Real power over apparent power, 1 where nothing flows; it has no unit."""
    report, phases = reading.report, reading.phases
    apparent_va = [v * i for v, i in zip(report.voltage_v, report.current_a, strict=True)]
    lines = tuple(
        w / va if va > 0 else 1.0 for w, va in zip(report.power_w, apparent_va, strict=True)
    )
    total_va = sum(apparent_va[:phases])
    total = sum(report.power_w[:phases]) / total_va if total_va > 0 else 1.0
    values: list[Payload] = [{"value": _text(total, 3)}]
    if phases == 3:
        values += [
            {"value": _text(factor, 3), "phase": line}
            for line, factor in zip(_LINES, lines, strict=True)
        ]
    return values


def _current(reading: Reading) -> list[Payload]:
    return _per_line(reading.report.current_a, reading.phases, 2, "A")


def _voltage(reading: Reading) -> list[Payload]:
    return _per_line(reading.report.voltage_v, reading.phases, 1, "V", suffix="-N")


def _per_line(
    values: tuple[float, float, float], phases: int, decimals: int, unit: str, suffix: str = ""
) -> list[Payload]:
    return [
        {"value": _text(value, decimals), "unit": unit, "phase": line + suffix}
        for line, value in zip(_LINES[:phases], values, strict=False)
    ]


def _offered(reading: Reading) -> list[Payload]:
    return [{"value": _text(reading.report.offered_a, 1), "unit": "A"}]


def _power_offered(reading: Reading) -> list[Payload]:
    """What the offered current amounts to on every phase in use, at the voltage there is."""
    report = reading.report
    offered_w = report.offered_a * sum(report.voltage_v[: reading.offered_phases])
    return [{"value": _text(offered_w, 1), "unit": "W"}]


def _frequency(reading: Reading) -> list[Payload]:
    """Hertz without saying so: UnitOfMeasure of OCPP 1.6 has none for it (section 7.45).

    The schema of MeterValues has `Hertz` in some editions, that of StopTransaction in none.
    """
    return [{"value": _text(reading.report.frequency_hz, 2)}]


def _temperature(reading: Reading) -> list[Payload]:
    celsius = _text(reading.report.temperature_c, 1)
    return [{"value": celsius, "unit": "Celsius", "location": "Body"}]


_MEASURED: dict[str, Callable[[Reading], list[Payload]]] = {
    "Energy.Active.Import.Register": _energy,
    "Energy.Active.Import.Interval": _interval,
    "Power.Active.Import": _power,
    "Power.Factor": _power_factor,
    "Power.Offered": _power_offered,
    "Current.Import": _current,
    "Voltage": _voltage,
    "Current.Offered": _offered,
    "Frequency": _frequency,
    "Temperature": _temperature,
}

MEASURANDS = frozenset(_MEASURED)
"""Everything that can be measured here."""

_PER_PHASE = frozenset({"Voltage", "Current.Import", "Power.Active.Import", "Power.Factor"})
_PHASES = frozenset({"L1", "L2", "L3", "L1-N", "L2-N", "L3-N"})


def is_measurand(item: str) -> bool:
    """Whether a configured item can be measured here, such as `Voltage` or `Voltage.L1`."""
    name, phase = _split_phase(item)
    return name in _MEASURED and (phase is None or name in _PER_PHASE)


def sampled_values(items: list[str], reading: Reading, context: str) -> list[Payload]:
    """Return the SampledValue elements of the configured measurands.

    A value that exists per phase is given for each (OCPP 1.6 errata 3.13), unless
    the item names one.

    Args:
        items: Configured measurands, such as `Voltage` or `Current.Import.L1`.
        reading: What the meter shows.
        context: A ReadingContext, such as `Sample.Periodic`.
    """
    values: list[Payload] = []
    for item in items:
        name, phase = _split_phase(item)
        values.extend(
            {**element, "measurand": name, "context": context}
            for element in _MEASURED[name](reading)
            if phase is None or element.get("phase", "").startswith(phase[:2])
        )
    return values


def _split_phase(item: str) -> tuple[str, str | None]:
    name, _, last = item.rpartition(".")
    return (name, last) if last in _PHASES else (item, None)
