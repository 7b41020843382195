"""A session from the app: start, meter values, stop, and what is told about it."""

import asyncio
from datetime import timedelta

import pytest

from wire.times import format_time


class Car:
    """Plays a charger that starts and stops as it is told."""

    def __init__(self, central, meter_wh=1000):
        self.central = central
        self.meter_wh = meter_wh
        self.charger = None
        self.transaction_id = None
        self.tasks = []

    def start(self, payload):
        self.tasks.append(asyncio.create_task(self._start(payload)))
        return {"status": "Accepted"}

    def stop(self, payload):
        self.tasks.append(asyncio.create_task(self._stop(payload["transactionId"])))
        return {"status": "Accepted"}

    async def _start(self, payload):
        answer = await self.charger.call(
            "StartTransaction",
            connectorId=payload.get("connectorId", 1),
            idTag=payload["idTag"],
            meterStart=self.meter_wh,
            timestamp=format_time(self.central.clock.now()),
        )
        self.transaction_id = answer["transactionId"]

    async def _stop(self, transaction_id):
        await self.charger.call(
            "StopTransaction",
            transactionId=transaction_id,
            meterStop=self.meter_wh,
            timestamp=format_time(self.central.clock.now()),
            reason="Remote",
        )

    async def settled(self):
        """Wait until the charger, too, knows what it has done."""
        await asyncio.gather(*self.tasks)

    async def sample(self, register_wh, power_w):
        await self.settled()
        self.meter_wh = register_wh
        await self.charger.call(
            "MeterValues",
            connectorId=1,
            transactionId=self.transaction_id,
            meterValue=[
                {
                    "timestamp": format_time(self.central.clock.now()),
                    "sampledValue": [
                        {"value": str(register_wh)},
                        {"value": str(power_w), "measurand": "Power.Active.Import", "unit": "W"},
                        {"value": "230.5", "measurand": "Voltage", "phase": "L1-N", "unit": "V"},
                        {"value": "31.9", "measurand": "Current.Import", "unit": "A"},
                    ],
                }
            ],
        )


@pytest.fixture
async def car(central, connect_charger):
    car = Car(central)
    car.charger = await connect_charger(
        RemoteStartTransaction=car.start, RemoteStopTransaction=car.stop
    )
    yield car
    await car.settled()


async def test_a_user_starts_charges_and_stops(central, car):
    started = await central.user.post(
        "/api/charging/start", json={"charge_point_id": "CP001", "connector_id": 1}
    )
    assert started.status_code == 200, started.text
    transaction_id = started.json()["transaction_id"]
    assert started.json() == {
        "success": True,
        "message": "Charging started",
        "transaction_id": transaction_id,
    }
    await car.settled()
    assert transaction_id == car.transaction_id

    await car.sample(4500, 7360)
    running = (await central.user.get(f"/api/sessions/{transaction_id}")).json()
    assert running["status"] == "active"
    assert running["energy_consumed"] == 3.5
    assert running["id_tag"] == central.user_tag
    latest = (await central.user.get("/api/metering/CP001/latest")).json()
    assert latest["power"] == 7360
    assert latest["voltage"] == 230.5
    assert latest["current"] == 31.9
    assert latest["total_kwh"] == 4.5
    assert latest["transaction_id"] == transaction_id

    stopped = await central.user.post(
        "/api/charging/stop",
        json={"charge_point_id": "CP001", "transaction_id": transaction_id},
    )
    assert stopped.status_code == 200, stopped.text
    assert stopped.json()["message"] == "Charging stopped"
    sessions = (await central.user.get("/api/sessions")).json()
    assert [session["transaction_id"] for session in sessions] == [transaction_id]
    assert sessions[0]["status"] == "completed"
    assert sessions[0]["energy_wh"] == 3500
    assert sessions[0]["stop_reason"] == "Remote"
    assert sessions[0]["user_id"] == central.user_id


