"""Meter values: at an interval, on the clock's grid, and with the stop."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from twin.charge_point.measurands import MEASURANDS

EVERYTHING = (
    "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,"
    "Current.Offered,Frequency,Temperature"
)


def _times(values: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(each["meterValue"][0]["timestamp"]) for each in values]


async def test_what_is_sent_is_what_the_meter_shows_at_that_instant(rig: Any) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "60"})
    await rig.charging()
    await rig.run(600)
    values = rig.central.of("MeterValues")
    energies_wh = [int(each["meterValue"][0]["sampledValue"][0]["value"]) for each in values]
    steps_wh = [later - sooner for sooner, later in pairwise(energies_wh)]
    power_w = sum(rig.evses[0].report().power_w)
    assert all(step == pytest.approx(power_w / 60, rel=0.05, abs=1.1) for step in steps_wh[2:])


async def test_every_configured_measurand_is_sent_per_phase_where_it_exists(rig: Any) -> None:
    await rig.boot(
        configuration={"MeterValueSampleInterval": "30", "MeterValuesSampledData": EVERYTHING}
    )
    await rig.charging()
    await rig.run(65)
    sampled = rig.central.of("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    by_measurand: dict[str, dict[str | None, float]] = {}
    for each in sampled:
        by_measurand.setdefault(each["measurand"], {})[each.get("phase")] = float(each["value"])
    assert set(by_measurand) == set(EVERYTHING.split(","))
    assert set(by_measurand["Current.Import"]) == {"L1", "L2", "L3"}
    assert set(by_measurand["Voltage"]) == {"L1-N", "L2-N", "L3-N"}
    power = by_measurand["Power.Active.Import"]
    assert power[None] == pytest.approx(power["L1"] + power["L2"] + power["L3"], abs=0.2)
    assert by_measurand["Voltage"]["L1-N"] == pytest.approx(230, rel=0.05)
    assert by_measurand["Frequency"][None] == pytest.approx(50, abs=0.1)


async def test_a_measurand_may_name_its_phase(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "30",
            "MeterValuesSampledData": "Voltage.L2,Current.Import.L1",
        }
    )
    await rig.charging()
    await rig.run(35)
    sampled = rig.central.of("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    assert [(each["measurand"], each["phase"]) for each in sampled] == [
        ("Voltage", "L2-N"),
        ("Current.Import", "L1"),
    ]


async def test_an_interval_of_zero_sends_nothing(rig: Any) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "0"})
    await rig.charging()
    await rig.run(1_000)
    assert rig.central.of("MeterValues") == []


async def test_a_new_interval_holds_at_once(rig: Any) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "0"})
    await rig.charging()
    await rig.ask("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "5"})
    await rig.run(16)
    assert len(rig.central.of("MeterValues")) == 3
    await rig.ask("ChangeConfiguration", {"key": "ClockAlignedDataInterval", "value": "10"})
    await rig.run(21)
    contexts = [
        each["meterValue"][0]["sampledValue"][0]["context"]
        for each in rig.central.of("MeterValues")
    ]
    assert contexts.count("Sample.Clock") == 2


async def test_after_the_stop_nothing_is_sampled(rig: Any) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "10"})
    await rig.charging()
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    before = len(rig.central.of("MeterValues"))
    await rig.run(100)
    assert len(rig.central.of("MeterValues")) == before


async def test_the_stop_carries_begin_and_end_and_what_is_configured_between(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "60",
            "StopTxnSampledData": "Energy.Active.Import.Register",
        }
    )
    await rig.charging()
    await rig.run(200)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    data = [each["sampledValue"][0] for each in stop["transactionData"]]
    assert [each["context"] for each in data] == [
        "Transaction.Begin",
        *["Sample.Periodic"] * 3,
        "Transaction.End",
    ]
    energies_wh = [int(each["value"]) for each in data]
    assert energies_wh == sorted(energies_wh)
    (start,) = rig.central.of("StartTransaction")
    assert (energies_wh[0], energies_wh[-1]) == (start["meterStart"], stop["meterStop"])


async def test_a_long_session_keeps_begin_and_end_when_memory_runs_short(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "10",
            "StopTxnSampledData": "Energy.Active.Import.Register",
        }
    )
    await rig.charging()
    await rig.run(3_000)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    contexts = [
        each["sampledValue"][0]["context"]
        for each in rig.central.of("StopTransaction")[0]["transactionData"]
    ]
    assert (contexts[0], contexts[-1]) == ("Transaction.Begin", "Transaction.End")
    assert len(contexts) == 102


async def test_a_stop_with_all_that_can_be_measured_stays_below_64_kib(rig: Any) -> None:
    """More than that many a central system closes the connection on, again and again."""
    everything = ",".join(sorted(MEASURANDS) + ["Power.Factor", "Power.Active.Import"] * 5)
    await rig.boot(
        configuration={"MeterValueSampleInterval": "10", "StopTxnSampledData": everything}
    )
    await rig.charging()
    await rig.run(1_100)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert 40_000 < len(json.dumps(stop)) < 64_000
    contexts = [each["sampledValue"][0]["context"] for each in stop["transactionData"]]
    assert (contexts[0], contexts[-1]) == ("Transaction.Begin", "Transaction.End")
    assert set(contexts[1:-1]) == {"Sample.Periodic"}


async def test_without_configured_data_the_stop_carries_none(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert "transactionData" not in rig.central.of("StopTransaction")[0]


async def test_the_energies_of_the_intervals_add_up_to_the_energy_of_the_session(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "50",
            "StopTxnSampledData": "Energy.Active.Import.Interval",
        }
    )
    await rig.charging()
    await rig.run(180)
    await rig.ask("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "20"})
    await rig.run(70)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (start,), (stop,) = rig.central.of("StartTransaction"), rig.central.of("StopTransaction")
    steps_wh = [int(each["sampledValue"][0]["value"]) for each in stop["transactionData"]]
    assert len(steps_wh) == 8
    assert steps_wh[0] == 0
    assert sum(steps_wh) == stop["meterStop"] - start["meterStart"] > 0


async def test_the_energies_of_aligned_intervals_add_up_as_well(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "0",
            "ClockAlignedDataInterval": "60",
            "StopTxnAlignedData": "Energy.Active.Import.Interval",
        }
    )
    await rig.run(30)
    await rig.charging()
    await rig.run(200)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (start,), (stop,) = rig.central.of("StartTransaction"), rig.central.of("StopTransaction")
    steps_wh = [int(each["sampledValue"][0]["value"]) for each in stop["transactionData"]]
    assert len(steps_wh) >= 5
    assert sum(steps_wh) == stop["meterStop"] - start["meterStart"] > 0


async def test_what_the_transaction_before_has_used_is_in_no_interval_of_the_next(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "50",
            "StopTxnSampledData": "Energy.Active.Import.Interval",
        }
    )
    await rig.charging()
    await rig.run(90)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(10)
    rig.tag()
    await rig.until(lambda: rig.evses[0].report().closed)
    await rig.run(120)
    rig.tag()
    await rig.until(lambda: len(rig.central.of("StopTransaction")) == 2)
    start, stop = rig.central.of("StartTransaction")[1], rig.central.of("StopTransaction")[1]
    steps_wh = [int(each["sampledValue"][0]["value"]) for each in stop["transactionData"]]
    assert (len(steps_wh), steps_wh[0]) == (4, 0)
    assert sum(steps_wh) == stop["meterStop"] - start["meterStart"] > 0


async def test_power_factor_and_offered_power_are_told(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "30",
            "MeterValuesSampledData": "Power.Factor,Power.Offered,Power.Active.Import,Voltage",
        }
    )
    await rig.charging()
    await rig.run(65)
    sampled = rig.central.of("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    factors = [float(each["value"]) for each in sampled if each["measurand"] == "Power.Factor"]
    assert len(factors) == 4
    assert all(0.9 < factor <= 1.0 for factor in factors)
    (offered,) = [each for each in sampled if each["measurand"] == "Power.Offered"]
    volts = sum(float(each["value"]) for each in sampled if each["measurand"] == "Voltage")
    assert float(offered["value"]) == pytest.approx(32 * volts, rel=0.001)


async def test_every_measurand_may_be_in_every_list(rig: Any) -> None:
    """The scripted central system checks each frame by its schema; StopTransaction has its own."""
    lists = (
        "MeterValuesSampledData", "MeterValuesAlignedData",
        "StopTxnSampledData", "StopTxnAlignedData",
    )  # fmt: skip
    await rig.boot(configuration={"ClockAlignedDataInterval": "60"})
    for key in lists:
        change = {"key": key, "value": ",".join(MEASURANDS)}
        assert await rig.ask("ChangeConfiguration", change) == {"status": "Accepted"}
    await rig.charging()
    await rig.run(130)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    sent = [each["meterValue"][0] for each in rig.central.of("MeterValues")]
    contexts = set()
    for meter_value in [*sent, *stop["transactionData"]]:
        sampled = meter_value["sampledValue"]
        assert {each["measurand"] for each in sampled} == set(MEASURANDS)
        contexts.update(each["context"] for each in sampled)
    assert contexts == {"Sample.Clock", "Sample.Periodic", "Transaction.Begin", "Transaction.End"}


async def test_a_list_longer_than_its_key_allows_is_rejected(rig: Any) -> None:
    await rig.boot()
    names = ["MeterValuesSampledDataMaxLength"]
    (entry,) = (await rig.ask("GetConfiguration", {"key": names}))["configurationKey"]
    assert entry["readonly"]
    most = int(entry["value"])
    for count, status in ((most, "Accepted"), (most + 1, "Rejected")):
        change = {"key": "MeterValuesSampledData", "value": ",".join(["Voltage"] * count)}
        assert await rig.ask("ChangeConfiguration", change) == {"status": status}
