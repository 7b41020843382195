"""Whatever happens at a charger with the firmware's OCPP client, the laws of a charger hold."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from tests.peers.charger_course import COURSES, Course
from tests.peers.charger_laws import Watch, transactions_are_whole
from tests.peers.firmware_rig import FirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import Refusal, ScriptedCentral
from twin.charge_point import Event

__all__ = ["host_program"]

KEYS = {
    "AllowOfflineTxForUnknownId": "true",
    "MeterValueSampleInterval": "50",
    "ConnectionTimeOut": "45",
    "TransactionMessageRetryInterval": "20",
    "TransactionMessageAttempts": "50",
}
STARTED = "transaction started by "


class FirmwareCourse(Course):
    """What begins and ends is heard from the events that the program tells."""

    def _listen(self) -> None:
        self.rig.cp.on_event(self._event)

    def _event(self, event: Event) -> None:
        if event.text.startswith(STARTED):
            self._begun(event.connector, event.text.removeprefix(STARTED))
        elif event.text.startswith("transaction ended"):
            self.orders.end(event.connector)


async def play(program: Path, actions: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = FirmwareRig(ScriptedCentral(), Path(folder), program)
        await rig.central.start()
        rig.add_evse(seed=1, kind="socket")
        rig.add_evse(seed=2)
        await rig.boot(configuration=KEYS)
        course = FirmwareCourse(rig, Refusal)
        watch = Watch(rig, course)
        try:
            await course.play(actions)
        finally:
            note(f"events: {rig.events}")
            await rig.cp.close()
            await rig.central.stop()
        assert rig.central.violations == []
        watch.judge()
        transactions_are_whole(rig)


def any_course(program: Path, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(COURSES)
    def course(actions: list[tuple[Any, ...]]) -> None:
        asyncio.run(play(program, actions))

    course()


def test_in_any_course_of_events_the_laws_hold(host_program: Path) -> None:
    any_course(host_program, 15)


@pytest.mark.full
def test_in_very_many_courses_of_events_the_laws_hold(host_program: Path) -> None:
    any_course(host_program, 400)
