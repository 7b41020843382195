"""Prices over REST: set now or ahead, kept on record, and never changed behind a session's back."""

from datetime import timedelta

import pytest

PATH = "/api/admin/prices"


def text(moment):
    return moment.isoformat().replace("+00:00", "Z")


async def put(central, price, **body):
    answer = await central.admin.put(PATH, json={"price_per_kwh": price, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()["price"]


async def listed(central):
    answer = await central.admin.get(PATH)
    return [(price["price_per_kwh_minor"], price["status"]) for price in answer.json()]


async def current(central):
    answer = await central.user.get("/api/prices/current")
    assert answer.status_code == 200, answer.text
    price = answer.json()["price"]
    return price and price["price_per_kwh"]


async def test_without_a_price_charging_is_free(central):
    assert await current(central) is None
    assert await listed(central) == []


async def test_a_price_is_in_force_at_once_and_the_one_before_stays_on_record(central):
    first = await put(central, 0.4)
    assert first == {
        "id": first["id"],
        "price_per_kwh": 0.4,
        "price_per_kwh_minor": 40,
        "currency": "EUR",
        "valid_from": text(central.clock.now()),
        "status": "current",
    }
    central.clock.set(central.clock.now() + timedelta(hours=1))
    await put(central, "0.55")
    assert await listed(central) == [(55, "current"), (40, "past")]
    assert await current(central) == 0.55


async def test_an_upcoming_price_comes_into_force_when_its_time_comes(central):
    await put(central, 0.4)
    moment = central.clock.now() + timedelta(days=1)
    upcoming = await put(central, 0.3, valid_from=text(moment))
    assert upcoming["status"] == "upcoming"
    assert await listed(central) == [(30, "upcoming"), (40, "current")]
    assert await current(central) == 0.4
    central.clock.set(moment)
    assert await current(central) == 0.3


async def test_the_same_moment_again_replaces_the_price(central):
    moment = text(central.clock.now() + timedelta(days=1))
    await put(central, 0.3, valid_from=moment)
    await put(central, 0.2, valid_from=moment)
    assert await listed(central) == [(20, "upcoming")]


async def test_an_upcoming_price_can_be_taken_back_and_one_that_has_begun_cannot(central):
    begun = await put(central, 0.4)
    upcoming = await put(central, 0.3, valid_from=text(central.clock.now() + timedelta(seconds=1)))
    assert (await central.admin.delete(f"{PATH}/{upcoming['id']}")).status_code == 204
    assert (await central.admin.delete(f"{PATH}/{upcoming['id']}")).status_code == 404
    refused = await central.admin.delete(f"{PATH}/{begun['id']}")
    assert refused.status_code == 409
    assert "set another" in refused.json()["error"]["how"]
    assert await listed(central) == [(40, "current")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"price_per_kwh": -0.01},
        {"price_per_kwh": "0.395"},
        {"price_per_kwh": "NaN"},
        {"price_per_kwh": 1e7},
        {"price_per_kwh": None},
        {"price_per_kwh": 0.4, "currency": "USD"},
        {"price_per_kwh": 0.4, "valid_from": "2026-06-01T11:59:59Z"},
        {"price_per_kwh": 0.4, "valid_from": "2027-06-01T12:00:00"},
        {"price_per_kwh": 0.4, "valid_from": "soon"},
    ],
)
async def test_what_is_no_price_is_refused_with_a_reason_and_changes_nothing(central, body):
    answer = await central.admin.put(PATH, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["how"]
    assert await listed(central) == []


@pytest.mark.parametrize("central", [{"currency": "JPY"}], indirect=True)
async def test_a_price_has_the_decimals_of_its_currency(central):
    assert (await put(central, 45))["price_per_kwh_minor"] == 45
    assert (await central.admin.put(PATH, json={"price_per_kwh": 45.5})).status_code == 422


async def test_users_see_the_price_in_force_and_nothing_else(central):
    assert (await central.user.get(PATH)).status_code == 403
    assert (await central.user.put(PATH, json={"price_per_kwh": 0})).status_code == 403
    assert (await central.user.delete(f"{PATH}/1")).status_code == 403


async def test_a_session_costs_what_was_the_price_when_it_started(central, connect_charger):
    await put(central, 0.4)
    began = central.clock.now()
    charger = await connect_charger()
    started = await charger.call(
        "StartTransaction",
        connectorId=1,
        idTag=central.user_tag,
        meterStart=0,
        timestamp=text(began),
    )
    central.clock.set(began + timedelta(hours=1))
    await put(central, 0.9)
    await charger.call(
        "StopTransaction",
        transactionId=started["transactionId"],
        meterStop=10_000,
        timestamp=text(central.clock.now()),
    )
    session = (await central.user.get(f"/api/sessions/{started['transactionId']}")).json()
    assert (session["cost"], session["currency"]) == (4.0, "EUR")


async def test_a_start_that_comes_late_from_a_queue_has_the_price_of_its_own_time(
    central, connect_charger
):
    await put(central, 0.4)
    began = central.clock.now()
    central.clock.set(began + timedelta(days=2))
    await put(central, 0.9)
    charger = await connect_charger()
    started = await charger.call(
        "StartTransaction",
        connectorId=1,
        idTag=central.user_tag,
        meterStart=0,
        timestamp=text(began + timedelta(hours=1)),
    )
    await charger.call(
        "StopTransaction",
        transactionId=started["transactionId"],
        meterStop=1_000,
        timestamp=text(began + timedelta(hours=2)),
    )
    session = (await central.user.get(f"/api/sessions/{started['transactionId']}")).json()
    assert session["cost"] == 0.4


async def test_the_history_goes_on_page_by_page(central):
    for cents in range(5):
        central.clock.set(central.clock.now() + timedelta(hours=1))
        await put(central, f"0.0{cents}")
    answer = await central.admin.get(f"{PATH}?limit=2")
    seen = []
    while True:
        seen += [price["price_per_kwh_minor"] for price in answer.json()]
        if "next" not in answer.links:
            break
        answer = await central.admin.get(answer.links["next"]["url"])
    assert seen == [4, 3, 2, 1, 0]
