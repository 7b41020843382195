"""Violations of one kind are kept once a connection, and of endless kinds not all are kept."""

from central.domain.violations import list_violations
from central.ocpp.charge_point import MOST_NOTED

AT = "2026-06-01T12:00:00Z"


def meter_values(**flaws):
    return {
        "connectorId": 1,
        "meterValue": [{"timestamp": AT, "sampledValue": [{"value": "1"}]}],
        **flaws,
    }


async def kept(central):
    return await central.storage.read(list_violations, limit=1_000)


async def test_a_flaw_in_every_message_is_kept_once(central):
    charger = await central.charger()
    for _ in range(3):
        await charger.ask("MeterValues", meter_values(extra=1))
    assert len(await kept(central)) == 1


async def test_whoever_makes_up_new_kinds_fills_no_disk_with_them(central, logged):
    charger = await central.charger()
    values = meter_values()["meterValue"]
    for number in range(MOST_NOTED + 10):
        # Each flaw is in another place, so of another kind.
        flawed = [*values * number, {"timestamp": AT, "sampledValue": [{"value": 1}]}]
        await charger.ask("MeterValues", {"connectorId": 1, "meterValue": flawed})
    assert len(await kept(central)) == MOST_NOTED
    assert len([line for line in logged if line["event"].startswith("too many kinds")]) == 1


async def test_what_is_said_of_money_is_kept_each_time_all_the_same(central):
    charger = await central.charger()
    values = meter_values()["meterValue"]
    for number in range(MOST_NOTED):
        flawed = [*values * number, {"timestamp": AT, "sampledValue": [{"value": 1}]}]
        await charger.ask("MeterValues", {"connectorId": 1, "meterValue": flawed})
    for number in range(2):
        start = {"connectorId": 1, "idTag": "T", "meterStart": number, "timestamp": AT, "extra": 1}
        await charger.ask("StartTransaction", start)
    actions = [violation.action for violation in await kept(central)]
    assert actions.count("StartTransaction") == 2
