"""No frame that the schemas allow stops a charge point, whatever it is doing just then."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.peers.schema_frames import payloads

TAGS = st.sampled_from(["A", "B", "BAD", "C"])
NUMBERS = st.integers(0, 3)
LIMITS = st.sampled_from([0.0, 5.9, 6.0, 6.3, 10.0, 32.0])
USUAL: dict[str, st.SearchStrategy[Any]] = {
    "idTag": TAGS,
    "parentIdTag": st.just("GROUP"),
    "connectorId": NUMBERS,
    "expiryDate": st.just("2026-01-01T01:00:00Z"),
    "reservationId": NUMBERS,
    "transactionId": st.integers(100, 103),
    "listVersion": NUMBERS,
    "chargingProfileId": NUMBERS,
    "id": NUMBERS,
    "stackLevel": NUMBERS,
    "duration": st.sampled_from([1, 60, 400, 100_000]),
    "startPeriod": st.sampled_from([0, 5, 60]),
    "limit": LIMITS,
    "numberPhases": st.sampled_from([1, 3]),
    "startSchedule": st.just("2026-01-01T00:00:00Z"),
    "key": st.sampled_from(
        ["MinimumStatusDuration", "LocalPreAuthorize", "LocalAuthListEnabled",
         "AuthorizationCacheEnabled", "AuthorizeRemoteTxRequests", "StopTransactionOnInvalidId",
         "MaxEnergyOnInvalidId", "MeterValueSampleInterval", "ClockAlignedDataInterval",
         "StopTxnAlignedData", "StopTxnSampledData", "MeterValuesSampledData",
         "StopTransactionOnEVSideDisconnect", "ConnectionTimeOut", "HeartbeatInterval"]
    ),
    "value": st.sampled_from(
        ["true", "false", "0", "1", "30", "\u0663", "Voltage,Power.Active.Import,Frequency", ""]
    ),
}  # fmt: skip
ACTIONS = [
    "CancelReservation", "ChangeAvailability", "ChangeConfiguration", "ClearCache",
    "ClearChargingProfile", "DataTransfer", "GetCompositeSchedule", "GetConfiguration",
    "GetLocalListVersion", "RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow",
    "SendLocalList", "SetChargingProfile", "TriggerMessage", "UnlockConnector",
]  # fmt: skip
FRAMES = st.sampled_from(ACTIONS).flatmap(
    lambda action: st.tuples(st.just("ask"), st.just(action), payloads(action, USUAL))
)
ANSWERS = st.sampled_from(
    ["Authorize", "StartTransaction", "StopTransaction", "BootNotification"]
).flatmap(
    lambda action: st.tuples(
        st.just("answer"), st.just(action), payloads(action + "Response", USUAL)
    )
)
CONNECTORS = st.integers(1, 3)
PEOPLE = st.one_of(
    st.tuples(st.just("plug"), CONNECTORS),
    st.tuples(st.just("unplug"), CONNECTORS),
    st.tuples(st.just("tag"), CONNECTORS, TAGS),
    st.tuples(st.just("fault"), CONNECTORS),
    st.tuples(st.just("network"), st.booleans()),
    st.tuples(st.just("power"), st.booleans()),
    st.tuples(st.just("restart")),
    st.tuples(st.just("wait"), st.sampled_from([0.01, 3, 70, 400])),
)
STEPS = st.one_of(FRAMES, FRAMES, FRAMES, ANSWERS, PEOPLE, PEOPLE)


class Course:
    """Plays what peers and people do at a charger of some connectors.

    An error in the charge point ends the twin, and with it the test.
    """

    def __init__(self, rig: Any, refusal: Any) -> None:
        self.rig, self.refusal = rig, refusal
        self.answers: list[str] = []
        self.faults: set[int] = set()

    async def play(self, steps: list[tuple[Any, ...]]) -> None:
        for name, *arguments in steps:
            await getattr(self, f"_{name}")(*arguments)
            await self.rig.run(0.3)
        await self.rig.run(30)

    def _there(self, connector: int) -> int:
        return (connector - 1) % len(self.rig.evses) + 1

    async def _ask(self, action: str, payload: dict[str, Any]) -> None:
        if not self.rig.cp.online:
            return
        try:
            answer = await self.rig.ask(action, payload)
            self.answers.append(f"{action} {answer.get('status')}")
        except self.refusal as refused:
            self.answers.append(f"{action} {refused.code}")
        except ConnectionError:
            pass

    async def _answer(self, action: str, payload: dict[str, Any]) -> None:
        def once(_: Any) -> Any:
            del self.rig.central.answers[action]
            return payload

        self.rig.central.answers[action] = once

    async def _plug(self, connector: int) -> None:
        if not self.rig.evses[self._there(connector) - 1].plugged:
            self.rig.plug_in(self._there(connector))

    async def _unplug(self, connector: int) -> None:
        if self.rig.evses[self._there(connector) - 1].plugged:
            self.rig.unplug(self._there(connector), by_force=True)
            await self.rig.run(1)

    async def _tag(self, connector: int, id_tag: str) -> None:
        self.rig.tag(id_tag, self._there(connector))

    async def _fault(self, connector: int) -> None:
        number = self._there(connector)
        evse = self.rig.evses[number - 1]
        if number in self.faults:
            self.faults.discard(number)
            evse.clear("earth_lost")
        else:
            self.faults.add(number)
            evse.inject("earth_lost")

    async def _network(self, up: bool) -> None:
        self.rig.cp.restore_network() if up else self.rig.cp.cut_network()

    async def _power(self, on: bool) -> None:
        if on and not self.rig.evses[0].powered:
            self.rig.cp.restore_power()
            await self.rig.run(15)
        elif not on and self.rig.evses[0].powered:
            self.rig.cp.cut_power()

    async def _restart(self) -> None:
        if self.rig.cp.running:
            self.rig.cp.kill()
            await self.rig.driver.settle()
            self.rig.cp.start()
            await self.rig.run(3)

    async def _wait(self, seconds: float) -> None:
        await self.rig.run(seconds)


async def _play(make: Any, refusal: Any, count: int, steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = make(Path(folder))
        rig.central.tags = {"BAD": {"status": "Blocked"}}
        await rig.central.start()
        for seed in range(count):
            rig.add_evse(seed=seed, kind="socket" if seed % 2 else "tethered")
        await rig.boot(configuration={"ConnectionTimeOut": "45"})
        course = Course(rig, refusal)
        try:
            await course.play(steps)
        finally:
            note(f"events: {rig.events} answers: {course.answers}")
            await rig.cp.close()
            await rig.central.stop()
        assert rig.central.violations == []


def _any_frames(make: Callable[[Path], Any], refusal: Any, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(1, 3), st.lists(STEPS, min_size=5, max_size=25))
    def course(count: int, steps: list[tuple[Any, ...]]) -> None:
        asyncio.run(_play(make, refusal, count, steps))

    course()


def test_no_frame_that_the_schemas_allow_stops_a_charge_point(fresh_rig: Any, refusal: Any) -> None:
    _any_frames(fresh_rig, refusal, 120)


@pytest.mark.full
def test_very_many_frames_that_the_schemas_allow_stop_no_charge_point(
    fresh_rig: Any, refusal: Any
) -> None:
    _any_frames(fresh_rig, refusal, 1_500)
