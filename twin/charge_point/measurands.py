"""What this charger can measure, and how it says so in a SampledValue (OCPP 1.6 section 7.43)."""

from __future__ import annotations

from collections.abc import Callable

from twin.process import Report
from wire.frames import Payload

_LINES = ("L1", "L2", "L3")


def _text(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text


def _energy(report: Report, phases: int) -> list[Payload]:  # noqa: ARG001 -- one shape for all
    return [{"value": str(int(report.energy_wh)), "unit": "Wh"}]


def _power(report: Report, phases: int) -> list[Payload]:
    total = {"value": _text(sum(report.power_w[:phases]), 1), "unit": "W"}
    if phases == 1:
        return [total]
    return [total, *_per_line(report.power_w, phases, 1, "W")]


def _current(report: Report, phases: int) -> list[Payload]:
    return _per_line(report.current_a, phases, 2, "A")


def _voltage(report: Report, phases: int) -> list[Payload]:
    return _per_line(report.voltage_v, phases, 1, "V", suffix="-N")


def _per_line(
    values: tuple[float, float, float], phases: int, decimals: int, unit: str, suffix: str = ""
) -> list[Payload]:
    return [
        {"value": _text(value, decimals), "unit": unit, "phase": line + suffix}
        for line, value in zip(_LINES[:phases], values, strict=False)
    ]


def _offered(report: Report, phases: int) -> list[Payload]:  # noqa: ARG001
    return [{"value": _text(report.offered_a, 1), "unit": "A"}]


def _frequency(report: Report, phases: int) -> list[Payload]:  # noqa: ARG001
    return [{"value": _text(report.frequency_hz, 2), "unit": "Hertz"}]


def _temperature(report: Report, phases: int) -> list[Payload]:  # noqa: ARG001
    return [{"value": _text(report.temperature_c, 1), "unit": "Celsius", "location": "Body"}]


_MEASURED: dict[str, Callable[[Report, int], list[Payload]]] = {
    "Energy.Active.Import.Register": _energy,
    "Power.Active.Import": _power,
    "Current.Import": _current,
    "Voltage": _voltage,
    "Current.Offered": _offered,
    "Frequency": _frequency,
    "Temperature": _temperature,
}

_PHASES = frozenset({"L1", "L2", "L3", "L1-N", "L2-N", "L3-N"})


def is_measurand(item: str) -> bool:
    """Whether a configured item can be measured here, such as `Voltage` or `Voltage.L1`."""
    name, phase = _split_phase(item)
    return name in _MEASURED and (
        phase is None or name in {"Voltage", "Current.Import", "Power.Active.Import"}
    )


def sampled_values(items: list[str], report: Report, phases: int, context: str) -> list[Payload]:
    """Return the SampledValue elements of the configured measurands.

    A value that exists per phase is given for each (OCPP 1.6 errata 3.13), unless
    the item names one.

    Args:
        items: Configured measurands, such as `Voltage` or `Current.Import.L1`.
        report: What the meter shows.
        phases: How many the EVSE has, 1 or 3.
        context: A ReadingContext, such as `Sample.Periodic`.
    """
    values: list[Payload] = []
    for item in items:
        name, phase = _split_phase(item)
        values.extend(
            {**element, "measurand": name, "context": context}
            for element in _MEASURED[name](report, phases)
            if phase is None or element.get("phase", "").startswith(phase[:2])
        )
    return values


def _split_phase(item: str) -> tuple[str, str | None]:
    name, _, last = item.rpartition(".")
    return (name, last) if last in _PHASES else (item, None)
