"""The charge point against the real central system, a process of its own, in held time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from twin.charge_point import ChargePoint, Status
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.driver import ExternalClock, HeldDriver, TwinThread
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.vehicle import Vehicle

EPOCH = datetime(2026, 3, 1, tzinfo=UTC)


class Loop:
    """The twin in its own thread, the central system in its own process, and the caller."""

    def __init__(self, thread: TwinThread, central: Any, socket: Path, state: Path) -> None:
        self.thread = thread
        self.central = central
        self.rest: httpx.Client = central.admin()
        key = bytes.fromhex(central.add_charger("CP1"))
        self.rest.post("/api/id-tags", json={"id_tag": "TAG1"}).raise_for_status()

        def build() -> ChargePoint:
            clock = Clock()
            self.teller = ExternalClock(socket, EPOCH)
            self.driver = HeldDriver(clock, on_exchange=self.teller.tell)
            controller = ReferenceController(ControllerSettings(), Hardware())
            self.evse = Evse(clock, EvseConfig(), controller)
            return ChargePoint(
                "CP1",
                central.ocpp,
                [self.evse],
                state / "cp1.db",
                self.driver,
                key=key,
                utc_at_zero=EPOCH,
                configuration={"MeterValueSampleInterval": "60"},
            )

        self.charge_point = thread.call(build)
        self.run(3)
        thread.call(self.charge_point.start)
        self.until(lambda: self.charge_point.online)
        self.run(2)

    def run(self, seconds: float) -> None:
        self.thread.submit(self.driver.advance(int(seconds * 1e6)))

    def until(self, predicate: Callable[[], bool], seconds: float = 60) -> None:
        limit_us = int(seconds * 1e6)
        assert self.thread.submit(self.driver.advance_until(predicate, limit_us))

    def plug_in(self) -> None:
        self.thread.call(lambda: self.evse.plug_in(Vehicle("byd-atto-3", soc_percent=30.0)))
        self.run(1)

    def tag(self) -> None:
        self.thread.call(lambda: self.evse.present_tag("TAG1"))

    def sessions(self) -> list[dict[str, Any]]:
        answer = self.rest.get("/api/sessions")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def close(self) -> None:
        self.thread.submit(self.charge_point.close())
        self.thread.submit(self.teller.close())
        self.rest.close()


@pytest.fixture
def start_loop(start_central: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., Loop]]:
    made: list[Loop] = []
    # A Unix socket's path is short: at most 107 bytes.
    with tempfile.TemporaryDirectory() as folder, TwinThread() as thread:
        socket = Path(folder) / "control"

        def start() -> Loop:
            central = start_central("--clock", "external", "--control-socket", str(socket))
            made.append(Loop(thread, central, socket, tmp_path))
            return made[-1]

        yield start
        for loop in made:
            loop.close()


def test_a_session_in_held_time_is_told_to_the_watt_hour(start_loop: Callable[[], Loop]) -> None:
    loop = start_loop()
    loop.plug_in()
    loop.tag()
    loop.until(lambda: loop.charge_point.status() is Status.CHARGING)
    loop.run(1_805)
    loop.tag()
    loop.until(lambda: not loop.charge_point.in_transaction())
    loop.run(5)
    (session,) = loop.sessions()
    register_wh = loop.thread.call(lambda: int(loop.evse.report().energy_wh))
    assert session["meter_stop_wh"] == register_wh
    values: list[dict[str, Any]] = loop.rest.get("/api/metering/CP1", params={"limit": 1000}).json()
    assert len(values) == 30
    began = datetime.fromisoformat(session["start_time"])
    assert began.date() == EPOCH.date(), "business time is the twin's"


def test_a_remote_start_and_stop_over_rest_take_the_time_of_the_twin(
    start_loop: Callable[[], Loop],
) -> None:
    loop = start_loop()
    loop.plug_in()
    with loop.thread.exchange(loop.driver):
        answer = loop.rest.post(
            "/api/charging/start", json={"charge_point_id": "CP1", "id_tag": "TAG1"}
        )
    assert answer.status_code == 200, answer.text
    number = answer.json()["transaction_id"]
    assert loop.charge_point.transaction_id() == number
    loop.until(lambda: loop.charge_point.status() is Status.CHARGING)
    loop.run(60)
    with loop.thread.exchange(loop.driver, moving_us=12_000_000):
        answer = loop.rest.post("/api/charging/stop", json={"transaction_id": number})
    assert answer.status_code == 200, answer.text
    assert answer.json()["stopped"] is True
    assert not loop.charge_point.in_transaction()


def test_a_central_system_killed_in_a_session_finds_it_whole_afterwards(
    start_loop: Callable[[], Loop], start_central: Callable[..., Any]
) -> None:
    loop = start_loop()
    loop.plug_in()
    loop.tag()
    loop.until(lambda: loop.charge_point.transaction_id() is not None)
    loop.run(130)
    port = loop.central.ocpp.rsplit(":", 1)[-1]
    loop.central.process.kill()
    loop.central.process.wait()
    loop.run(600)
    assert not loop.thread.call(lambda: loop.charge_point.connected)
    socket = loop.teller.path
    loop.rest.close()
    loop.central = start_central(
        "--ocpp-port", port, "--clock", "external", "--control-socket", str(socket)
    )
    loop.rest = loop.central.admin()
    loop.until(lambda: loop.charge_point.online, 400)
    loop.until(lambda: loop.charge_point.queued == 0)
    loop.tag()
    loop.until(lambda: not loop.charge_point.in_transaction())
    loop.run(2)
    (session,) = loop.sessions()
    assert session["meter_stop_wh"] == loop.thread.call(lambda: int(loop.evse.report().energy_wh))
    values: list[dict[str, Any]] = loop.rest.get("/api/metering/CP1", params={"limit": 1000}).json()
    times = [datetime.fromisoformat(each["timestamp"]) for each in values]
    assert len(times) == len(set(times)) >= 13
