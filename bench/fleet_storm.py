"""The chargers of the reconnect storm, a process of its own: `python -m bench.fleet_storm` < job.

All are connected, each with an open transaction. All links go at once, each in
mid-message: the meter value under way may or may not have been stored. Within
some seconds all come back, and each delivers what its queue holds, in order,
one message after the other: that meter value once more, the end of the
transaction, and the start of the next one.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter, process_time

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from bench.fleet_process import pin

FIRST_WH = 1_000
STOP_WH = 6_000
CONNECTING_AT_ONCE = 50
RETRY_S = 0.5


@dataclass(frozen=True)
class Job:
    """What the chargers are to do.

    Attributes:
        back_within_s: the first attempts to come back lie within this time.
        core: to run on; negative: wherever.
    """

    url: str
    keys: dict[str, str]
    back_within_s: float = 10.0
    core: int = -1
    seed: int = 1


@dataclass
class Result:
    """What came of it.

    Attributes:
        online_s: from the drop to the last answered status, seconds.
        delivered_s: from the drop to the last answered message of a queue.
        attempts: connection attempts of the storm; failed ones are tried again.
        p50_ms, p99_ms, max_ms: time from sending a message to its answer.
        cpu_s: processor time of these chargers, from the drop on.
    """

    chargers: int = 0
    online_s: float = 0.0
    delivered_s: float = 0.0
    attempts: int = 0
    failed_attempts: int = 0
    messages: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    connect_p99_ms: float = 0.0
    cpu_s: float = 0.0


class Charger:
    """One charger and its queue."""

    def __init__(self, job: Job, index: int, identity: str) -> None:
        self._job = job
        self._identity = identity
        self._tag = f"STORM{index:05d}"
        self._began = datetime.now(UTC) - timedelta(hours=1)
        self._number = 0
        self._transaction_id = 0
        self._websocket: ClientConnection | None = None
        self.latencies: list[float] = []
        self.connecting: list[float] = []
        self.attempts = 0

    async def connect(self) -> None:
        """Open the link; raises what websockets raises."""
        pair = self._identity.encode() + b":" + bytes.fromhex(self._job.keys[self._identity])
        begin = perf_counter()
        self.attempts += 1
        self._websocket = await connect(
            f"{self._job.url}/{self._identity}",
            subprotocols=[Subprotocol("ocpp1.6")],
            additional_headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"},
            compression=None,
            ping_interval=None,
            open_timeout=60,
            proxy=None,
        )
        self.connecting.append(perf_counter() - begin)

    async def before(self) -> None:
        """Boot, and begin the transaction that the storm interrupts."""
        await self.connect()
        await self._ask("BootNotification", chargePointVendor="Bench", chargePointModel="Storm")
        await self._status("Charging")
        answer = await self._ask("StartTransaction", **self._start(FIRST_WH, self._began))
        self._transaction_id = int(str(answer["transactionId"]))

    async def drop(self) -> None:
        """Send a meter value and break the link before its answer is there."""
        assert self._websocket is not None
        await self._websocket.send(self._call("MeterValues", self._meter_values()))
        self._websocket.transport.abort()

    async def back(self, delay_s: float) -> tuple[float, float]:
        """Come back and deliver; return when it was online and when the queue was empty."""
        await asyncio.sleep(delay_s)
        while True:
            try:
                await self.connect()
                break
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError):
                await asyncio.sleep(RETRY_S)
        await self._status("Finishing")
        online = perf_counter()
        await self._ask("MeterValues", **self._meter_values())
        stopped = self._began + timedelta(minutes=50)
        await self._ask(
            "StopTransaction",
            transactionId=self._transaction_id,
            meterStop=STOP_WH,
            timestamp=stopped.isoformat(),
        )
        again = self._start(STOP_WH, stopped + timedelta(minutes=2))
        answer = await self._ask("StartTransaction", **again)
        if answer["transactionId"] == self._transaction_id:
            raise RuntimeError(f"{self._identity}: two transactions have one number")
        return online, perf_counter()

    async def close(self) -> None:
        """Close the link in order."""
        if self._websocket is not None:
            await self._websocket.close()

    async def _status(self, status: str) -> None:
        await self._ask("StatusNotification", connectorId=1, errorCode="NoError", status=status)

    def _start(self, meter_wh: int, moment: datetime) -> dict[str, object]:
        return {
            "connectorId": 1,
            "idTag": self._tag,
            "meterStart": meter_wh,
            "timestamp": moment.isoformat(),
        }

    def _meter_values(self) -> dict[str, object]:
        moment = self._began + timedelta(minutes=30)
        sampled = [{"value": str(STOP_WH // 2)}]
        return {
            "connectorId": 1,
            "transactionId": self._transaction_id,
            "meterValue": [{"timestamp": moment.isoformat(), "sampledValue": sampled}],
        }

    def _call(self, action: str, payload: dict[str, object]) -> str:
        self._number += 1
        return json.dumps([2, str(self._number), action, payload])

    async def _ask(self, action: str, **payload: object) -> dict[str, object]:
        assert self._websocket is not None
        text = self._call(action, payload)
        sent = perf_counter()
        await self._websocket.send(text)
        kind, _, answered, *_ = json.loads(await self._websocket.recv())
        self.latencies.append(perf_counter() - sent)
        if kind != 3:
            raise RuntimeError(f"{self._identity}: {action} was refused: {answered}")
        result: dict[str, object] = answered
        return result


async def run(job: Job) -> Result:
    """Connect all, break all links at once, and have all of them come back."""
    chargers = [Charger(job, index, identity) for index, identity in enumerate(job.keys)]
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def open_one(charger: Charger) -> None:
        async with gate:
            await charger.before()

    await asyncio.gather(*map(open_one, chargers))
    for charger in chargers:
        charger.latencies.clear()
        charger.connecting.clear()
        charger.attempts = 0
    print(f"{len(chargers)} connected", file=sys.stderr, flush=True)
    random = Random(job.seed)
    delays_s = [random.uniform(0, job.back_within_s) for _ in chargers]
    await asyncio.gather(*(charger.drop() for charger in chargers))
    dropped, begin_cpu = perf_counter(), process_time()
    times = await asyncio.gather(
        *(charger.back(delay_s) for charger, delay_s in zip(chargers, delays_s, strict=True))
    )
    result = Result(
        chargers=len(chargers),
        online_s=round(max(online for online, _ in times) - dropped, 2),
        delivered_s=round(max(empty for _, empty in times) - dropped, 2),
        attempts=sum(charger.attempts for charger in chargers),
        cpu_s=round(process_time() - begin_cpu, 2),
    )
    result.failed_attempts = result.attempts - len(chargers)
    latencies = sorted(each for charger in chargers for each in charger.latencies)
    connecting = sorted(each for charger in chargers for each in charger.connecting)
    result.messages = len(latencies)
    result.p50_ms = round(latencies[len(latencies) // 2] * 1000, 2)
    result.p99_ms = round(latencies[(len(latencies) - 1) * 99 // 100] * 1000, 2)
    result.max_ms = round(latencies[-1] * 1000, 2)
    result.connect_p99_ms = round(connecting[(len(connecting) - 1) * 99 // 100] * 1000, 2)
    for start in range(0, len(chargers), CONNECTING_AT_ONCE):
        await asyncio.gather(*(each.close() for each in chargers[start:][:CONNECTING_AT_ONCE]))
    return result


if __name__ == "__main__":
    asked = Job(**json.load(sys.stdin))
    pin(asked.core)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(run(asked)))))
