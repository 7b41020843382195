"""A case of the compliance tool: what the charger says, and what the operator sees and does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.peers.played_charger import PlayedCharger

METER_START_WH = 1_000
METER_STOP_WH = 1_500

EITHER_ORDER = pytest.mark.parametrize(
    "status_first", [False, True], ids=["transaction-first", "status-first"]
)
"""StartTransaction and Charging, StopTransaction and Finishing may come either way round."""


@dataclass
class Case:
    """The central system under test, its operator, and the charger that the tool plays.

    Attributes:
        rest: the operator, an administrator over REST.
        charge_point_id: of this case's charger.
        links: its connections so far; `charger` is the present one.
    """

    rest: httpx.AsyncClient
    charge_point_id: str
    key: str
    connect: Callable[[], Awaitable[PlayedCharger]]
    links: list[PlayedCharger] = field(default_factory=list)

    @property
    def charger(self) -> PlayedCharger:
        """The connection that the charger has now."""
        return self.links[-1]

    async def come(self) -> None:
        """Connect, or connect anew; no boot, for nothing about the charger has changed."""
        if self.links:
            await self.charger.websocket.close()
        self.links.append(await self.connect())

    async def lose_power(self) -> None:
        """Break the connection without a word, and connect anew."""
        self.charger.websocket.transport.abort()
        self.links.append(await self.connect())

    async def boot(self, connector: str = "Available") -> None:
        """Boot and tell the statuses of the charge point and its connector."""
        await boot(self.charger, connector)

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
        command, that its record tells the outcome, and that success is what OCPP calls so.
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
        assert told.get("status") == told["response"].get("status")
        assert told["success"] == (told.get("status") in WILLING)
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

    async def begins(self, id_tag: str, *, status_first: bool = False, **more: Any) -> int:
        """Start a session and report Charging; gives its transactionId. The operator sees it."""
        if status_first:
            await self.charger.status("Charging")
        started = await self.start(id_tag, **more)
        assert started["idTagInfo"]["status"] == "Accepted"
        if not status_first:
            await self.charger.status("Charging")
        transaction_id = int(started["transactionId"])
        assert transaction_id > 0
        session = await self.session(transaction_id)
        assert (session["status"], session["tag_status"]) == ("active", "Accepted")
        assert (session["id_tag"], session["connector_id"]) == (id_tag, 1)
        assert session["meter_start_wh"] == METER_START_WH
        assert await self.connector_status() == "Charging"
        return transaction_id

    async def charging(self, id_tag: str, *, status_first: bool = False) -> int:
        """Bring the charger into a session, plug first; gives its transactionId."""
        await self.charger.status("Preparing")
        assert (await self.authorize(id_tag))["status"] == "Accepted"
        return await self.begins(id_tag, status_first=status_first)

    async def stop(
        self, transaction_id: int, reason: str, *, ago_s: int = 0, **more: Any
    ) -> dict[str, Any]:
        """Send StopTransaction after 500 Wh; gives the answer."""
        return await self.charger.call(
            "StopTransaction",
            transactionId=transaction_id,
            meterStop=METER_STOP_WH,
            timestamp=moment(-ago_s),
            reason=reason,
            **more,
        )

    async def ends(
        self, transaction_id: int, reason: str, *, status_first: bool = False, **more: Any
    ) -> dict[str, Any]:
        """Stop a session and report Finishing; gives the answer. The operator sees it."""
        if status_first:
            await self.charger.status("Finishing")
        stopped = await self.stop(transaction_id, reason, **more)
        if not status_first:
            await self.charger.status("Finishing")
        await self.sees_ended(transaction_id, reason)
        assert await self.connector_status() == "Finishing"
        return stopped

    async def sees_ended(self, transaction_id: int, reason: str) -> dict[str, Any]:
        """Check that the operator sees a session whole, as the charger told; gives it."""
        session = await self.session(transaction_id)
        assert (session["status"], session["stop_reason"]) == ("completed", reason)
        assert (session["meter_stop_wh"], session["energy_wh"]) == (METER_STOP_WH, 500)
        assert (session["provisional"], session["orphan"]) == (False, False)
        return session

    async def unplugged(self) -> None:
        """Report Available; the operator sees it, and no session that runs."""
        await self.charger.status("Available")
        assert await self.connector_status() == "Available"
        assert [one for one in await self.sessions() if one["status"] != "completed"] == []

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
        of_all = (await self.state())["connectors"]
        [found] = [one for one in of_all if one["connector_id"] == connector_id]
        assert isinstance(found, dict)
        return found

    async def connector_status(self) -> str:
        """Return the status that the operator sees of connector 1."""
        return str((await self.connector())["status"])

    async def state(self) -> dict[str, Any]:
        """Return what the operator sees of the charger."""
        found: dict[str, Any] = await self.get(f"/api/chargers/{self.charge_point_id}/status")
        return found

    async def commands(self) -> list[dict[str, Any]]:
        """Return the records of the commands to the charger, oldest first."""
        found = await self.get("/api/admin/commands", charger=self.charge_point_id)
        return list(reversed(found))

    async def violations(self) -> list[str]:
        """Return the rules that the central system found broken by this charger."""
        found = await self.get("/api/violations", charge_point_id=self.charge_point_id)
        return [violation["code"] for violation in found]


async def boot(charger: PlayedCharger, connector: str = "Available", **more: str) -> None:
    """Boot and tell the statuses of the charge point and its connector."""
    booted = await charger.call(
        "BootNotification", chargePointVendor="evseloop", chargePointModel="played", **more
    )
    assert booted["status"] == "Accepted"
    assert booted["interval"] > 0
    assert is_now(booted["currentTime"])
    await charger.status("Available", 0)
    await charger.status(connector)


WILLING = (None, "Accepted", "Scheduled", "Unlocked")
"""Statuses of an answer by which a charger agrees; None: an answer that has none."""


def is_now(text: str) -> bool:
    """Say whether a moment is in UTC, written with a Z, and the present one."""
    return text.endswith("Z") and moment(-60) < text < moment(60)


def moment(offset_s: float = 0) -> str:
    """Return a moment from now as OCPP writes it, to the millisecond."""
    at = datetime.now(UTC) + timedelta(seconds=offset_s)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
