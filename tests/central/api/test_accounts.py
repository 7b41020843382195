"""Registering, logging in, and what a guesser learns."""

from central.api.throttle import FORGET_AFTER_S, FREE_TRIES, LONGEST_WAIT_S, LoginThrottle

ADMIN = {"email": "admin@example.org", "password": "a password for tests"}
USER = {"email": "driver@example.org", "password": "a driver's password"}


async def test_a_registered_user_is_logged_in_and_has_an_id_tag(central):
    answer = await central.anonymous.post(
        "/api/users/register",
        json={
            "email": "John@Example.org",
            "password": "password123",
            "name": "John Doe",
            "phone": "0123456789",
        },
    )
    body = answer.json()
    assert body["success"] is True
    assert body["user"] == {
        "id": body["user"]["id"],
        "email": "John@Example.org",
        "name": "John Doe",
        "phone": "0123456789",
        "is_admin": False,
    }
    profile = await central.anonymous.get(
        f"/api/users/{body['user']['id']}", headers={"Authorization": f"Bearer {body['token']}"}
    )
    user = profile.json()["user"]
    assert len(user["id_tags"]) == 1
    assert 0 < len(user["id_tags"][0]) <= 20
    assert user["wallet"] == {"balance": 0.0, "balance_minor": 0, "currency": "EUR"}


async def test_an_address_registers_once_whatever_its_case(central):
    answer = await central.anonymous.post(
        "/api/users/register",
        json={"email": USER["email"].upper(), "password": "password123", "name": "Twice"},
    )
    assert answer.status_code == 409
    assert answer.json()["error"]["where"] == "email"


async def test_a_registration_that_cannot_be_is_refused_and_changes_nothing(central, subtests):
    right = {"email": "new@example.org", "password": "password123", "name": "New"}
    for field, value in [
        ("email", "nobody"),
        ("email", "a@"),
        ("email", "a b@example.org"),
        ("password", "short"),
        ("password", "x" * 129),
        ("name", ""),
        ("name", "tab\there"),
        ("name", "\x00"),
        ("phone", "1" * 41),
    ]:
        with subtests.test(f"{field}: {value!r}"):
            body = right | {field: value}
            answer = await central.anonymous.post("/api/users/register", json=body)
            assert answer.status_code == 422, answer.text
            assert field in answer.json()["error"]["where"]
    login = {"email": right["email"], "password": right["password"]}
    assert (await central.anonymous.post("/api/users/login", json=login)).status_code == 401


async def test_a_password_is_never_repeated_in_an_error(central):
    answer = await central.anonymous.post(
        "/api/users/register",
        json={"email": "new@example.org", "password": "hunter2", "name": "New"},
    )
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


async def test_admins_may_log_in_at_both_doors_and_users_at_one(central):
    for door, who, status in [
        ("/api/users/login", USER, 200),
        ("/api/users/login", ADMIN, 200),
        ("/api/admin/login", ADMIN, 200),
        ("/api/admin/login", USER, 401),
    ]:
        answer = await central.anonymous.post(door, json=who)
        assert answer.status_code == status, (door, who)
        if status == 200:
            assert set(answer.json()) == {"success", "token", "user"}


async def test_a_login_does_not_tell_whether_the_address_exists(central):
    unknown = {"email": "nobody@example.org", "password": "wrong password"}
    known = {"email": USER["email"], "password": "wrong password"}
    not_admin = USER
    answers = [
        await central.anonymous.post("/api/users/login", json=unknown),
        await central.anonymous.post("/api/users/login", json=known),
        await central.anonymous.post("/api/admin/login", json=not_admin),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_guessing_is_slowed_down_for_an_account_that_exists_and_one_that_does_not(
    central, monkeypatch
):
    # A machine on which a few hashes take a second would have waited long enough already.
    monkeypatch.setattr(central.system.services.throttle, "_clock_s", lambda: 0.0)
    for email in (USER["email"], "nobody@example.org"):
        wrong = {"email": email, "password": "wrong"}
        for _ in range(FREE_TRIES):
            assert (await central.anonymous.post("/api/users/login", json=wrong)).status_code == 401
        refused = await central.anonymous.post("/api/users/login", json=wrong)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
    assert (await central.anonymous.post("/api/users/login", json=ADMIN)).status_code == 200


def test_waits_double_up_to_a_minute_and_a_success_ends_them():
    now = [0.0]
    throttle = LoginThrottle(lambda: now[0])
    waits = []
    for _ in range(FREE_TRIES + 10):
        wait = throttle.wait_s("a")
        waits.append(wait)
        now[0] += wait
        if wait:
            assert throttle.wait_s("a") == 0
    assert waits[:FREE_TRIES] == [0] * FREE_TRIES
    assert waits[FREE_TRIES : FREE_TRIES + 4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT_S
    assert throttle.wait_s("b") == 0
    throttle.succeeded("a")
    assert throttle.wait_s("a") == 0


def test_tries_at_the_same_time_count_before_any_is_answered():
    throttle = LoginThrottle(lambda: 0.0)
    assert [throttle.wait_s("a") > 0 for _ in range(FREE_TRIES + 5)].count(True) == 5


def test_wrong_tries_are_forgotten_after_an_hour():
    now = [0.0]
    throttle = LoginThrottle(lambda: now[0])
    for _ in range(FREE_TRIES):
        throttle.wait_s("a")
    now[0] = FORGET_AFTER_S + 1
    assert [throttle.wait_s("a") for _ in range(FREE_TRIES)] == [0] * FREE_TRIES
