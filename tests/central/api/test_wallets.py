"""Wallets over REST."""

from central.api.money import decimals_of, from_minor


async def test_credit_adds_up_entry_by_entry(central):
    path = f"/api/users/{central.user_id}/wallet"
    first = await central.admin.post(f"{path}/topup", json={"amount": 50})
    assert first.status_code == 201, first.text
    assert first.json()["wallet"] == {"balance": 50.0, "balance_minor": 5000, "currency": "EUR"}
    await central.admin.post(f"{path}/topup", json={"amount": "0.05", "note": "coffee"})
    assert (await central.user.get(path)).json()["balance_minor"] == 5005
    entries = (await central.user.get(f"{path}/transactions")).json()
    assert [
        (entry["seq"], entry["amount_minor"], entry["balance_after_minor"]) for entry in entries
    ] == [
        (2, 5, 5005),
        (1, 5000, 5000),
    ]
    assert entries[0]["note"] == "coffee"
    assert entries[0]["transaction_type"] == "top_up"


async def test_an_amount_that_is_none_is_refused_and_books_nothing(central, subtests):
    path = f"/api/users/{central.user_id}/wallet"
    for amount in [0, -1, "0.001", "NaN", "Infinity", 1e300, "x", None, True]:
        with subtests.test(repr(amount)):
            answer = await central.admin.post(f"{path}/topup", json={"amount": amount})
            assert answer.status_code == 422, answer.text
    assert (await central.user.get(f"{path}/transactions")).json() == []


async def test_nobody_credits_themselves(central):
    path = f"/api/users/{central.user_id}/wallet/topup"
    assert (await central.user.post(path, json={"amount": 50})).status_code == 403


async def test_a_user_who_does_not_exist_has_no_wallet(central):
    assert (await central.admin.get("/api/users/4711/wallet")).status_code == 404
    answer = await central.admin.post("/api/users/4711/wallet/topup", json={"amount": 1})
    assert answer.status_code == 404


async def test_entries_go_on_page_by_page(central):
    path = f"/api/users/{central.user_id}/wallet"
    for _ in range(5):
        await central.admin.post(f"{path}/topup", json={"amount": 1})
    answer = await central.user.get(f"{path}/transactions?limit=2")
    seen = []
    while True:
        seen += [entry["seq"] for entry in answer.json()]
        if "next" not in answer.links:
            break
        answer = await central.user.get(answer.links["next"]["url"])
    assert seen == [5, 4, 3, 2, 1]


def test_minor_units_follow_the_currency():
    assert [decimals_of(currency) for currency in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert from_minor(-5005, "EUR") == -50.05
    assert from_minor(5005, "JPY") == 5005
    assert from_minor(5005, "KWD") == 5.005