async def test_a_charger_that_accepts_and_does_not_start_is_told_as_such(central, connect_charger):
    await connect_charger(RemoteStartTransaction={"status": "Accepted"})
    answer = await central.user.post(
        "/api/charging/start", json={"charge_point_id": "CP001", "wait_s": 0}
    )
    assert answer.status_code == 202
    assert answer.json()["transaction_id"] is None
    assert answer.json()["success"] is True


async def test_a_session_of_another_tag_is_not_taken_for_the_one_that_was_asked_for(
    central, connect_charger
):
    await central.admin.post("/api/id-tags", json={"id_tag": "OTHER"})
    charger = None
    tasks = []

    async def somebody_else_is_faster(_payload):
        start = charger.call(
            "StartTransaction",
            connectorId=1,
            idTag="OTHER",
            meterStart=0,
            timestamp=format_time(central.clock.now()),
        )
        tasks.append(asyncio.create_task(start))
        return {"status": "Accepted"}

    charger = await connect_charger(RemoteStartTransaction=somebody_else_is_faster)
    answer = await central.user.post(
        "/api/charging/start", json={"charge_point_id": "CP001", "wait_s": 0.3}
    )
    assert answer.status_code == 202
    await asyncio.gather(*tasks)
    assert len((await central.admin.get("/api/sessions")).json()) == 1


async def test_a_charger_that_refuses_is_told_as_a_conflict(central, connect_charger):
    await connect_charger(RemoteStartTransaction={"status": "Rejected"})
    answer = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
    assert answer.status_code == 409
    assert "Rejected" in answer.json()["error"]["what"]


async def test_a_user_starts_with_no_tag_but_their_own(central, car):
    await central.admin.post("/api/id-tags", json={"id_tag": "OTHER"})
    refused = await central.user.post(
        "/api/charging/start", json={"charge_point_id": "CP001", "id_tag": "OTHER"}
    )
    assert refused.status_code == 403
    assert car.charger.commands == []
    own_in_lower_case = await central.user.post(
        "/api/charging/start",
        json={"charge_point_id": "CP001", "id_tag": central.user_tag.lower()},
    )
    assert own_in_lower_case.status_code == 200


@pytest.mark.parametrize(
    ("rights", "told"),
    [({"status": "Blocked"}, "Blocked"), ({"expires_at": "2026-01-01T00:00:00Z"}, "Expired")],
)
async def test_a_tag_that_may_not_charge_is_refused_before_the_charger_is_asked(
    central, car, rights, told
):
    changed = await central.admin.put(
        f"/api/id-tags/{central.user_tag}", json={"user_id": central.user_id, **rights}
    )
    assert changed.status_code == 200, changed.text
    answer = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
    assert answer.status_code == 409
    assert told in answer.json()["error"]["what"]
    assert car.charger.commands == []


async def test_nobody_stops_or_sees_a_stranger_s_session(central, car):
    await central.admin.post("/api/id-tags", json={"id_tag": "OTHER"})
    started = await central.admin.post(
        "/api/charging/start", json={"charge_point_id": "CP001", "id_tag": "OTHER"}
    )
    transaction_id = started.json()["transaction_id"]
    await car.sample(2000, 100)
    for answer in [
        await central.user.get(f"/api/sessions/{transaction_id}"),
        await central.user.post("/api/charging/stop", json={"transaction_id": transaction_id}),
        await central.user.get("/api/metering/CP001"),
        await central.user.get("/api/metering/CP001", params={"transaction_id": transaction_id}),
        await central.user.get("/api/metering/CP001/latest"),
    ]:
        assert answer.status_code == 404, answer.text
    assert (await central.user.get("/api/sessions")).json() == []
    assert [command.action for command in car.charger.commands] == ["RemoteStartTransaction"]


async def test_a_session_that_has_ended_cannot_be_stopped_again(central, car):
    started = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
    body = {"transaction_id": started.json()["transaction_id"]}
    assert (await central.user.post("/api/charging/stop", json=body)).status_code == 200
    again = await central.user.post("/api/charging/stop", json=body)
    assert again.status_code == 409
    assert "ended already" in again.json()["error"]["what"]


