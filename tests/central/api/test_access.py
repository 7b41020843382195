"""Nothing is open that need not be."""

import re

from fastapi.routing import APIRoute

from central.api import access
from central.app import ROUTERS

DOCUMENTATION = {
    ("GET", "/docs"),
    ("GET", "/docs/favicon-32x32.png"),
    ("GET", "/docs/start.js"),
    ("GET", "/docs/swagger-ui-bundle.js"),
    ("GET", "/docs/swagger-ui.css"),
}
BY_TOKEN = {
    ("GET", "/files/firmware/{token}"),
    ("HEAD", "/files/firmware/{token}"),
    ("POST", "/files/uploads/{token}"),
    ("POST", "/files/uploads/{token}/{name:path}"),
    ("PUT", "/files/uploads/{token}"),
    ("PUT", "/files/uploads/{token}/{name:path}"),
}
"""Where chargers come with the token of a job."""
OPEN = (
    DOCUMENTATION
    | BY_TOKEN
    | {
        ("GET", "/healthz"),
        ("POST", "/api/admin/login"),
        ("POST", "/api/users/login"),
        ("POST", "/api/users/register"),
    }
)
FOR_USERS = {
    ("POST", "/api/users/logout"),
    ("GET", "/api/users/{user_id}"),
    ("GET", "/api/users/{user_id}/wallet"),
    ("GET", "/api/users/{user_id}/wallet/transactions"),
    ("GET", "/api/prices/current"),
    ("GET", "/api/chargers"),
    ("GET", "/api/chargers/{charge_point_id}/status"),
    ("GET", "/api/id-tags"),
    ("GET", "/api/id-tags/{id_tag}"),
    ("POST", "/api/reservations"),
    ("GET", "/api/reservations"),
    ("GET", "/api/reservations/{number}"),
    ("DELETE", "/api/reservations/{number}"),
    ("POST", "/api/charging/start"),
    ("POST", "/api/charging/stop"),
    ("GET", "/api/sessions"),
    ("GET", "/api/sessions/{transaction_id}"),
    ("GET", "/api/metering/{charge_point_id}"),
    ("GET", "/api/metering/{charge_point_id}/latest"),
}

ROUTES = sorted(
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
)


def _filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


def test_the_routes_that_users_may_call_are_exactly_these():
    assert set(ROUTES) >= OPEN | FOR_USERS
    assert len(set(ROUTES) - OPEN - FOR_USERS) >= 28, "the rest is for administrators"


async def test_the_application_has_no_route_outside_the_routers(central):
    served = set(central.app.openapi()["paths"])
    assert served == {path for _, path in set(ROUTES) - DOCUMENTATION - BY_TOKEN}
    plain = {route.path for route in central.app.routes if hasattr(route, "path")}
    assert plain - {path for _, path in ROUTES} <= {"/openapi.json"}


async def test_every_route_but_the_open_ones_asks_for_a_token(central):
    for method, path in ROUTES:
        if (method, path) in OPEN:
            continue
        answer = await central.anonymous.request(method, _filled(path))
        assert answer.status_code == 401, (method, path, answer.text)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["success"] is False


async def test_every_other_route_is_for_administrators_only(central):
    for method, path in ROUTES:
        if (method, path) in OPEN | FOR_USERS:
            continue
        answer = await central.user.request(method, _filled(path))
        assert answer.status_code == 403, (method, path, answer.text)


async def test_an_administrator_passes_every_guard(central):
    for method, path in ROUTES:
        if path == "/api/users/logout":
            continue
        answer = await central.admin.request(method, _filled(path))
        assert answer.status_code not in (401, 403) or (method, path) in OPEN, (method, path)


async def test_what_is_no_token_of_ours_is_refused(central, subtests):
    for header in [
        "Bearer nonsense",
        "Bearer ",
        "Basic YWRtaW46YWRtaW4=",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ]:
        with subtests.test(header):
            answer = await central.anonymous.get("/api/chargers", headers={"Authorization": header})
            assert answer.status_code == 401


async def test_a_token_ends_with_the_logout(central):
    assert (await central.user.get("/api/chargers")).status_code == 200
    assert (await central.user.post("/api/users/logout")).status_code == 200
    again = await central.user.get("/api/chargers")
    assert again.status_code == 401
    assert "no longer valid" in again.json()["error"]["what"]


async def test_a_user_sees_neither_another_user_nor_their_wallet(central):
    admin_id = 1
    assert admin_id != central.user_id
    for path in ("", "/wallet", "/wallet/transactions"):
        answer = await central.user.get(f"/api/users/{admin_id}{path}")
        assert answer.status_code == 403
        assert (await central.user.get(f"/api/users/{central.user_id}{path}")).status_code == 200


def test_there_is_no_router_but_the_three():
    made = {
        tuple(dependency.dependency for dependency in router.dependencies) for router in ROUTERS
    }
    assert made == {(), (access.current_user,), (access.current_admin,)}
    for router in ROUTERS:
        if not router.dependencies:
            assert {
                (method, route.path)
                for route in router.routes
                if isinstance(route, APIRoute)
                for method in route.methods
            } <= OPEN
