"""Whatever happens at a charger, in whatever order, these laws hold."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from twin.charge_point import Status
from twin.charge_point.status_table import ALLOWED

TRANSACTION_MESSAGES = {"StartTransaction", "StopTransaction", "MeterValues"}
REGISTER_LOSS_WH = 31
"""What a power cut may cost the register: 10 s at 11 kW."""

connectors = st.sampled_from([1, 2])
ACTIONS = st.one_of(
    st.tuples(st.just("plug"), connectors),
    st.tuples(st.just("unplug"), connectors),
    st.tuples(st.just("tag"), connectors, st.sampled_from(["A", "B", "BAD"])),
    st.tuples(st.just("remote_start"), connectors),
    st.tuples(st.just("remote_stop"), connectors),
    st.tuples(st.just("unlock"), connectors),
    st.tuples(st.just("availability"), st.sampled_from([0, 1, 2]), st.booleans()),
    st.tuples(st.just("reset"), st.sampled_from(["Hard", "Soft"])),
    st.tuples(st.just("network"), st.booleans()),
    st.tuples(st.just("power"), st.booleans()),
    st.tuples(st.just("restart")),
    st.tuples(st.just("fault"), connectors, st.booleans()),
    st.tuples(st.just("refuse"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([0.05, 1, 8, 70, 400])),
)


class Course:
    """Plays a course of actions, then lets everything come to rest."""

    def __init__(self, rig: Any, refusal: Any) -> None:
        self.rig = rig
        self.refusal = refusal
        self.refusing = False
        self.faults = {1: False, 2: False}
        rig.central.tags = {"BAD": {"status": "Blocked"}}
        for action in ("MeterValues", "StopTransaction"):
            rig.central.answers[action] = self._maybe_refuse

    def _maybe_refuse(self, _: Any) -> dict[str, Any]:
        if self.refusing:
            raise self.refusal("InternalError")
        return {}

    async def play(self, actions: list[tuple[Any, ...]]) -> None:
        for name, *arguments in actions:
            await getattr(self, f"_{name}")(*arguments)
            await self.rig.run(0.3)
        self.refusing = False
        for connector in (1, 2):
            await self._fault(connector, there=False)
            await self._unplug(connector)
        await self._power(on=True)
        await self._network(up=True)
        await self.rig.until(lambda: self.rig.cp.online, 1_000)
        await self.rig.until(lambda: self.rig.cp.queued == 0, 2_000)
        for connector in (1, 2):
            if self.rig.cp.in_transaction(connector):
                number = self.rig.cp.transaction_id(connector)
                await self._ask("RemoteStopTransaction", {"transactionId": number})
        await self.rig.run(30)
        await self.rig.until(lambda: self.rig.cp.queued == 0, 2_000)

    async def _plug(self, connector: int) -> None:
        if not self.rig.evses[connector - 1].plugged:
            self.rig.plug_in(connector)

    async def _unplug(self, connector: int) -> None:
        if self.rig.evses[connector - 1].plugged:
            self.rig.unplug(connector, by_force=True)
            await self.rig.run(1)

    async def _tag(self, connector: int, id_tag: str) -> None:
        self.rig.tag(id_tag, connector)

    async def _ask(self, action: str, payload: dict[str, Any]) -> None:
        if self.rig.cp.online:
            # A charger that is just being reset may be gone before it has answered.
            with contextlib.suppress(ConnectionError):
                await self.rig.ask(action, payload)

    async def _remote_start(self, connector: int) -> None:
        await self._ask("RemoteStartTransaction", {"connectorId": connector, "idTag": "R"})

    async def _remote_stop(self, connector: int) -> None:
        number = self.rig.cp.transaction_id(connector)
        if number is not None:
            await self._ask("RemoteStopTransaction", {"transactionId": number})

    async def _unlock(self, connector: int) -> None:
        await self._ask("UnlockConnector", {"connectorId": connector})

    async def _availability(self, connector: int, operative: bool) -> None:
        kind = "Operative" if operative else "Inoperative"
        await self._ask("ChangeAvailability", {"connectorId": connector, "type": kind})

    async def _reset(self, kind: str) -> None:
        await self._ask("Reset", {"type": kind})

    async def _network(self, up: bool) -> None:
        self.rig.cp.restore_network() if up else self.rig.cp.cut_network()

    async def _power(self, on: bool) -> None:
        if on and not self.rig.evses[0].powered:
            self.rig.cp.restore_power()
        elif not on and self.rig.evses[0].powered:
            self.rig.cp.cut_power()

    async def _restart(self) -> None:
        if self.rig.cp.running:
            self.rig.cp.kill()
            await self.rig.driver.settle()
            self.rig.cp.start()

    async def _fault(self, connector: int, there: bool) -> None:
        if self.faults[connector] is not there:
            self.faults[connector] = there
            evse = self.rig.evses[connector - 1]
            evse.inject("earth_lost") if there else evse.clear("earth_lost")

    async def _refuse(self, refusing: bool) -> None:
        self.refusing = refusing

    async def _wait(self, seconds: float) -> None:
        await self.rig.run(seconds)


def _check_transactions(rig: Any) -> None:
    """Each start has one stop, each meter value lies between, and energy is paid for."""
    distinct: list[tuple[str, Any]] = []
    for call in rig.central.calls:
        if call[0] in TRANSACTION_MESSAGES and call not in distinct:
            distinct.append(call)
    open_on: dict[int, int] = {}
    started: dict[int, Any] = {}
    paid_wh = 0
    number = 99
    for name, payload in distinct:
        if name == "StartTransaction":
            number += 1
            assert payload["connectorId"] not in open_on
            open_on[payload["connectorId"]] = number
            started[number] = payload
        elif name == "StopTransaction":
            begun = started.pop(payload["transactionId"])
            assert open_on.pop(begun["connectorId"]) == payload["transactionId"]
            assert payload["meterStop"] >= begun["meterStart"]
            assert payload["timestamp"] >= begun["timestamp"]
            paid_wh += payload["meterStop"] - begun["meterStart"]
        else:
            assert open_on[payload["connectorId"]] == payload["transactionId"]
    assert not started
    flown_wh = sum(evse.energy_wh() for evse in rig.evses)
    cuts = rig.events.count("connected") + 1
    slack_wh = cuts * REGISTER_LOSS_WH * len(rig.evses) + 0.02 * flown_wh + 2 * (number - 98)
    assert abs(flown_wh - paid_wh) <= slack_wh


def _check_statuses(rig: Any) -> None:
    """Between two boots every status may follow the one before it, as far as it was told."""
    if "not connected" in " ".join(rig.events) or len(rig.central.of("BootNotification")) > 1:
        return  # what happened while nobody listened is not told
    for connector in (1, 2):
        told = [Status(each) for each in rig.central.statuses(connector)]
        for sooner, later in itertools.pairwise(told):
            assert later in ALLOWED[sooner] or later is sooner


async def _play(make: Callable[[Path], Any], refusal: Any, actions: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = make(Path(folder))
        await rig.central.start()
        rig.add_evse(seed=1, kind="socket")
        rig.add_evse(seed=2)
        await rig.boot(
            configuration={
                "AllowOfflineTxForUnknownId": "true",
                "MeterValueSampleInterval": "50",
                "ConnectionTimeOut": "45",
                "TransactionMessageRetryInterval": "20",
                "TransactionMessageAttempts": "50",
            }
        )
        try:
            await Course(rig, refusal).play(actions)
            note(f"events: {rig.events}")
            _check_transactions(rig)
            _check_statuses(rig)
        finally:
            await rig.cp.close()
            await rig.central.stop()
        assert rig.central.violations == []


def _any_course(make: Callable[[Path], Any], refusal: Any, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ACTIONS, min_size=3, max_size=14))
    def course(actions: list[tuple[Any, ...]]) -> None:
        asyncio.run(_play(make, refusal, actions))

    course()


def test_in_any_course_of_events_no_session_is_lost(fresh_rig: Any, refusal: Any) -> None:
    _any_course(fresh_rig, refusal, 40)


@pytest.mark.full
def test_in_very_many_courses_of_events_no_session_is_lost(fresh_rig: Any, refusal: Any) -> None:
    _any_course(fresh_rig, refusal, 1_000)
