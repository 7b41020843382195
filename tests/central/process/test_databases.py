"""The whole loop on each of the three databases: one process, one charger, one session."""

import asyncio

import httpx

from wire.times import format_time, parse_time

START = parse_time("2026-06-01T12:00:00.123456Z")


async def test_a_session_runs_from_remote_start_to_wallet(
    database_url, start_central, play_charger
):
    central = start_central(DATABASE_URL=database_url)
    tasks = []
    charger = await play_charger(central.ocpp, "CP001", central.add_charger("CP001"))

    async def start(payload):
        tasks.append(asyncio.create_task(_begin(payload["idTag"])))
        return {"status": "Accepted"}

    async def _begin(id_tag):
        begun = await charger.call(
            "StartTransaction",
            connectorId=1,
            idTag=id_tag,
            meterStart=1000,
            timestamp=format_time(START),
        )
        for register_wh in (2000, 3500):
            sampled = [
                {"value": str(register_wh)},
                {"value": "7360", "measurand": "Power.Active.Import", "unit": "W"},
            ]
            timestamp = format_time(START.replace(minute=register_wh // 100))
            await charger.call(
                "MeterValues",
                connectorId=1,
                transactionId=begun["transactionId"],
                meterValue=[{"timestamp": timestamp, "sampledValue": sampled}],
            )

    async def stop(payload):
        end = charger.call(
            "StopTransaction",
            transactionId=payload["transactionId"],
            meterStop=4000,
            timestamp=format_time(START.replace(hour=13)),
        )
        tasks.append(asyncio.create_task(end))
        return {"status": "Accepted"}

    charger.answers = {"RemoteStartTransaction": start, "RemoteStopTransaction": stop}
    await charger.boot()
    async with httpx.AsyncClient(base_url=central.http, timeout=30) as user:
        registered = await user.post(
            "/api/users/register",
            json={"email": "driver@example.org", "password": "password123", "name": "Jürgen ⚡"},
        )
        user.headers["Authorization"] = f"Bearer {registered.json()['token']}"
        started = await user.post("/api/charging/start", json={"charge_point_id": "CP001"})
        assert started.status_code == 200, started.text
        await asyncio.gather(*tasks)
        session = {"transaction_id": started.json()["transaction_id"]}

        power = await user.get(
            "/api/metering/CP001", params={**session, "measurand": "Power.Active.Import"}
        )
        assert [reading["power"] for reading in power.json()] == [7360, 7360]
        latest = (await user.get("/api/metering/CP001/latest")).json()
        assert latest["total_kwh"] == 3.5

        stopped = await user.post("/api/charging/stop", json=session)
        assert stopped.status_code == 200, stopped.text
        await asyncio.gather(*tasks)
        (told,) = (await user.get("/api/sessions")).json()
        assert (told["status"], told["energy_wh"]) == ("completed", 3000)
        assert parse_time(told["start_time"]) == parse_time(format_time(START))

        user_id = registered.json()["user"]["id"]
        with central.admin() as admin:
            credit = admin.post(f"/api/users/{user_id}/wallet/topup", json={"amount": "12.34"})
            assert credit.status_code == 201, credit.text
            actions = [command["action"] for command in admin.get("/api/admin/commands").json()]
        assert actions == ["RemoteStopTransaction", "RemoteStartTransaction"]
        details = (await user.get(f"/api/users/{user_id}")).json()["user"]
        assert (details["name"], details["wallet"]["balance_minor"]) == ("Jürgen ⚡", 1234)
    await charger.websocket.close()
    assert central.end() == 0
    assert "Traceback" not in central.stderr.read_text()
