"""A store in memory outlives power cuts of the charger, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import ChargePoint, Volatile
from twin.charge_point.store import Store


def test_what_was_committed_is_there_when_it_is_opened_again() -> None:
    place = Volatile()
    store = Store(place)
    store.set_setting("kept", "1")
    store.close()
    assert Store(place).setting("kept") == "1"
    place.discard()
    assert Store(place).setting("kept") is None
    place.discard()


def test_what_was_not_committed_is_gone_when_it_is_closed() -> None:
    place = Volatile()
    store = Store(place)

    store.database.execute("BEGIN IMMEDIATE")
    store.database.execute("INSERT INTO setting VALUES ('lost', '1')")
    store.close()
    assert Store(place).setting("lost") is None
    place.discard()


async def test_a_queue_in_memory_outlives_a_power_cut(rig: Any) -> None:
    place = Volatile()
    evse = rig.add_evse()
    cp = ChargePoint("CP1", rig.central.url, [evse], place, rig.driver)
    rig.charge_point = cp
    await rig.run(3)
    cp.start()
    await rig.until(lambda: cp.online)
    await rig.charging()
    cp.cut_network()
    await rig.run(200)
    queued = cp.queued
    assert queued == 3
    cp.cut_power()
    await rig.run(30)
    cp.restore_power()
    await rig.run(10)
    assert cp.queued >= queued + 1, "the stop has been added"
    cp.restore_network()
    await rig.until(lambda: cp.settled, 120)
    (stop,) = rig.central.of("StopTransaction")
    assert stop["reason"] == "PowerLoss"
    await cp.close()
    rig.charge_point = None
    place.discard()


@pytest.mark.parametrize("drift_ppm", [-1000.0, 1000.0])
async def test_a_clock_that_drifts_stamps_with_its_drift_and_keeps_its_grid(
    rig: Any, drift_ppm: float
) -> None:
    rig.central.answers["Heartbeat"] = lambda _: {"currentTime": "no time that one could set"}
    cp = await rig.boot(drift_ppm=drift_ppm, configuration={"ClockAlignedDataInterval": "900"})
    error_s = (cp.wall.now() - rig.central.now()).total_seconds()
    await rig.run(7220)
    assert (cp.wall.now() - rig.central.now()).total_seconds() - error_s == pytest.approx(
        7220 * drift_ppm * 1e-6, abs=0.01
    )
    stamps = [each["meterValue"][0]["timestamp"] for each in rig.central.of("MeterValues")]
    assert len(stamps) == 8
    assert {stamp[14:19] for stamp in stamps} == {"00:00", "15:00", "30:00", "45:00"}


async def test_the_books_are_told_line_by_line(rig: Any) -> None:
    lines: list[tuple[str, int | None]] = []
    cp = await rig.boot()
    cp.on_booking(lambda each: lines.append((each.entry.value, each.record.transaction_id)))
    await rig.charging()
    rig.tag()
    await rig.until(lambda: cp.settled and not cp.in_transaction())
    assert lines == [("start", None), ("number", 100), ("stop", 100), ("delivered", 100)]
