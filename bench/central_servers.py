"""The two servers that the central system is compared with, each a process of its own.

`python -m bench.central_servers echo` sends every frame back as it came: what `websockets` and
uvloop cost by themselves. `python -m bench.central_servers ocpp` is the plain `ocpp` package:
it validates and answers, and stores nothing.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import uvloop
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import AuthorizationStatus, RegistrationStatus
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol


class PlainCharger(ChargePoint):  # type: ignore[misc]  # the package has no types
    """Answers what the benchmark sends, as the package's own example does."""

    @on("BootNotification")  # type: ignore[untyped-decorator]
    def on_boot(self, **_: Any) -> Any:
        """Accept the charger."""
        return call_result.BootNotification(
            current_time="2026-01-01T00:00:00Z", interval=300, status=RegistrationStatus.accepted
        )

    @on("StartTransaction")  # type: ignore[untyped-decorator]
    def on_start(self, **_: Any) -> Any:
        """Begin the session number 1."""
        return call_result.StartTransaction(
            transaction_id=1, id_tag_info=IdTagInfo(status=AuthorizationStatus.accepted)
        )

    @on("MeterValues")  # type: ignore[untyped-decorator]
    def on_meter_values(self, **_: Any) -> Any:
        """Take note of nothing."""
        return call_result.MeterValues()


async def _echo(connection: ServerConnection) -> None:
    try:
        while True:
            await connection.send(await connection.recv(decode=False), text=True)
    except ConnectionClosed:
        return


async def _plain(connection: ServerConnection) -> None:
    assert connection.request is not None
    charger = PlainCharger(connection.request.path.strip("/"), connection)
    try:
        await charger.start()
    except ConnectionClosed:
        return


async def _main(kind: str) -> None:
    handler = {"echo": _echo, "ocpp": _plain}[kind]
    async with serve(
        handler, "127.0.0.1", 0, compression=None, subprotocols=[Subprotocol("ocpp1.6")]
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"ready {json.dumps({'ocpp': f'ws://127.0.0.1:{port}'})}", flush=True)
        await server.wait_closed()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(sys.argv[1]))
