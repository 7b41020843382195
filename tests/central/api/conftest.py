"""A central system in the test's own process: real SQLite, real OCPP socket, REST without TCP."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from central.app import create_app
from central.domain.clock import ExternalClock
from central.settings import Settings
from central.system import CentralSystem, open_system

ADMIN = {"email": "admin@example.org", "password": "a password for tests"}
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class Central:
    """A central system and clients for it.

    Attributes:
        anonymous, admin, user: clients with no token, an administrator's, and a user's.
        user_id, user_tag: that user, and the id tag they got.
        clock: stands still until a test sets it.
    """

    system: CentralSystem
    clock: ExternalClock
    ocpp: str
    app: Any
    anonymous: httpx.AsyncClient
    admin: httpx.AsyncClient
    user: httpx.AsyncClient
    user_id: int
    user_tag: str

    async def add_charger(self, charge_point_id: str = "CP001") -> str:
        """Admit a charger and return its key."""
        answer = await self.admin.post("/api/chargers", json={"charge_point_id": charge_point_id})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])


def _client(app: Any, token: str | None = None) -> httpx.AsyncClient:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://central", headers=headers
    )


@pytest.fixture
async def central(tmp_path, request) -> AsyncIterator[Central]:
    """Open a central system; `@pytest.mark.parametrize("central", [{…}], indirect=True)` sets it."""
    overrides = getattr(request, "param", {})
    settings = Settings.load(
        database_url=f"sqlite:///{tmp_path}/central.db",
        admin_email=ADMIN["email"],
        admin_password=ADMIN["password"],
        **overrides,
    )
    clock = ExternalClock(NOW)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with open_system(settings, clock) as system, system.ocpp.listening(listener):
            app = create_app(system.services)
            async with _client(app) as anonymous:
                login = await anonymous.post("/api/admin/login", json=ADMIN)
                assert login.status_code == 200, login.text
                registered = await anonymous.post(
                    "/api/users/register",
                    json={
                        "email": "driver@example.org",
                        "password": "a driver's password",
                        "name": "A Driver",
                    },
                )
                assert registered.status_code == 200, registered.text
                user_token, user = registered.json()["token"], registered.json()["user"]
                async with (
                    _client(app, login.json()["token"]) as admin,
                    _client(app, user_token) as user_client,
                ):
                    tags = await user_client.get("/api/id-tags")
                    yield Central(
                        system=system,
                        clock=clock,
                        ocpp=f"ws://127.0.0.1:{listener.getsockname()[1]}",
                        app=app,
                        anonymous=anonymous,
                        admin=admin,
                        user=user_client,
                        user_id=user["id"],
                        user_tag=tags.json()[0]["id_tag"],
                    )


@pytest.fixture
def connect_charger(
    central: Central, play_charger
) -> Callable[..., Awaitable[Any]]:
    """Admit, connect and boot a played charger: `await connect_charger("CP001", Reset={…})`."""

    async def connect(charge_point_id: str = "CP001", **answers: Any) -> Any:
        key = await central.add_charger(charge_point_id)
        charger = await play_charger(central.ocpp, charge_point_id, key, **answers)
        await charger.boot()
        return charger

    return connect
