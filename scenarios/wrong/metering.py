"""EVSEs that count energy wrongly."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from hil.target import EvseFacts
from hil.targets.build import Build
from scenarios.wrong.entry import Wrong, controller, settings
from twin.controller import ReferenceController
from twin.link.pins import Inputs, Outputs
from twin.process import Memory, Phase, Report


def _gain(meter_class: str, error_percent: float) -> Build:
    """Return a build whose meters of one class read wrong."""

    def applies(evse: EvseFacts) -> bool:
        return evse.meter_class == meter_class

    return Build(faults={"meter_gain": {"error_percent": error_percent}}, applies=applies)


class _CountsVoltAmperes(ReferenceController):
    """Integrates V times I instead of real power."""

    _true_ws = 0.0
    _counted_ws = 0.0

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        true_ws = sum(inputs.total_vi_ws)
        real_w = sum(inputs.cycle_vi)
        apparent = sum(
            sqrt(v2 * i2) for v2, i2 in zip(inputs.cycle_v2, inputs.cycle_i2, strict=True)
        )
        ratio = apparent / real_w if real_w > 1.0 else 1.0
        if true_ws < self._true_ws:
            self._true_ws = 0.0
        self._counted_ws += (true_ws - self._true_ws) * ratio
        self._true_ws = true_ws
        return super().step(now_us, replace(inputs, total_vi_ws=(self._counted_ws, 0.0, 0.0)))


class _CountsL1(ReferenceController):
    """Takes L1 for every phase."""

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        first_ws = inputs.total_vi_ws[0] * self.hardware.phases
        return super().step(now_us, replace(inputs, total_vi_ws=(first_ws, 0.0, 0.0)))


class _AgeingShunt(ReferenceController):
    """Measures 1 % too much for each 10 MWh that have gone through."""

    _gain = 1.0

    def reset(self, now_us: int, memory: Memory) -> None:
        super().reset(now_us, memory)
        self._gain = 1.0 + memory.energy_wh / 1e9

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        l1_ws, l2_ws, l3_ws = (self._gain * ws for ws in inputs.total_vi_ws)
        return super().step(now_us, replace(inputs, total_vi_ws=(l1_ws, l2_ws, l3_ws)))


class _RoundsAtTheEnd(ReferenceController):
    """Shows whole Wh while nothing flows, and fractions while charging."""

    def report(self) -> Report:
        report = super().report()
        if report.phase is not Phase.CHARGING:
            report.energy_wh = float(int(report.energy_wh))
        return report


class _ForgetsConverter(ReferenceController):
    """Keeps the register over a reset, and not what the converter showed with it."""

    def memory(self, now_us: int) -> Memory:
        return replace(super().memory(now_us), converter_ws=None)


class _CountsTwice(ReferenceController):
    """Keeps the register of this moment over a reset, with the converter's total of the save."""

    def memory(self, now_us: int) -> Memory:
        return replace(super().memory(now_us), energy_wh=self._register.energy_wh)


class _GenerousMemory(ReferenceController):
    """Restores a power cut's loss by a flat 15 Wh."""

    def memory(self, now_us: int) -> Memory:
        memory = super().memory(now_us)
        return replace(memory, energy_wh=self._register.energy_wh + 15.0)


ENTRIES = (
    Wrong("gain-class-a", "EN50470.CLASS_A", "its class A meter reads 2.5 % high", _gain("A", 2.5)),
    Wrong(
        "gain-class-b", "EN50470.CLASS_B", "its class B meter reads 1.3 % high", _gain("B", 1.3),
        dict.fromkeys(
            ("EN50470.POWER_FACTOR", "EVSELOOP.PHASES_SUMMED"), "those are class B meters too"
        ),
    ),
    Wrong("gain-class-c", "EN50470.CLASS_C", "its class C meter reads 0.8 % high", _gain("C", 0.8)),
    Wrong(
        "gain-nist-acceptance", "NIST44.ACCEPTANCE", "its class C meter reads 1.5 % high",
        _gain("C", 1.5), {"EN50470.CLASS_C": "1 % is wider than 0.5 %"},
    ),
    Wrong(
        "ageing-shunt", "NIST44.MAINTENANCE", "its meter gains 1 % in 10 MWh",
        controller(_AgeingShunt),
    ),
    Wrong(
        "counts-volt-amperes", "EN50470.POWER_FACTOR", "its register counts V times I",
        controller(_CountsVoltAmperes),
    ),
    Wrong(
        "counts-l1", "EVSELOOP.PHASES_SUMMED", "its register takes L1 for every phase",
        controller(_CountsL1),
    ),
    Wrong(
        "rounds-at-the-end", "EN50470.MONOTONIC", "its register falls to whole Wh when idle",
        controller(_RoundsAtTheEnd),
        {
            "EVSELOOP.RESET_REGISTER": "it is idle after a reset, too: what it rounds away is lost",
        },
    ),
    Wrong(
        "forgets-its-converter", "EN50470.MONOTONIC",
        "a reset throws its register back to the last save",
        controller(_ForgetsConverter),
        {"EVSELOOP.RESET_REGISTER": "what it steps back it has lost"},
    ),
    Wrong(
        "counts-twice-over-a-reset", "EVSELOOP.RESET_REGISTER",
        "a reset counts once more what was counted since the last save",
        controller(_CountsTwice),
    ),
    Wrong(
        "rarely-saves", "EVSELOOP.POWER_CUT_LOSS", "it saves its register every 20 s",
        settings(save_interval_us=20_000_000),
    ),
    Wrong(
        "generous-memory", "EVSELOOP.POWER_CUT_GAIN", "it adds 15 Wh for every power cut",
        controller(_GenerousMemory),
        {"EVSELOOP.RESET_REGISTER": "it takes a reset for a power cut"},
    ),
)  # fmt: skip
"""The wrong EVSEs of this topic."""
