"""A peer in wall time gets its time-outs in wall time, however fast the twin runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peers.scripted_central import SILENT, ScriptedCentral
from twin.charge_point.charger import Charger
from twin.clock import Clock
from twin.driver import HeldDriver, PacedDriver
from twin.evse_config import EvseConfig


@pytest.mark.parametrize(("factor", "patience"), [(0.5, 1.0), (1.0, 1.0), (60.0, 60.0)])
def test_patience_is_the_factor_of_the_pace(factor: float, patience: float) -> None:
    assert PacedDriver(Clock(), factor=factor).patience == patience
    assert HeldDriver(Clock()).patience == 1


async def test_an_answer_that_takes_a_while_is_waited_for_at_any_pace() -> None:
    central = ScriptedCentral()
    central.answers["Heartbeat"] = lambda _: SILENT
    await central.start()
    driver = PacedDriver(Clock(), factor=3_000)
    charger = Charger("CP1", (EvseConfig(),), central.url, driver, None)
    events: list[Any] = []
    charger.charge_point.on_event(lambda event: events.append(event.text))
    async with driver:
        charger.charge_point.start()
        await driver.advance_until(lambda: bool(central.of("Heartbeat")), 10**10)
        # 30 s of the twin's time are 10 ms here; the call has waited for a hundred times that.
        await driver.advance(3_000_000_000)
        assert charger.charge_point.online
        assert not any("not connected" in text for text in events)
        await charger.close()
    await central.stop()
