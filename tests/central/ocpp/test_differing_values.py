"""Meter values that take back what was said of the same moment are not dropped in silence."""

import pytest

from central.domain.meter_values import list_readings
from central.domain.violations import list_violations

AT, LATER = "2026-06-01T12:00:00Z", "2026-06-01T12:00:01Z"


def values(*sampled, at=AT, **changes):
    reading = {"timestamp": at, "sampledValue": list(sampled)}
    return {"connectorId": 1, "transactionId": 7, "meterValue": [reading], **changes}


async def noted(central):
    return [
        violation
        for violation in await central.storage.read(list_violations)
        if violation.code == "MeterValuesDiffer"
    ]


async def test_other_values_of_the_same_moment_are_noted_with_both(central):
    charger = await central.charger()
    await charger.ask("MeterValues", values({"value": "1000"}))
    await charger.ask("MeterValues", values({"value": "2000"}))
    (violation,) = await noted(central)
    assert (violation.charge_point_id, violation.action) == ("CP1", "MeterValues")
    assert '"1000"' in violation.detail
    assert '"2000"' in violation.detail
    (stored,) = await central.storage.read(list_readings, "CP1")
    assert stored.sampled == [{"value": "1000"}]


async def test_other_values_in_one_message_are_noted(central):
    charger = await central.charger()
    both = values({"value": "1000"})["meterValue"] + values({"value": "2000"})["meterValue"]
    await charger.ask("MeterValues", values(meterValue=both))
    # They are of one moment and context, so they are one reading and not two that differ.
    assert await noted(central) == []
    (stored,) = await central.storage.read(list_readings, "CP1")
    assert stored.sampled == [{"value": "1000"}, {"value": "2000"}]


async def test_they_are_noted_on_another_connection_too(central):
    key = await central.add("CP1")
    first = await central.open("CP1", key=key)
    await first.boot()
    await first.ask("MeterValues", values({"value": "1000"}))
    second = await central.open("CP1", key=key)
    await second.ask("MeterValues", values({"value": "2000"}))
    assert len(await noted(central)) == 1


@pytest.mark.parametrize(
    "repeated",
    [
        values({"value": "1000", "unit": "Wh"}),
        values({"unit": "Wh", "value": "1000"}),
        values({"value": "2000"}, at=LATER),
        values({"value": "2000"}, connectorId=2),
        values({"value": "2000"}, transactionId=8),
        values({"value": "2000", "context": "Transaction.End"}),
    ],
)
@pytest.mark.parametrize("reconnects", [False, True])
async def test_a_repetition_and_values_of_something_else_are_not(central, repeated, reconnects):
    key = await central.add("CP1")
    charger = await central.open("CP1", key=key)
    await charger.boot()
    await charger.ask("MeterValues", values({"value": "1000", "unit": "Wh"}))
    if reconnects:
        charger = await central.open("CP1", key=key)
    await charger.ask("MeterValues", repeated)
    assert await noted(central) == []


async def test_a_charger_that_always_does_so_is_noted_once_a_connection(central):
    charger = await central.charger()
    for number in range(5):
        at = f"2026-06-01T12:00:0{number}Z"
        await charger.ask("MeterValues", values({"value": "1000"}, at=at))
        await charger.ask("MeterValues", values({"value": "16", "unit": "A"}, at=at))
    assert len(await noted(central)) == 1