async def closed_provisionally(central, car):
    """Start a session, and let it seem gone for longer than the grace."""
    started = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
    await car.settled()
    await car.charger.status("Available")
    central.clock.set(central.clock.now() + timedelta(minutes=16))
    await central.system.schedule.run_due()
    transaction_id = started.json()["transaction_id"]
    told = (await central.user.get(f"/api/sessions/{transaction_id}")).json()
    assert told["provisional"]
    return transaction_id


async def test_a_session_that_was_closed_provisionally_and_runs_on_can_be_stopped(central, car):
    transaction_id = await closed_provisionally(central, car)
    car.meter_wh = 5000
    answer = await central.user.post("/api/charging/stop", json={"transaction_id": transaction_id})
    assert (answer.status_code, answer.json()["stopped"]) == (200, True)
    told = (await central.user.get(f"/api/sessions/{transaction_id}")).json()
    assert (told["provisional"], told["energy_wh"]) == (False, 4000)


async def test_a_charger_that_has_ended_such_a_session_says_that_nothing_is_left_to_stop(
    central, car
):
    transaction_id = await closed_provisionally(central, car)
    car.charger.answers["RemoteStopTransaction"] = {"status": "Rejected"}
    answer = await central.user.post("/api/charging/stop", json={"transaction_id": transaction_id})
    assert answer.status_code == 409
    assert "nothing is left to stop" in answer.json()["error"]["how"]


async def test_a_session_is_stopped_at_its_own_charger_only(central, car):
    started = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
    body = {"transaction_id": started.json()["transaction_id"], "charge_point_id": "CP002"}
    answer = await central.user.post("/api/charging/stop", json=body)
    assert answer.status_code == 409
    assert "CP001" in answer.json()["error"]["how"]


async def test_meter_values_are_found_by_time_measurand_and_session_page_by_page(central, car):
    started = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
    transaction_id = started.json()["transaction_id"]
    moments = [central.clock.now().replace(minute=minute) for minute in range(1, 8)]
    for minute, moment in enumerate(moments, start=1):
        central.clock.set(moment)
        await car.sample(1000 + 100 * minute, 6000)

    async def get(**params):
        answer = await central.admin.get("/api/metering/CP001", params=params)
        assert answer.status_code == 200, answer.text
        return answer

    whole = (await get()).json()
    assert [reading["total_kwh"] for reading in whole] == [
        (1000 + 100 * minute) / 1000 for minute in range(1, 8)
    ]
    inside = await get(**{"from": format_time(moments[2]), "to": format_time(moments[5])})
    assert len(inside.json()) == 3
    power = (await get(measurand="Power.Active.Import")).json()
    assert len(power) == 7
    assert all(
        [value["measurand"] for value in reading["sampled_values"]] == ["Power.Active.Import"]
        for reading in power
    )
    assert (await get(measurand="SoC")).json() == []
    assert len((await get(transaction_id=transaction_id)).json()) == 7
    assert (await get(transaction_id=transaction_id + 1)).json() == []

    paged = []
    answer = await get(limit=3)
    while True:
        paged += answer.json()
        if "next" not in answer.links:
            break
        answer = await central.admin.get(answer.links["next"]["url"])
    assert paged == whole


async def test_sessions_are_listed_newest_first_page_by_page(central, car):
    for _ in range(5):
        started = await central.user.post("/api/charging/start", json={"charge_point_id": "CP001"})
        car.meter_wh += 10
        await central.user.post(
            "/api/charging/stop", json={"transaction_id": started.json()["transaction_id"]}
        )
    answer = await central.admin.get("/api/sessions", params={"limit": 2})
    seen = []
    while True:
        seen += [session["id"] for session in answer.json()]
        if "next" not in answer.links:
            break
        answer = await central.admin.get(answer.links["next"]["url"])
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    assert (await central.admin.get("/api/sessions?status=active")).json() == []
    assert len((await central.admin.get("/api/sessions?status=completed")).json()) == 5
    assert (await central.admin.get("/api/sessions?charge_point_id=CP002")).json() == []
