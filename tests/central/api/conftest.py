"""A central system in the test's own process: real SQLite, real OCPP socket, REST without TCP."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog

from central.app import create_app
from central.domain.clock import ExternalClock
from central.domain.id_tags import list_id_tags
from central.domain.tokens import issue_token
from central.domain.users import find_user
from central.settings import Settings
from central.system import CentralSystem, open_system

ADMIN = {"email": "admin@example.org", "password": "a password for tests"}
USER = {
    "email": "driver@example.org",
    "password": "a driver's password",
    "name": "A Driver",
}
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


def _settings(directory, **overrides) -> Settings:
    return Settings.load(
        database_url=f"sqlite:///{directory}/central.db",
        admin_email=ADMIN["email"],
        admin_password=ADMIN["password"],
        **{"public_url": "http://central"} | overrides,
    )


@pytest.fixture(autouse=True)
def _plain_tracebacks():
    """Log tracebacks as the process does; the default draws them for a second each."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Make a database with an administrator and a user once: hashing passwords takes its time."""
    directory = tmp_path_factory.mktemp("template")

    async def make():
        async with (
            open_system(_settings(directory), ExternalClock(NOW)) as system,
            _client(create_app(system.services)) as client,
        ):
            registered = await client.post("/api/users/register", json=USER)
            assert registered.status_code == 200, registered.text

    asyncio.run(make())
    return directory


@pytest.fixture
async def central(tmp_path, template, request) -> AsyncIterator[Central]:
    """Open a central system; a test sets it by parametrizing `central` indirectly."""
    overrides = getattr(request, "param", {})
    shutil.copytree(template, tmp_path / "database")
    settings = _settings(tmp_path / "database", **overrides)
    clock = ExternalClock(NOW)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with open_system(settings, clock) as system, system.ocpp.listening(listener):
            app = create_app(system.services)
            services = system.services
            admin = await services.storage.read(find_user, ADMIN["email"])
            user = await services.storage.read(find_user, USER["email"])
            tags = await services.storage.read(lambda conn: list_id_tags(conn, user_id=user.id))
            async with (
                _client(app) as anonymous,
                _client(app, _token(system, admin.id)) as admin_client,
                _client(app, _token(system, user.id)) as user_client,
            ):
                yield Central(
                    system=system,
                    clock=clock,
                    ocpp=f"ws://127.0.0.1:{listener.getsockname()[1]}",
                    app=app,
                    anonymous=anonymous,
                    admin=admin_client,
                    user=user_client,
                    user_id=user.id,
                    user_tag=tags[0].id_tag,
                )


def _token(system, user_id):
    return issue_token(system.services.jwt_secret, user_id, system.services.wall_now())


@pytest.fixture
def connect_charger(central: Central, play_charger) -> Callable[..., Awaitable[Any]]:
    """Admit, connect and boot a played charger: `await connect_charger("CP001", Reset={…})`."""

    async def connect(charge_point_id: str = "CP001", **answers: Any) -> Any:
        key = await central.add_charger(charge_point_id)
        charger = await play_charger(central.ocpp, charge_point_id, key, **answers)
        await charger.boot()
        return charger

    return connect
