"""The chargers of the benchmark, a process of its own: `python -m bench.central_load` < job.

The job is one JSON object on standard input, the result one on standard output. Every charger
is a closed loop: it sends its next message when the last one was answered.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from dataclasses import asdict, dataclass, field
from time import perf_counter

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bench.central_frames import FIRST, answer, meter_values

CONNECTING_AT_ONCE = 50


@dataclass(frozen=True)
class Job:
    """What the chargers are to do.

    Attributes:
        url: of the server.
        keys: identity of each charger and its key, 40 hexadecimal digits.
        seconds: how long it is measured.
        warm_up_s: how long before that the chargers are at it already.
        echo: whether the server sends every frame back.
        interval_s: time between two messages of a charger; 0 sends the next at once.
    """

    url: str
    keys: dict[str, str]
    seconds: float
    warm_up_s: float = 1.0
    echo: bool = False
    interval_s: float = 0.0


@dataclass
class Result:
    """What came of it.

    Attributes:
        messages_per_s: answered while it was measured.
        p50_ms, p99_ms, max_ms: time from sending to the answer.
        answered: how many messages of each charger were answered, from number 0 on.
        cut_off: whether the server went away.
    """

    messages_per_s: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    answered: list[int] = field(default_factory=list)
    cut_off: bool = False


class Charger:
    """One charger and what it measured."""

    def __init__(self, index: int, connection: ClientConnection, transaction_id: int) -> None:
        self.index = index
        self.connection = connection
        self.transaction_id = transaction_id
        self.answered = 0
        self.latencies: list[tuple[float, float]] = []

    async def exchange(self, *, echo: bool) -> None:
        """Send the next message and wait for its answer."""
        number = self.answered
        text = meter_values(self.index, number, self.transaction_id)
        sent = perf_counter()
        await self.connection.send(text)
        received = await self.connection.recv()
        done = perf_counter()
        if received != (text if echo else answer(number)):
            raise RuntimeError(f"charger {self.index}, message {number}: answered {received!r}")
        self.answered += 1
        self.latencies.append((done, done - sent))


async def run(job: Job) -> Result:
    """Connect the chargers, open a transaction on each, then load the server."""
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
    chargers = await asyncio.gather(
        *(_open(job, gate, index, *pair) for index, pair in enumerate(job.keys.items()))
    )
    print("connected", file=sys.stderr, flush=True)
    begin = perf_counter() + job.warm_up_s
    end = begin + job.seconds
    cut_off = await asyncio.gather(*(_loop(job, charger, end) for charger in chargers))
    for charger in chargers:
        await charger.connection.close()
    return _result(chargers, begin, min(end, perf_counter()), any(cut_off))


async def _open(job: Job, gate: asyncio.Semaphore, index: int, identity: str, key: str) -> Charger:
    credentials = base64.b64encode(identity.encode() + b":" + bytes.fromhex(key)).decode()
    async with gate:
        connection = await connect(
            f"{job.url}/{identity}",
            subprotocols=[Subprotocol("ocpp1.6")],
            additional_headers={"Authorization": f"Basic {credentials}"},
            compression=None,
            ping_interval=None,
            open_timeout=60,
            proxy=None,
        )
        if job.echo:
            return Charger(index, connection, 1)
        boot: dict[str, object] = {"chargePointVendor": "Bench", "chargePointModel": "Load"}
        await _ask(connection, "BootNotification", boot)
        start: dict[str, object] = {
            "connectorId": 1,
            "idTag": "BENCH",
            "meterStart": 0,
            "timestamp": FIRST.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        started = await _ask(connection, "StartTransaction", start)
        return Charger(index, connection, int(str(started["transactionId"])))


async def _ask(
    connection: ClientConnection, action: str, payload: dict[str, object]
) -> dict[str, object]:
    await connection.send(json.dumps([2, action, action, payload]))
    kind, _, answered, *_ = json.loads(await connection.recv())
    if kind != 3:
        raise RuntimeError(f"{action} was refused: {answered}")
    result: dict[str, object] = answered
    return result


async def _loop(job: Job, charger: Charger, end: float) -> bool:
    """Exchange messages until the end; gives whether the server went away before."""
    # Chargers that send now and then do not all do it at the same moment.
    due = perf_counter() + job.interval_s * charger.index / len(job.keys)
    try:
        while True:
            if job.interval_s:
                if due >= end:
                    return False
                await asyncio.sleep(due - perf_counter())
                due += job.interval_s
            elif perf_counter() >= end:
                return False
            await charger.exchange(echo=job.echo)
    except ConnectionClosed:
        return True


def _result(chargers: list[Charger], begin: float, end: float, cut_off: bool) -> Result:
    measured = sorted(
        latency
        for charger in chargers
        for done, latency in charger.latencies
        if begin <= done < end
    )
    result = Result(answered=[charger.answered for charger in chargers], cut_off=cut_off)
    if measured:
        last = len(measured) - 1
        result.messages_per_s = round(len(measured) / (end - begin), 1)
        result.p50_ms = round(measured[last // 2] * 1000, 3)
        result.p99_ms = round(measured[last * 99 // 100] * 1000, 3)
        result.max_ms = round(measured[last] * 1000, 3)
    return result


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(run(Job(**json.load(sys.stdin)))))))
