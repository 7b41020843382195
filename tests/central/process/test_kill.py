"""SIGKILL in mid-load: what was acknowledged is there."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta

import pytest

from wire.times import format_time

START = datetime(2026, 6, 1, tzinfo=UTC)
CHARGERS = 5


class Load:
    """One charger that sends meter values as fast as they are acknowledged."""

    def __init__(self, charger, charge_point_id, begin):
        self.charger = charger
        self.charge_point_id = charge_point_id
        self.begin = begin
        self.transaction_id = None
        self.acknowledged = []

    async def start(self):
        answer = await self.charger.call(
            "StartTransaction",
            connectorId=1,
            idTag="LOAD",
            meterStart=0,
            timestamp=format_time(self.begin),
        )
        self.transaction_id = answer["transactionId"]

    async def run(self, enough):
        """Send until the central system is gone; tell when `enough` were acknowledged."""
        number = 0
        try:
            while True:
                number += 1
                await self.charger.call(
                    "MeterValues",
                    connectorId=1,
                    transactionId=self.transaction_id,
                    meterValue=[
                        {
                            "timestamp": format_time(self.begin + timedelta(seconds=number)),
                            "sampledValue": [{"value": str(number)}],
                        }
                    ],
                )
                self.acknowledged.append(number)
                if number == 50:
                    enough.release()
        except ConnectionError:
            return


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.full)])
async def test_every_acknowledged_value_is_read_back_after_a_kill(
    start_central, play_charger, rounds
):
    for day in range(rounds):
        central = start_central(
            OCPP_UNKNOWN_TAGS="accept",
            OCPP_UNKNOWN_CHARGERS="accept",
            OCPP_MIN_SECURITY_PROFILE="0",
        )
        loads = []
        for number in range(CHARGERS):
            charge_point_id = f"CP{number}"
            charger = await play_charger(central.ocpp, charge_point_id)
            await charger.boot()
            loads.append(Load(charger, charge_point_id, START + timedelta(days=day)))
            await loads[-1].start()
        enough = asyncio.Semaphore(0)
        running = [asyncio.create_task(load.run(enough)) for load in loads]
        for _ in range(CHARGERS):
            await enough.acquire()
        assert central.end(signal.SIGKILL) == -signal.SIGKILL
        await asyncio.gather(*running)

        again = start_central(OCPP_MIN_SECURITY_PROFILE="0")
        with again.admin() as admin:
            for load in loads:
                answer = admin.get(
                    f"/api/metering/{load.charge_point_id}",
                    params={
                        "transaction_id": load.transaction_id,
                        "measurand": "Energy.Active.Import.Register",
                        "limit": 10_000,
                    },
                )
                stored = {int(row["sampled_values"][0]["value"]) for row in answer.json()}
                assert len(load.acknowledged) >= 50
                assert set(load.acknowledged) <= stored
                assert stored <= {*load.acknowledged, len(load.acknowledged) + 1}
                session = admin.get(f"/api/sessions/{load.transaction_id}").json()
                assert session["status"] == "active"
        assert again.end() == 0
