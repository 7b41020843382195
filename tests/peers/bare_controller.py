"""A controller's program alone at its link, with its pins set by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from twin.control.hardware import Hardware
from twin.link.firmware import HostFirmware
from twin.link.pins import Inputs
from twin.link.session import LinkSession
from twin.process import Command, Report

TICK_US = 1_000
GRANT_US = 50_000
POWER_W = 11_000.0

IDLE = Inputs(
    pilot_high_mv=12_000,
    pilot_n_high=1,
    proximity_mv=3_300,
    cycle_n=(1, 1, 1),
    cycle_v2=(52_900.0, 52_900.0, 52_900.0),
    mirror_main_open=True,
    mirror_l2l3_open=True,
    earth_sense=True,
    temperature_valid=True,
    supply_present=True,
)
"""Nothing is plugged in, and the supply is as it should be."""


class BareController:
    """One run after another of a program with the memory of one directory.

    Its metering converter counts `POWER_W` from the first tick on, whatever the contactor does,
    so that there is something to save.
    """

    def __init__(self, program: Path, nvm: Path) -> None:
        self.program = program
        self.nvm = nvm
        self.inputs = IDLE
        self.now_us = 0
        self._firmware: HostFirmware | None = None
        self._session: LinkSession | None = None

    @property
    def memory(self) -> Path:
        return self.nvm / "fram.bin"

    def start(
        self, faults: Mapping[str, object] | str = MappingProxyType({}), register_mwh: int = 0
    ) -> Report:
        """Start it with these faults of its memory; return what it says after its first tick."""
        orders = faults if isinstance(faults, str) else json.dumps(dict(faults))
        (self.nvm / "faults.json").write_text(orders)
        self._firmware = HostFirmware(self.program, nvm=self.nvm)
        self._session = self._firmware.start()
        self._session.greet(self.now_us, 0, [(Hardware(), register_mwh)])
        return self.tick()

    def tick(self) -> Report:
        """Run one tick."""
        return self._grant(self.now_us + TICK_US)

    def run(self, seconds: float) -> Report:
        """Run tick after tick; the converter's total moves from one grant to the next."""
        until_us = self.now_us + round(seconds * 1e6)
        report = self.tick()
        while self.now_us < until_us:
            report = self._grant(min(self.now_us + GRANT_US, until_us))
        return report

    def _grant(self, until_us: int) -> Report:
        assert self._session is not None
        energy_ws = POWER_W * self.now_us / 1e6
        inputs = replace(self.inputs, total_vi_ws=(energy_ws, 0.0, 0.0))
        reply = self._session.grant(self.now_us, until_us, [(inputs, Command())])
        self.now_us = reply.tick_us + TICK_US
        return reply.reports[0]

    def kill(self) -> None:
        """End it, as when power goes."""
        if self._session is not None:
            self._session.close()
        if self._firmware is not None:
            self._firmware.close()
        self._session = self._firmware = None


@pytest.fixture
def controller(host_program: Path, tmp_path: Path) -> Iterator[BareController]:
    """The program of the firmware's controller, with a memory of its own."""
    nvm = tmp_path / "nvm"
    nvm.mkdir()
    made = BareController(host_program, nvm)
    yield made
    made.kill()
