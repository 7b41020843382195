"""Another's central system: the `ocpp` package as its own examples use it, nothing of ours."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from ocpp.exceptions import OCPPError
from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

ACCEPTED = {"status": "Accepted"}
LIMIT_A = 10.0


class PlainCentral:
    """Books of all chargers, as a central system in a few lines keeps them.

    Args:
        numbers: Of the transactions; those of a careless one are all the same.

    Attributes:
        url: Where it listens.
        starts: StartTransaction by number of the transaction, with the charger.
        stops: StopTransaction likewise.
        values: How many MeterValues came.
        accepted: Chargers that took its charging profile.
        errors: What the package found wrong with the chargers' answers.
        credentials: Headers of Basic authentication that came; it lets everybody in.
    """

    def __init__(self, numbers: Iterator[int]) -> None:
        self.url = ""
        self.numbers = numbers
        self.starts: dict[int, tuple[str, dict[str, Any]]] = {}
        self.stops: dict[int, tuple[str, dict[str, Any]]] = {}
        self.values = 0
        self.accepted: set[str] = set()
        self.errors: list[str] = []
        self.credentials: set[str | None] = set()

    async def serve_charger(self, connection: ServerConnection) -> None:
        """Answer a charger as long as it is there."""
        assert connection.request is not None
        self.credentials.add(connection.request.headers.get("Authorization"))
        charger = _Charger(connection.request.path.rpartition("/")[2], connection, self)
        try:
            await charger.start()
        except ConnectionClosed:
            return


class _Charger(ChargePoint):  # type: ignore[misc]  # the package has no types
    def __init__(self, identity: str, connection: ServerConnection, central: PlainCentral) -> None:
        super().__init__(identity, connection)
        self.central = central

    @on("BootNotification")  # type: ignore[untyped-decorator]
    def booted(self, **_: Any) -> Any:
        now = datetime.now(UTC).isoformat()
        return call_result.BootNotification(current_time=now, interval=300, status="Accepted")

    @after("BootNotification")  # type: ignore[untyped-decorator]
    async def give_orders(self, **_: Any) -> None:
        profile = {
            "charging_profile_id": 1,
            "stack_level": 0,
            "charging_profile_purpose": "TxDefaultProfile",
            "charging_profile_kind": "Relative",
            "charging_schedule": {
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": LIMIT_A}],
            },
        }
        try:
            await self.call(call.GetConfiguration(), suppress=False)
            answer = await self.call(
                call.SetChargingProfile(connector_id=0, cs_charging_profiles=profile),
                suppress=False,
            )
        except OCPPError as error:
            self.central.errors.append(f"{self.id}: {error}")
            return
        if answer.status == "Accepted":
            self.central.accepted.add(self.id)

    @on("Authorize")  # type: ignore[untyped-decorator]
    def authorize(self, **_: Any) -> Any:
        return call_result.Authorize(id_tag_info=ACCEPTED)

    @on("Heartbeat")  # type: ignore[untyped-decorator]
    def heartbeat(self) -> Any:
        return call_result.Heartbeat(current_time=datetime.now(UTC).isoformat())

    @on("StatusNotification")  # type: ignore[untyped-decorator]
    def status(self, **_: Any) -> Any:
        return call_result.StatusNotification()

    @on("MeterValues")  # type: ignore[untyped-decorator]
    def meter_values(self, **_: Any) -> Any:
        self.central.values += 1
        return call_result.MeterValues()

    @on("StartTransaction")  # type: ignore[untyped-decorator]
    def start_transaction(self, **payload: Any) -> Any:
        number = next(self.central.numbers)
        self.central.starts[number] = (self.id, payload)
        return call_result.StartTransaction(transaction_id=number, id_tag_info=ACCEPTED)

    @on("StopTransaction")  # type: ignore[untyped-decorator]
    def stop_transaction(self, transaction_id: int, **payload: Any) -> Any:
        self.central.stops[transaction_id] = (self.id, payload)
        return call_result.StopTransaction()


@contextmanager
def plain_ocpp_central(
    numbers: Iterator[int] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[PlainCentral]:
    """Run one in a thread of its own while the context is open."""
    central = PlainCentral(count(1) if numbers is None else numbers)
    up, end = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def run() -> None:
        protocols = [Subprotocol("ocpp1.6")]
        async with serve(
            central.serve_charger, "127.0.0.1", 0, subprotocols=protocols, ssl=tls
        ) as server:
            port = server.sockets[0].getsockname()[1]
            scheme = "ws" if tls is None else "wss"
            central.url = f"{scheme}://127.0.0.1:{port}/csms/of/another"
            up.set()
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        assert up.wait(60)
        yield central
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()
