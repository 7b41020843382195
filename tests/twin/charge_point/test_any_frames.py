"""No frame that the schemas allow stops a charge point, whatever it is doing just then."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.peers.file_servers import HttpFiles, http_server
from tests.peers.pki import Authority
from tests.peers.schema_frames import payloads
from tests.peers.usual_values import CHAIN, FILES, IMAGE, TAGS, at_play, usual
from twin.charge_point import Registration, SecuritySetup, TypePlate

ACTIONS = [
    "CancelReservation", "CertificateSigned", "ChangeAvailability", "ChangeConfiguration",
    "ClearCache", "ClearChargingProfile", "DataTransfer", "DeleteCertificate",
    "ExtendedTriggerMessage", "GetCompositeSchedule", "GetConfiguration", "GetDiagnostics",
    "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "InstallCertificate",
    "RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset", "SendLocalList",
    "SetChargingProfile", "SignedUpdateFirmware", "TriggerMessage", "UnlockConnector",
    "UpdateFirmware",
]  # fmt: skip
"""Everything that a central system can ask for."""

ANSWERS = [
    "Authorize", "BootNotification", "Heartbeat", "SignCertificate", "StartTransaction",
    "StatusNotification", "StopTransaction",
]  # fmt: skip
AUTHORITY = Authority()
EXTENDED = SecuritySetup(central_roots=AUTHORITY.pem, manufacturer_roots=AUTHORITY.pem)
USUAL = usual(AUTHORITY)


def frames(action: str) -> st.SearchStrategy[Any]:
    return st.tuples(st.just("ask"), st.just(action), payloads(action, USUAL))


TOLD = st.sampled_from(ANSWERS).flatmap(
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
STEPS = st.one_of(st.sampled_from(ACTIONS).flatmap(frames), TOLD, PEOPLE, PEOPLE)
KINDS = st.lists(st.sampled_from(["tethered", "socket", "plain"]), min_size=1, max_size=3)


class Course:
    """Plays what peers and people do at a charger of some connectors.

    An error in the charge point ends the twin, and with it the test.
    """

    def __init__(self, rig: Any, refusal: Any, files: HttpFiles) -> None:
        self.rig, self.refusal, self.files = rig, refusal, files
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
        cp = self.rig.cp
        if not cp.connected or cp.registration is Registration.REJECTED:
            return
        try:
            answer = await self.rig.ask(action, at_play(payload, self._known))
            self.answers.append(f"{action} {answer.get('status')}")
        except self.refusal as refused:
            self.answers.append(f"{action} {refused.code}")
        except ConnectionError:
            pass

    def _known(self, token: str) -> str:
        """What is known only now: where files are, and what the charger wants to have signed."""
        if token == FILES:
            return self.files.url
        assert token == CHAIN
        asked = self.rig.central.of("SignCertificate")
        return AUTHORITY.answer(asked[-1]["csr"]) if asked else "nobody has asked"

    async def _answer(self, action: str, payload: dict[str, Any]) -> None:
        def once(_: Any) -> Any:
            del self.rig.central.answers[action]
            return payload

        self.rig.central.answers[action] = once

    async def _plug(self, connector: int) -> None:
        if not self.rig.evses[self._there(connector) - 1].plugged:
            plain = self.rig.evses[self._there(connector) - 1].config.kind == "plain"
            model = "horwin-cr6" if plain else "byd-atto-3"
            self.rig.plug_in(self._there(connector), model)

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


async def _play(
    make: Any,
    refusal: Any,
    files: HttpFiles,
    kinds: list[str],
    security: SecuritySetup | None,
    steps: list[tuple[Any, ...]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = make(Path(folder))
        rig.central.tags = {"BAD": {"status": "Blocked"}}
        rig.central.answers["SignCertificate"] = lambda _: {"status": "Accepted"}
        await rig.central.start()
        for seed, kind in enumerate(kinds):
            plain: dict[str, Any] = {"phases": 1, "rating_a": 16.0} if kind == "plain" else {}
            rig.add_evse(seed=seed, kind=kind, **plain)
        await rig.boot(
            configuration={"ConnectionTimeOut": "45"},
            security=security,
            type_plate=TypePlate(serial_number="SN-1"),
        )
        course = Course(rig, refusal, files)
        try:
            await course.play(steps)
        finally:
            note(f"events: {rig.events} answers: {course.answers}")
            await rig.cp.close()
            await rig.central.stop()
        assert rig.central.violations == []


def _any_frames(
    make: Callable[[Path], Any], refusal: Any, files: HttpFiles, action: str, examples: int
) -> None:
    some = st.lists(STEPS, max_size=8)
    steps = st.tuples(some, st.lists(frames(action), min_size=1, max_size=4), some)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(KINDS, st.sampled_from([None, EXTENDED]), steps)
    def course(kinds: list[str], security: SecuritySetup | None, steps: Any) -> None:
        asyncio.run(_play(make, refusal, files, kinds, security, [*chain(*steps)]))

    course()


@pytest.fixture(scope="module")
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        served.put("new.bin", IMAGE)
        served.put("damaged.bin", IMAGE[:-1])
        yield served


@pytest.mark.parametrize("action", ACTIONS)
def test_no_frame_that_the_schemas_allow_stops_a_charge_point(
    fresh_rig: Any, refusal: Any, files: HttpFiles, action: str
) -> None:
    _any_frames(fresh_rig, refusal, files, action, 5)


@pytest.mark.full
@pytest.mark.parametrize("action", ACTIONS)
def test_very_many_frames_that_the_schemas_allow_stop_no_charge_point(
    fresh_rig: Any, refusal: Any, files: HttpFiles, action: str
) -> None:
    _any_frames(fresh_rig, refusal, files, action, 50)
