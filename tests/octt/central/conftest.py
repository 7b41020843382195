"""One running central system for all cases, and for each case a charger of its own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.peers.central_process import CentralProcess, central_processes
from tests.peers.played_charger import PlayedCharger

METER_START_WH = 1_000


@dataclass
class Case:
    """The central system under test, its operator, and the charger that the tool plays.

    Attributes:
        rest: the operator, an administrator over REST.
        charge_point_id: of this case's charger; `charger` is its connection.
    """

    rest: httpx.AsyncClient
    charge_point_id: str
    key: str
    charger: PlayedCharger
    connect: Callable[[], Awaitable[PlayedCharger]]

    async def boot(self) -> None:
        """Boot; the charge point and its connector are available."""
        await self.charger.boot()
        await self.charger.status("Available", 0)

    async def get(self, path: str, **query: Any) -> Any:
        """Look something up over REST."""
        answer = await self.rest.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def operates(
        self, operation: str, answered: dict[str, Any] | None = None, **body: Any
    ) -> dict[str, Any]:
        """Let the operator send a command that the charger answers with `answered`.

        Gives the answer of the REST call, after it was seen that the charger got exactly one
        command and that its record tells the outcome.
        """
        before = len(self.charger.commands)
        action = "".join(word.capitalize() for word in operation.split("-"))
        if answered is not None:
            self.charger.answers[action] = answered
        answer = await self.rest.post(f"/api/ocpp/{self.charge_point_id}/{operation}", json=body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert [call.action for call in self.charger.commands[before:]] == [action]
        assert told["response"] == self.charger.answers[action]
        [record] = await self.get("/api/admin/commands", charger=self.charge_point_id, limit=1)
        assert (record["action"], record["outcome"]) == (action, "answered")
        assert record["response"] == told["response"]
        return told

    @property
    def last_payload(self) -> dict[str, Any]:
        """The payload of the last command that the charger got."""
        payload: dict[str, Any] = self.charger.commands[-1].payload
        return payload

    async def add_tag(self, **rights: Any) -> str:
        """Store an id tag that no other case has."""
        answer = await self.rest.post("/api/id-tags", json=rights)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id_tag"])

    async def authorize(self, id_tag: str) -> dict[str, Any]:
        """Present a tag; gives its idTagInfo."""
        answer = await self.charger.call("Authorize", idTag=id_tag)
        info: dict[str, Any] = answer["idTagInfo"]
        return info

    async def start(self, id_tag: str, *, ago_s: int = 0, **more: Any) -> dict[str, Any]:
        """Send StartTransaction; gives the answer."""
        return await self.charger.call(
            "StartTransaction",
            connectorId=1,
            idTag=id_tag,
            meterStart=METER_START_WH,
            timestamp=moment(-ago_s),
            **more,
        )

    async def charging(self, id_tag: str) -> int:
        """Bring the charger into a session, plug first; gives its transactionId."""
        await self.charger.status("Preparing")
        assert (await self.authorize(id_tag))["status"] == "Accepted"
        started = await self.start(id_tag)
        assert started["idTagInfo"]["status"] == "Accepted"
        await self.charger.status("Charging")
        return int(started["transactionId"])

    async def stop(self, transaction_id: int, reason: str, **more: Any) -> dict[str, Any]:
        """Send StopTransaction after 500 Wh; gives the answer."""
        return await self.charger.call(
            "StopTransaction",
            transactionId=transaction_id,
            meterStop=METER_START_WH + 500,
            timestamp=moment(),
            reason=reason,
            **more,
        )

    async def session(self, transaction_id: int) -> dict[str, Any]:
        """Return what the operator sees of a session."""
        found: dict[str, Any] = await self.get(f"/api/sessions/{transaction_id}")
        return found

    async def sessions(self) -> list[dict[str, Any]]:
        """Return all sessions of the charger that the operator sees."""
        found: list[dict[str, Any]] = await self.get(
            "/api/sessions", charge_point_id=self.charge_point_id
        )
        return found

    async def connector(self, connector_id: int = 1) -> dict[str, Any]:
        """Return what the operator sees of a connector."""
        status = await self.get(f"/api/chargers/{self.charge_point_id}/status")
        [found] = [one for one in status["connectors"] if one["connector_id"] == connector_id]
        assert isinstance(found, dict)
        return found

    async def violations(self) -> list[str]:
        """Return the rules that the central system found broken by this charger."""
        found = await self.get("/api/violations", charge_point_id=self.charge_point_id)
        return [violation["code"] for violation in found]


def moment(offset_s: float = 0) -> str:
    """Return a moment from now as OCPP writes it."""
    return (datetime.now(UTC) + timedelta(seconds=offset_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CentralProcess, str]]:
    """Run the central system as certification wants it; gives it and an operator's token."""
    with central_processes(tmp_path_factory.mktemp("central")) as start:
        central = start(OCPP_STRICT="true")
        with central.admin() as admin:
            yield central, admin.headers["Authorization"]


_numbers = itertools.count(1)


@pytest.fixture
async def case(
    running: tuple[CentralProcess, str],
    play_charger: Callable[..., Awaitable[PlayedCharger]],
) -> AsyncIterator[Case]:
    """Admit and connect the charger of a case; it has not booted yet."""
    central, token = running
    charge_point_id = f"CASE-{next(_numbers)}"
    headers = {"Authorization": token}
    async with httpx.AsyncClient(base_url=central.http, timeout=30, headers=headers) as rest:
        added = await rest.post("/api/chargers", json={"charge_point_id": charge_point_id})
        key = added.json()["key"]

        async def connect() -> PlayedCharger:
            return await play_charger(central.ocpp, charge_point_id, key)

        case = Case(rest, charge_point_id, key, await connect(), connect)
        yield case
        assert await case.violations() == []
